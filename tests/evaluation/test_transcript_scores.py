"""Edits against jiwer, which is the field's, and intervals of rates."""

import numpy as np
import pytest

from homodal.evaluation.transcript_scores import edits, rate_interval

PAIRS = [
    ("bin blue at f", "bin blue at f"),
    ("bin blue at f", "bin green f now"),
    ("a b c", ""),
    ("a", "b a c"),
    ("the the cat", "the cat cat sat"),
    ("x y z", "z y x"),
]


def drawn(rng):
    return " ".join(rng.choice(list("abcd"), size=rng.integers(1, 9)))


def test_edits_are_as_many_as_jiwer_counts():
    jiwer = pytest.importorskip("jiwer")
    rng = np.random.default_rng(0)
    pairs = [*PAIRS, *((drawn(rng), drawn(rng)) for _ in range(200))]
    for truth, said in pairs:
        found = edits(truth.split(), said.split())
        wanted = jiwer.process_words(truth, said)
        assert found.errors / found.length == pytest.approx(wanted.wer)
        letters = edits(truth, said)
        assert letters.errors / letters.length == pytest.approx(jiwer.cer(truth, said))


def test_edits_say_what_went_wrong():
    found = edits("now bin blue at f".split(), "bin green at f at".split())
    assert found.substitutions == [("blue", "green")]
    assert (found.deletions, found.insertions) == (["now"], ["at"])
    assert edits([], ["a"]).insertions == ["a"]


def test_a_rate_is_of_sums_and_its_interval_of_rows():
    found = rate_interval([1, 0, 3, 0], [4, 4, 4, 8])
    assert found["value"] == pytest.approx(4 / 20)
    assert 0 <= found["low"] < found["value"] < found["high"] <= 1
    assert np.isnan(rate_interval([], [])["value"])


def test_no_error_in_a_few_rows_is_no_certainty():
    found = rate_interval(np.zeros(10), np.full(10, 6))
    assert found["value"] == found["low"] == 0
    assert 0.1 < found["high"] < 0.5
