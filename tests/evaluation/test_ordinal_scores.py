import numpy as np
import pytest
from sklearn import metrics

from homodal.evaluation.ordinal_scores import NAMES, ordinal_intervals, ordinal_scores


def ratings(rows=300, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 5, rows)
    predicted = np.clip(truth + rng.integers(-1, 3, rows), 0, 4)
    return truth, predicted, metrics.confusion_matrix(truth, predicted)


def test_they_are_sklearns():
    truth, predicted, confusion = ratings()
    found = ordinal_scores(confusion)
    kappa = metrics.cohen_kappa_score(truth, predicted, weights="quadratic")
    assert found["kappa_quadratic"] == pytest.approx(kappa)
    error = metrics.mean_absolute_error(truth, predicted)
    assert found["mae_ranks"] == pytest.approx(error)


def test_many_confusions_at_once_are_each_by_itself():
    matrices = np.array([ratings(seed=seed)[2] for seed in range(3)])
    found = ordinal_scores(matrices)
    for place, matrix in enumerate(matrices):
        for name, value in ordinal_scores(matrix).items():
            assert found[name][place] == pytest.approx(value)


def test_ends():
    assert ordinal_scores(np.diag([3, 2, 1]))["kappa_quadratic"] == 1
    assert ordinal_scores(np.array([[4, 0], [0, 0]]))["kappa_quadratic"] == 1
    assert np.isnan(ordinal_scores(np.zeros((3, 3)))["mae_ranks"])
    assert np.isnan(ordinal_intervals(np.zeros((3, 3)))["kappa_quadratic"]["value"])


def test_intervals_hold_their_values_and_are_reproducible():
    confusion = ratings()[2]
    found = ordinal_intervals(confusion, resamples=300)
    assert tuple(found) == NAMES
    for entry in found.values():
        assert entry["low"] < entry["value"] < entry["high"]
    assert ordinal_intervals(confusion, resamples=300) == found
