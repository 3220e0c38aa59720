import time

import numpy as np
import pytest

from homodal.evaluation.intervals import intervals, share_interval
from homodal.evaluation.scores import Tally


def _tally(rows, classes, seed=0, sharp=2.0):
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=rows)
    logits = rng.normal(size=(rows, classes))
    logits[np.arange(rows), truth] += sharp
    likely = np.exp(logits)
    tally = Tally(classes)
    tally.add(likely / likely.sum(axis=1, keepdims=True), truth)
    return tally


def _sure(rows, right):
    tally = Tally(4)
    predicted = np.arange(rows) % 4
    tally.add(np.eye(4)[predicted], predicted if right else (predicted + 1) % 4)
    return tally


def _plain_bootstrap(tally, name, resamples, seed):
    """Rows drawn one by one, as the textbook does it."""
    rng = np.random.default_rng(seed)
    truth, predicted = np.nonzero(tally.confusion)
    cells = np.repeat(np.arange(len(truth)), tally.confusion[truth, predicted])
    drawn = []
    for _ in range(resamples):
        again = Tally(tally.classes)
        picked = rng.choice(cells, size=len(cells))
        again.add(np.eye(tally.classes)[predicted[picked]], truth[picked])
        drawn.append(again.scores()[name])
    return np.quantile(drawn, [0.025, 0.975])


@pytest.mark.parametrize("rows", [1, 7, 300, 5000])
def test_the_value_lies_in_its_interval(rows):
    tally = _tally(rows, 6)
    found = intervals(tally)
    assert {name: entry["value"] for name, entry in found.items()} == tally.scores()
    for entry in found.values():
        assert entry["low"] <= entry["value"] <= entry["high"]


def test_a_seed_gives_the_same_interval_again():
    tally = _tally(200, 5)
    assert intervals(tally, seed=3) == intervals(tally, seed=3)
    assert intervals(tally, seed=3) != intervals(tally, seed=4)


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "f1_macro"])
def test_it_is_the_bootstrap_of_rows(name):
    tally = _tally(150, 4, sharp=1.0)
    low, high = _plain_bootstrap(tally, name, 2000, seed=0)
    entry = intervals(tally, resamples=20_000)[name]
    assert (entry["low"], entry["high"]) == pytest.approx((low, high), abs=0.012)


@pytest.mark.parametrize("rows", [400, 20_000])
def test_log_loss_has_the_width_of_its_standard_error(rows):
    """With many rows losses are binned; the width must not suffer."""
    tally = _tally(rows, 5)
    error = tally.losses.std() / np.sqrt(rows)
    entry = intervals(tally, resamples=4000)["log_loss"]
    assert entry["high"] - entry["low"] == pytest.approx(2 * 1.96 * error, rel=0.06)


def test_95_percent_intervals_hold_the_truth_about_that_often():
    """300 tables from a population whose scores are known from 200 000 rows."""
    population = _tally(200_000, 3, seed=99, sharp=1.0).scores()
    held = {"accuracy": 0, "f1_macro": 0, "log_loss": 0}
    for seed in range(300):
        found = intervals(_tally(150, 3, seed, sharp=1.0), resamples=400)
        for name in held:
            entry = found[name]
            held[name] += entry["low"] <= population[name] <= entry["high"]
    for name, times in held.items():
        assert 0.90 <= times / 300 <= 0.985, name


@pytest.mark.parametrize(("rows", "low"), [(1, 0.025), (10, 0.025**0.1)])
def test_all_right_is_not_certainty(rows, low):
    entry = intervals(_sure(rows, right=True))["accuracy"]
    assert entry == {"value": 1, "low": pytest.approx(low), "high": 1}


def test_all_wrong_is_not_certainty():
    entry = intervals(_sure(10, right=False))["accuracy"]
    assert entry == {"value": 0, "low": 0, "high": pytest.approx(1 - 0.025**0.1)}


def test_no_rows_give_nan():
    assert all(
        np.isnan([*entry.values()]).all() for entry in intervals(Tally(3)).values()
    )
    assert np.isnan([*share_interval(0, 0).values()]).all()


def test_share_interval_is_that_of_the_accuracy():
    tally = _tally(300, 5)
    share = share_interval(int(np.trace(tally.confusion)), 300, resamples=20_000)
    assert share == pytest.approx(
        intervals(tally, resamples=20_000)["accuracy"], abs=0.008
    )


def test_many_rows_stay_fast():
    tally = _tally(100_000, 20)
    begun = time.perf_counter()
    intervals(tally)
    assert time.perf_counter() - begun < 10  # measured: 0.2 s
