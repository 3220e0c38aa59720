"""Words with their seconds: every form of a cell, windows of it, what is refused."""

import json

import numpy as np
import pytest

from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.media.excerpts import Excerpt
from homodal.modalities.text import Text
from homodal.modalities.timed_text import TimedText

SAID = [[0.72, 0.93, "Bin"], [0.93, 1.2, "blue"], [1.2, 1.27, "at"]]
AS_KEYS = [{"start": b, "end": e, "word": w} for b, e, w in SAID]


def encoded(modality, cell, facts):
    return modality.encode(modality.read(cell), facts)


@pytest.fixture(scope="module")
def facts():
    modality = TimedText(min_count=1)
    return modality.learn([modality.read(json.dumps(SAID))])


@pytest.mark.parametrize("cell", [json.dumps(SAID), SAID, AS_KEYS, json.dumps(AS_KEYS)])
def test_every_form_of_a_cell_is_the_same(cell, facts):
    numbers = encoded(TimedText(), cell, facts)
    assert numbers.shape == (3, 3) and numbers.dtype == np.int32
    np.testing.assert_array_equal(
        numbers[:, 1:], [[720, 930], [930, 1200], [1200, 1270]]
    )
    assert len(set(numbers[:, 0])) == 3 and numbers[:, 0].min() >= 2


def test_a_window_keeps_what_is_said_in_it_and_counts_from_its_begin(facts):
    numbers = encoded(TimedText(window=[1.0, 1.25]), SAID, facts)
    np.testing.assert_array_equal(numbers[:, 1:], [[0, 200], [200, 250]])
    modality = TimedText(window=["from", "to"])
    assert modality.beside() == ("from", "to")
    cell = Excerpt(SAID, {"from": 1.2, "to": None})
    np.testing.assert_array_equal(encoded(modality, cell, facts)[:, 1:], [[0, 70]])
    with pytest.raises(BadCell, match=r"no words from 0 s to 0\.5 s"):
        TimedText(window=[0, 0.5]).read(SAID)


def test_the_parts_of_a_word_have_its_times(facts):
    modality = TimedText(min_count=1)
    cell = [[0.5, 0.75, "don't"]]
    learned = modality.learn([modality.read(cell)])
    numbers = encoded(modality, cell, learned)
    assert len(numbers) == 3
    assert (numbers[:, 1:] == [500, 750]).all()


def test_long_texts_are_cut_and_counted():
    modality = TimedText(max_words=2, min_count=1)
    learned = modality.learn([modality.read(SAID)])
    assert (learned["cut"], learned["steps"]) == (1, 2)
    assert len(encoded(modality, SAID, learned)) == 2


def test_unknown_words_are_unknown_and_upper_case_is_ignored(facts):
    numbers = encoded(TimedText(), [[0, 1, "BIN"], [1, 2, "never"]], facts)
    known = encoded(TimedText(), SAID, facts)
    assert numbers[0, 0] == known[0, 0] and numbers[1, 0] == 1


@pytest.mark.parametrize(
    ("cell", "match"),
    [
        ("blue at", r"not \[\[begin, end, \"word\"\], ...\] in seconds"),
        ([[0.5, "blue"]], r"not \[begin, end, word\]"),
        ([[0.5, 0.2, "blue"]], "ends before it begins"),
        ([[1, 2, "blue"], [0, 1, "at"]], "not in the order of their times"),
        ([["0.5", 1, "blue"]], r"not \[begin, end, word\]"),
        ([[-1, 1, "blue"]], r"not \[begin, end, word\]"),
        ([[0, 10**400, "blue"]], r"not \[begin, end, word\]"),
        ("[" * 100_000, "not "),
    ],
)
def test_what_is_no_timed_text_is_a_bad_cell(cell, match):
    with pytest.raises(BadCell, match=match):
        TimedText().read(cell)


def test_it_is_told_from_a_text():
    cells = [json.dumps(SAID)] * 5
    assert TimedText().recognise(cells).confidence > 0.9
    assert Text().recognise(cells).confidence < 0.2
    assert "3.0 words a cell, to 1.3 s" in TimedText().recognise(cells).why


def test_wrong_options_are_named():
    with pytest.raises(PartError, match="Option 'max_words' of modality 'timed_text'"):
        TimedText(max_words=0)


def test_what_is_cut_or_unknown_is_said():
    modality = TimedText(max_words=2, min_count=1)
    text = [[0, 1, "red"], [1, 2, "blue"], [2, 3, "red"]]
    facts = modality.learn([modality.read(text)])
    for cell, noted in (
        (text[:2], []),
        (text, ["cut at 2 words: it is longer"]),
        ([[0, 1, "\u0436"]], ["no known word: '\u0436'"]),
    ):
        with repairs.noted() as notes:
            modality.encode(modality.read(cell), facts)
        assert notes == noted
