import json

import pandas as pd
import pyarrow as pa
import pytest

from homodal.tables.absent import WORDS, AbsentWords, count_words, values_among
from homodal.tables.table import Table


def column(cells, kind=None):
    return pa.chunked_array([pa.array(cells, kind)])


def test_words_are_counted_with_white_space_around_them():
    cells = column(["NA", " NA ", "na", "Nate", None, "", "-", "NA" * 20])
    assert count_words(cells, WORDS) == {"NA": 2, "-": 1}
    assert count_words(cells, ["na"]) == {"na": 1}
    assert count_words(cells, []) == {}


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_every_kind_of_text_is_counted(kind):
    assert count_words(column(["NA", "a"], kind), WORDS) == {"NA": 1}
    folded = column(["NA", "a", "NA"], kind).dictionary_encode()
    assert count_words(folded, WORDS) == {"NA": 2}


def test_other_cells_hold_no_words():
    for cells in ([1, 2], [1.5, None], [["NA"]], [{"a": "NA"}], [b"NA"], [None]):
        assert count_words(column(cells), WORDS) == {}


@pytest.mark.parametrize(
    ("name", "words", "others", "kept"),
    [
        ("charge", ["-"], ["+", "+"], ["-"]),
        ("mark", ["?", "-"], [".", ",", "!"], ["?", "-"]),
        ("size", ["-"], ["1", "2"], []),
        ("size", ["-"], [], []),
        ("place", ["NA"], ["US", "DE", "FR"], ["NA"]),
        ("place", ["NA"], ["EU", "AS", "SA", "AF"], ["NA"]),
        ("place", ["NA", "None"], ["US", "DE", "FR"], ["NA"]),
        ("place", ["NA"], ["US", "DE"], []),
        ("birth_country", ["NA"], ["US"], ["NA"]),
        ("comparison", ["NA"], ["NO"], []),
        ("state", ["NA"], ["CA", "TX", "NY", "OH"], []),
        ("answer", ["NA"], ["YES", "NO"], []),
        ("answer", ["None"], ["Some", "All"], []),
    ],
)
def test_a_word_that_is_a_value_of_its_column_is_kept(name, words, others, kept):
    assert sorted(values_among(name, words, iter(others))) == sorted(kept)


def test_a_table_gives_none_for_its_words_and_for_no_others():
    table = Table.open({"a": ["NA", " null", "Nan", "x"], "b": ["-", "?", "NA", "x"]})
    assert table.cells("a") == ["NA", " null", "Nan", "x"]
    words = AbsentWords(frozenset(WORDS), {"b": frozenset(["?"])})
    told = table.with_absent(words)
    assert told.cells("a") == [None, None, "Nan", "x"]
    assert told.cells("b", [0, 1, 2]) == ["-", None, "NA"]
    assert told.take([1, 3]).cells("a") == [None, "x"]
    assert told.piece(0, 2).cells("a") == [None, None]
    assert told.with_absent(words) is told
    assert told.with_absent(None).cells("a") == ["NA", " null", "Nan", "x"]


def test_typed_cells_are_as_they_are():
    words = AbsentWords(frozenset(WORDS))
    frame = pd.DataFrame({"a": [1.0, None], "b": pd.array([1, None], "Int64")})
    frame["c"] = pd.Categorical(["NA", "x"])
    table = Table.open(frame).with_absent(words)
    assert table.cells("a") == [1.0, None]
    assert table.cells("b") == [1, None]
    assert table.cells("c") == [None, "x"]


def test_the_words_survive_json():
    words = AbsentWords(frozenset(["NA", "-"]), {"b": frozenset()}, {"a": {"NA": 3}})
    again = AbsentWords.from_dict(json.loads(json.dumps(words.to_dict())))
    assert again == words
    assert AbsentWords.from_dict({}) == AbsentWords()


def test_what_became_of_the_words_is_a_clause():
    words = AbsentWords(counts={"a": {"NA": 1}, "b": {"NA": 2000, "-": 3}},
                        kept={"b": "why"})  # fmt: skip
    assert words.clause("a") == "cell counts as absent: 1 'NA'"
    assert words.clause("b") == "cells count as absent: 2,000 'NA', 3 '-'; why"
    assert words.clause("c") == ""
