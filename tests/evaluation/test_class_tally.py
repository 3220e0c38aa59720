import numpy as np
import pytest

from homodal.data.preparation import PreparedTarget
from homodal.evaluation.class_tally import ClassTally


@pytest.fixture
def tally():
    facts = {"classes": ["a", "b"], "counts": [3, 1]}
    return ClassTally(PreparedTarget("y", "label", facts))


def test_counts_rows_of_known_unknown_and_absent_classes(tally):
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.5, 0.5]])
    tally.add({"probabilities": probabilities}, ["a", "b", "c", None])
    assert (tally.rows, tally.unlabelled) == (4, 1)
    assert tally.right.tolist() == [True, False, False]
    assert tally.scores()["accuracy"]["value"] == 0.5
    assert tally.quick()["accuracy"] == 0.5
    assert tally.details() == {"unseen": {"c": 1}}


def test_a_guess_repeated_is_as_right_as_it_is_frequent(tally):
    tally.add(tally.repeated("b", 4), ["a", "b", "b", "b"])
    assert tally.scores()["accuracy"]["value"] == 0.75
