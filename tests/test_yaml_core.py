"""YAML: what is written stays what it is, and what is dumped is read back equal."""

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from homodal import yaml_core

texts = st.text(st.characters(exclude_categories=["Cs"]))
ODD = (
    "no on off yes y n NO On null Null ~ true 010 06:30 1:30:00 2020-01-01 1e3 1e-3 "
    "3.10 1_000 0x10 0o7 +5 .5 1. .inf .nan - ? << = !!null * & # : {} [] '' 1.0"
)
LINE_ENDS = ["a\u2028b", "a\x85b", "a\nb", "\r\n", " a", "a ", "", "\x00", "é"]
odd = st.sampled_from([*ODD.split(), "2020-01-01 10:00:00", *LINE_ENDS])
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
values = st.recursive(
    plain | texts | odd,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts | odd, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_dumped_is_read_back_equal(value):
    found = yaml_core.load(yaml_core.dump(value))
    assert found == value
    assert repr(found) == repr(value)  # 1 is not 1.0, nor True


@given(st.dictionaries(texts | odd, texts | odd, max_size=4))
def test_one_line_is_one_line_and_reads_back_equal(value):
    assert yaml_core.load(yaml_core.scalar(value)) == value
    for key in value:
        assert yaml_core.load(yaml_core.scalar(key)) == key
        assert len(yaml_core.scalar(key).split("\n")) == 1


@given(st.dictionaries(texts | odd, texts | odd | st.booleans() | st.integers()))
def test_readers_of_yaml_1_1_read_the_same(value):
    assert yaml.safe_load(yaml_core.dump(value)) == value


@pytest.mark.parametrize(
    "text, value",
    [
        ("[no, maybe, yes]", ["no", "maybe", "yes"]),
        ("[off, on, Yes, y, N]", ["off", "on", "Yes", "y", "N"]),
        ("[2020-01-01, 2020-01-01 10:00:00]", ["2020-01-01", "2020-01-01 10:00:00"]),
        ("[06:30, 12:30, 1:30:00]", ["06:30", "12:30", "1:30:00"]),
        ("[010, 020, 0x10, 0o7, 1_000, +5]", "010 020 0x10 0o7 1_000 +5".split()),
        ("[null, Null, ~, low]", ["null", "Null", "~", "low"]),
        ("[3.9, 3.10, 3.11, 1.50]", [3.9, "3.10", 3.11, "1.50"]),
        ("[1, -2, 0, 1.5, 1e3, 1.0]", [1, -2, 0, 1.5, 1000.0, 1.0]),
        ("[true, False]", [True, False]),
        ("- \n- !!null null\n- ''", [None, None, ""]),
        ("{a: null, b: ~, c: }", {"a": None, "b": None, "c": None}),
        ("{no: 1, 2020: 2, null: 3, 010: 4, 1.0: 5}", {"no": 1, "2020": 2, "null": 3}
         | {"010": 4, "1.0": 5}),
        ("<<: text\n=: audio", {"<<": "text", "=": "audio"}),
        ("a: 1e-3\nb: .5\nc: 0.10", {"a": 1e-3, "b": 0.5, "c": 0.1}),
        ("a: 2020-01-01", {"a": "2020-01-01"}),
        ("on", "on"),
        ("", None),
    ],
)  # fmt: skip
def test_what_texts_are(text, value):
    found = yaml_core.load(text)
    assert found == value
    assert repr(found) == repr(value)


def test_infinite_and_no_numbers():
    assert yaml_core.load("[.inf, -.INF]") == [math.inf, -math.inf]
    assert math.isnan(yaml_core.load(".nan"))
    assert math.isnan(yaml_core.load(yaml_core.dump([math.nan]))[0])


def test_values_of_some_keys_are_texts():
    text = "target: {}\nother: {}"
    for written in ("no", "010", "2020", "3.10", "1e3", "true", "06:30"):
        found = yaml_core.load(text.format(written, 1), ("target",))
        assert found == {"target": written, "other": 1}
    found = yaml_core.load("target: [2020, no, null, true]", ("target",))
    assert found == {"target": ["2020", "no", "null", "true"]}
    assert yaml_core.load("target: null", ("target",)) == {"target": None}


@pytest.mark.parametrize(
    "text, message",
    [
        ("a: 1\na: 2", "the key 'a' comes twice"),
        ("1: a\n'1': b", "the key '1' comes twice"),
        ("[1]: a", "a key that is no text"),
        ("a: [", "expected"),
        ("!!int x", "not what its tag says"),
        ("!!bool x", "not what its tag says"),
        ("!!python/object/apply:os.getcwd []", "could not determine a constructor"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_what_is_no_yaml_here(text, message):
    with pytest.raises(yaml_core.YAMLError, match=message):
        yaml_core.load(text)
