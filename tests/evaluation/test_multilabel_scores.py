import numpy as np
import pytest
from sklearn import metrics

from homodal.calibration import best_thresholds
from homodal.evaluation.multilabel_scores import (
    NAMES,
    average_precision,
    multilabel_intervals,
    multilabel_scores,
)


def labelled(rows=120, labels=5, seed=0):
    rng = np.random.default_rng(seed)
    truth = (rng.random((rows, labels)) < [0.5, 0.3, 0.1, 0.7, 0.2]).astype(int)
    likely = np.clip(0.3 * truth + rng.random((rows, labels)) * 0.7, 0, 1).round(2)
    return truth, likely


def test_they_are_sklearns():
    truth, likely = labelled()
    chosen = (likely >= 0.5).astype(int)
    f1 = {
        a: metrics.f1_score(truth, chosen, average=a, zero_division=0)
        for a in ("macro", "micro", "samples")
    }
    wanted = {f"f1_{average}": value for average, value in f1.items()} | {
        "precision_micro": metrics.precision_score(truth, chosen, average="micro"),
        "recall_micro": metrics.recall_score(truth, chosen, average="micro"),
        "subset_accuracy": metrics.accuracy_score(truth, chosen),
        "hamming_loss": metrics.hamming_loss(truth, chosen),
        "average_precision_macro": metrics.average_precision_score(truth, likely),
    }
    found = multilabel_scores(truth, likely)
    assert tuple(found) == NAMES
    assert found == pytest.approx(wanted)


def test_average_precision_with_ties_is_sklearns():
    rng = np.random.default_rng(1)
    for _ in range(20):
        truth, scores = rng.integers(0, 2, 30), rng.integers(0, 5, 30) / 5
        if truth.any():
            wanted = metrics.average_precision_score(truth, scores)
            assert average_precision(truth, scores) == pytest.approx(wanted)
    assert average_precision(np.zeros(3, int), np.ones(3)) == 0


def test_a_threshold_for_each_label():
    truth, likely = labelled()
    best = best_thresholds(truth, likely)
    better = multilabel_scores(truth, likely, best)["f1_macro"]
    assert better >= multilabel_scores(truth, likely)["f1_macro"]


def test_intervals_hold_their_values():
    found = multilabel_intervals(*labelled(), resamples=200)
    assert tuple(found) == NAMES
    for entry in found.values():
        assert entry["low"] <= entry["value"] <= entry["high"]
        assert entry["high"] - entry["low"] > 0.01
    again = multilabel_intervals(*labelled(), resamples=200)
    assert again == found


def test_intervals_hold_the_truth_about_as_often_as_promised():
    names = ("f1_macro", "f1_micro", "subset_accuracy", "hamming_loss")
    held = dict.fromkeys(names, 0)
    whole = multilabel_scores(*labelled(200_000, seed=99))
    for seed in range(200):
        found = multilabel_intervals(*labelled(120, seed=seed), resamples=200)
        for name in held:
            held[name] += found[name]["low"] <= whole[name] <= found[name]["high"]
    for name, times in held.items():
        assert 0.88 <= times / 200 <= 0.99, name


def test_without_rows_nothing_is_known():
    empty = np.zeros((0, 3))
    assert np.isnan(multilabel_scores(empty, empty)["f1_micro"])
    with pytest.raises(ValueError, match="rows, labels"):
        multilabel_scores(np.zeros((2, 3)), np.zeros((2, 2)))
