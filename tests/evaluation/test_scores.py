import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import metrics

from homodal.contracts import UNLABELLED, UNSEEN
from homodal.errors import HomodalError
from homodal.evaluation.scores import (
    Tally,
    class_counts,
    each_class,
    names,
)


def _guess(rows, classes, seed=0):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(classes) / 2, size=rows)
    return probabilities, rng.integers(classes, size=rows)


def _tally(probabilities, truth):
    tally = Tally(probabilities.shape[1])
    tally.add(probabilities, truth)
    return tally


def _oracle(probabilities, truth):
    """scikit-learn's scores; its warnings about absent classes are expected here."""
    classes = np.arange(probabilities.shape[1])
    predicted = probabilities.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = {
            "accuracy": metrics.accuracy_score(truth, predicted),
            "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
            "log_loss": metrics.log_loss(truth, probabilities, labels=classes),
        }
    for average in ("macro", "micro", "weighted"):
        three = metrics.precision_recall_fscore_support(
            truth, predicted, average=average, zero_division=0
        )
        for name, value in zip(("precision", "recall", "f1"), three, strict=False):
            scores[f"{name}_{average}"] = value
    if len(classes) > 3:
        # columns backwards: scikit-learn lets the last of equals lead, we the first
        scores["top_3_accuracy"] = metrics.top_k_accuracy_score(
            len(classes) - 1 - truth, probabilities[:, ::-1], k=3, labels=classes
        )
    return scores


def _absent_classes():
    probabilities, truth = _guess(60, 8)
    return probabilities, truth % 3


def _one_class_predicted():
    probabilities, truth = _guess(40, 5)
    probabilities[:, 2] += 1
    return probabilities / probabilities.sum(axis=1, keepdims=True), truth


def _ties():
    rng = np.random.default_rng(1)
    coarse = rng.integers(1, 3, size=(200, 6)).astype(float)
    return coarse / coarse.sum(axis=1, keepdims=True), rng.integers(6, size=200)


def _sure_and_wrong():
    return np.eye(4)[[0, 1, 2, 3]], np.array([0, 1, 3, 2])


CASES = {
    "two classes": lambda: _guess(50, 2),
    "three classes": lambda: _guess(50, 3),
    "ten classes": lambda: _guess(500, 10),
    "one row": lambda: _guess(1, 4),
    "classes absent from the rows": _absent_classes,
    "one class predicted only": _one_class_predicted,
    "ties": _ties,
    "sure and wrong": _sure_and_wrong,
}


@pytest.mark.parametrize("case", CASES)
def test_scores_are_those_of_scikit_learn(case):
    probabilities, truth = CASES[case]()
    scores, expected = (
        _tally(probabilities, truth).scores(),
        _oracle(probabilities, truth),
    )
    assert scores.keys() == expected.keys()
    for name, value in expected.items():
        assert_allclose(scores[name], value, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_each_class_is_that_of_scikit_learn(case):
    probabilities, truth = CASES[case]()
    classes = np.arange(probabilities.shape[1])
    counts = class_counts(_tally(probabilities, truth).confusion)
    expected = metrics.precision_recall_fscore_support(
        truth, probabilities.argmax(axis=1), labels=classes, zero_division=0
    )
    found = [*each_class(*counts).values(), counts[1]]
    assert_allclose(found, expected, rtol=1e-9)


def test_confusion_is_that_of_scikit_learn():
    probabilities, truth = _absent_classes()
    expected = metrics.confusion_matrix(
        truth, probabilities.argmax(axis=1), labels=np.arange(8)
    )
    assert (_tally(probabilities, truth).confusion == expected).all()


def test_float32_is_clipped_as_scikit_learn_does():
    probabilities, truth = _sure_and_wrong()
    probabilities = probabilities.astype(np.float32)
    expected = metrics.log_loss(truth, probabilities, labels=np.arange(4))
    assert_allclose(_tally(probabilities, truth).scores()["log_loss"], expected, 1e-6)


def test_batches_add_up_to_the_whole():
    probabilities, truth = _guess(100, 5)
    parts = Tally(5)
    for start in range(0, 100, 7):
        parts.add(probabilities[start : start + 7], truth[start : start + 7])
    whole = _tally(probabilities, truth)
    assert parts.scores() == pytest.approx(whole.scores(), rel=1e-12)
    assert parts.rows == whole.rows == 100


def test_an_empty_batch_changes_nothing():
    tally = Tally(3)
    tally.add(np.zeros((0, 3)), np.zeros(0, int))
    assert tally.rows == tally.scored == 0


def test_rows_that_cannot_be_scored_are_counted_apart():
    probabilities, _ = _guess(5, 4)
    tally = Tally(4)
    answers = ["a", "new", None, "new", "?"]
    truth = [0, UNSEEN, UNSEEN, UNSEEN, UNLABELLED]
    tally.add(probabilities, np.array(truth), answers)
    assert (tally.rows, tally.scored, tally.unlabelled) == (5, 1, 2)
    assert tally.unseen == {"new": 2}
    assert tally.scores() == _tally(probabilities[:1], np.array([0])).scores()


def test_unseen_rows_without_answers_are_counted_all_the_same():
    tally = Tally(2)
    tally.add(np.full((3, 2), 0.5), np.array([UNSEEN, 1, UNSEEN]))
    assert sum(tally.unseen.values()) == 2


def test_without_a_scored_row_every_score_is_nan():
    tally = Tally(4)
    tally.add(np.full((1, 4), 0.25), np.array([UNLABELLED]))
    scores = tally.scores()
    assert list(scores) == names(4)
    assert np.isnan(list(scores.values())).all()


def test_top_3_needs_more_than_three_classes():
    assert "top_3_accuracy" in names(4)
    assert "top_3_accuracy" not in names(3)


def test_an_evaluation_is_refused_for_probabilities_that_are_nan():
    with pytest.raises(HomodalError, match="not all finite"):
        Tally(2).add(np.array([[np.nan, 1.0]]), np.array([0]))


@pytest.mark.parametrize(
    ("shape", "truth"), [((2, 3), [0, 1]), ((2, 2), [0]), ((1, 2), [2]), ((1, 2), [-3])]
)
def test_wrong_shapes_and_indices_are_refused(shape, truth):
    with pytest.raises(ValueError, match="Expected"):
        Tally(2).add(np.full(shape, 0.5), np.array(truth))
