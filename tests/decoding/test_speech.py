"""Paths to units, words and times."""

import numpy as np
import pytest

from homodal.decoding import speech

VOCABULARY = [" ", "a", "b"]


def logs(path, sure=9.0):
    """Log probabilities of a path that is nearly sure of itself."""
    return speech.log_softmax(sure * np.eye(1 + len(VOCABULARY))[path])


def test_runs_are_one_unit_and_blanks_none():
    found = speech.collapsed(logs([0, 2, 2, 0, 2, 3, 0]))
    assert [(e.unit, e.start, e.end) for e in found] == [
        (1, 1, 3),
        (1, 4, 5),
        (2, 5, 6),
    ]
    assert all(0.99 < e.probability <= 1 for e in found)
    assert speech.collapsed(logs([0, 0])) == []


@pytest.mark.parametrize("path", [[0, 2, 2, 0, 2, 3, 0], [2, 3, 1, 2], [3, 0, 3]])
def test_alignment_finds_the_path_that_was_said(path):
    said = [e.unit for e in speech.collapsed(logs(path))]
    assert speech.aligned(logs(path), said) == speech.collapsed(logs(path))


def test_alignment_is_of_what_is_asked_for_not_of_what_is_likeliest():
    found = speech.aligned(logs([2, 2, 2, 2]), [1, 2])
    assert [e.unit for e in found] == [1, 2]
    assert found[1].probability < 0.01


def test_words_have_times_as_shares_and_the_product_of_their_units():
    emissions = [
        speech.Emission(1, 0, 2, 0.5),
        speech.Emission(2, 3, 4, 0.5),
        speech.Emission(0, 4, 5, 1.0),
        speech.Emission(2, 6, 8, 0.9),
    ]
    assert speech.words_of(emissions, VOCABULARY, 10) == [
        {"word": "ab", "start": 0.0, "end": 0.4, "confidence": 0.25},
        {"word": "b", "start": 0.6, "end": 0.8, "confidence": 0.9},
    ]


def test_marked_units_begin_words():
    vocabulary = ["\u2581bi", "n", "\u2581at"]
    emissions = [speech.Emission(unit, unit, unit + 1, 1.0) for unit in (0, 1, 2)]
    words = speech.words_of(emissions, vocabulary, 3)
    assert [word["word"] for word in words] == ["bin", "at"]


def test_a_transducer_says_several_units_at_a_step_but_not_without_end():
    sound = np.array([[0.0, 0, 5, 0], [5.0, 0, 0, 0]])

    def said(units):
        return 9 * np.eye(4)[3] if units == [1] else np.array([0.0, 0, 0, -9])

    found = speech.transduced(sound, said, 2)
    assert [(e.unit, e.start) for e in found][:2] == [(1, 0), (2, 0)]
    assert len(speech.transduced(np.array([[0.0, 5, 0, 0]]), lambda _: 0, 3)) == 3
