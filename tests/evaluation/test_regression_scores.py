import numpy as np
import pytest
from sklearn import metrics

from homodal.evaluation.regression_scores import (
    NAMES,
    regression_intervals,
    regression_scores,
)


def numbers(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.normal(20, 5, rows)
    return truth, truth + rng.normal(0.5, 2, rows)


@pytest.mark.parametrize("rows", [2, 7, 200])
def test_they_are_sklearns(rows):
    truth, predicted = numbers(rows)
    found = regression_scores(truth, predicted)
    assert tuple(found) == NAMES
    assert found == pytest.approx(
        {
            "mae": metrics.mean_absolute_error(truth, predicted),
            "rmse": metrics.root_mean_squared_error(truth, predicted),
            "r2": metrics.r2_score(truth, predicted),
            "bias": (predicted - truth).mean(),
            "median_error": metrics.median_absolute_error(truth, predicted),
            "correlation": np.corrcoef(truth, predicted)[0, 1],
        }
    )


def test_a_constant_truth():
    assert regression_scores([3, 3, 3], [3, 3, 3])["r2"] == 1
    assert regression_scores([3, 3, 3], [3, 3, 4])["r2"] == 0
    assert regression_scores([3, 3, 3], [3, 3, 4])["correlation"] == 0


def test_without_rows_nothing_is_known():
    assert all(np.isnan(v) for v in regression_scores([], []).values())
    assert np.isnan(regression_intervals([], [])["mae"]["low"])


def test_intervals_hold_the_truth_about_as_often_as_promised():
    held = dict.fromkeys(("mae", "rmse", "r2", "bias"), 0)
    whole = regression_scores(*numbers(300_000, seed=99))
    for seed in range(200):
        found = regression_intervals(*numbers(150, seed), resamples=300)
        for name in held:
            held[name] += found[name]["low"] <= whole[name] <= found[name]["high"]
    for name, times in held.items():
        assert 0.88 <= times / 200 <= 0.99, name


def test_the_interval_of_a_few_large_errors_leans_to_them():
    """BCa: of squared errors with a long tail the upper side is the longer one."""
    rng = np.random.default_rng(4)
    truth = np.zeros(80)
    predicted = rng.standard_t(4, size=80)
    entry = regression_intervals(truth, predicted, resamples=4000)["rmse"]
    drawn = [
        regression_scores(truth[picked], predicted[picked])["rmse"]
        for picked in rng.integers(80, size=(2000, 80))
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert entry["low"] > low and entry["high"] > high


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="one length"):
        regression_scores([1, 2], [1])


def test_of_several_numbers_they_are_the_mean_as_sklearns():
    truth, predicted = (
        np.stack([a, b], axis=1)
        for a, b in zip(numbers(), numbers(seed=1), strict=True)
    )
    found = regression_scores(truth, predicted)
    assert found["r2"] == pytest.approx(metrics.r2_score(truth, predicted))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(truth, predicted))
    rmse = metrics.root_mean_squared_error(truth, predicted)
    assert found["rmse"] == pytest.approx(rmse)
    entry = regression_intervals(truth, predicted, resamples=100)["mae"]
    assert entry["low"] < entry["value"] < entry["high"]
