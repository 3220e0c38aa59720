import numpy as np
import pytest
from sklearn import metrics

from homodal.evaluation.verification_scores import (
    NAMES,
    verification_intervals,
    verification_scores,
)


def answers(rows=200, ties=False, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, rows)
    score = truth + rng.normal(0, 1, rows)
    return truth, score.round() if ties else score


@pytest.mark.parametrize("ties", [False, True])
def test_they_are_sklearns(ties):
    for seed in range(5):
        truth, score = answers(ties=ties, seed=seed)
        found = verification_scores(truth, score)
        area = metrics.roc_auc_score(truth, score)
        assert found["roc_auc"] == pytest.approx(area)
        let_in, kept, _ = metrics.roc_curve(truth, score, drop_intermediate=False)
        grid = np.linspace(0, 1, 100_001)  # along the curve, to be met by the diagonal
        steps = np.linspace(0, 1, len(let_in))
        far = np.interp(grid, steps, let_in) - np.interp(grid, steps, 1 - kept)
        wanted = np.interp(grid, steps, let_in)[np.argmin(np.abs(far))]
        assert found["eer"] == pytest.approx(wanted, abs=1e-3)


def test_by_hand():
    assert verification_scores([0, 0, 1, 1], [1, 2, 3, 4]) == {"eer": 0, "roc_auc": 1}
    assert verification_scores([1, 1, 0, 0], [1, 2, 3, 4]) == {"eer": 1, "roc_auc": 0}
    assert verification_scores([0, 1, 0, 1], [1, 2, 3, 4])["eer"] == 0.5
    assert verification_scores([0, 1], [1, 1]) == {"eer": 0.5, "roc_auc": 0.5}
    assert verification_scores([0, 0, 0, 1, 1, 1], [1, 2, 5, 3, 4, 6])["eer"] == (
        pytest.approx(1 / 3)
    )


def test_one_class_says_nothing():
    for truth in ([0, 0], [1, 1], []):
        found = verification_scores(truth, np.arange(len(truth)))
        assert np.isnan(list(found.values())).all()
    assert np.isnan(verification_intervals([0, 0], [1, 2])["eer"]["value"])


def test_intervals_hold_their_values():
    found = verification_intervals(*answers(80), resamples=200)
    assert tuple(found) == NAMES
    for entry in found.values():
        assert entry["low"] < entry["value"] < entry["high"]
    assert verification_intervals([0, 0, 1], [1, 2, 3])["eer"]["value"] == 0
