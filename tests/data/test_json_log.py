"""A log of JSON lines: only a line feed ends a line, and nothing goes in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homodal.data.json_log import JsonLog
from homodal.errors import TrainingError

BREAKS = "\x85\u2028\u2029\x0b\x0c\x1c\r"  # where str.splitlines ends a line


@pytest.fixture
def log(tmp_path):
    return JsonLog(tmp_path / "log.jsonl")


def test_a_name_with_line_ends_splits_no_line(log):
    entries = [{"event": "epoch", f"a{end}b": end} for end in [*BREAKS, "\n"]]
    for entry in entries:
        log.append(entry)
    assert log.read() == entries
    log.replace(entries[:-1])
    assert log.read() == entries[:-1]


@given(st.lists(st.dictionaries(st.text(), st.text()), max_size=4))
def test_every_text_comes_back(tmp_path_factory, entries):
    log = JsonLog(tmp_path_factory.mktemp("log") / "log.jsonl")
    for entry in entries:
        log.append(entry)
    assert log.read() == entries


def test_what_is_appended_after_a_cut_line_is_whole(log):
    log.append({"trial": 1})
    log.append({"trial": 2})
    log.path.write_bytes(log.path.read_bytes()[:-4])
    assert log.read() == [{"trial": 1}]
    log.append({"trial": 3})
    assert log.read() == [{"trial": 1}, {"trial": 3}]


def test_a_last_line_that_lacks_only_its_end_is_kept(log):
    log.append({"trial": 1})
    log.path.write_bytes(log.path.read_bytes()[:-1])
    assert log.read() == [{"trial": 1}]
    log.append({"trial": 2})
    assert log.read() == [{"trial": 1}, {"trial": 2}]


@pytest.mark.parametrize("damage", [b"{\n", b"3\n", b"\xff\n"])
def test_a_damaged_line_before_others_is_said_with_its_number(log, damage):
    log.append({"trial": 1})
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + damage + whole)
    with pytest.raises(TrainingError, match="line 2 is damaged"):
        log.read()
