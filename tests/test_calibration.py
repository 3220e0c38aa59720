import numpy as np
import pytest
from sklearn import metrics

from homodal.calibration import (
    Calibration,
    best_thresholds,
    fit_calibration,
    fit_sets,
    fit_temperature,
    quantile,
)
from homodal.errors import HomodalError


def softmax(logits):
    likely = np.exp(logits - logits.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True)


def answers(rows, classes=4, sharp=1.5, heat=1.0, seed=0):
    """Logits and a truth drawn from softmax(logits): calibrated, then `heat` times."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, sharp, (rows, classes))
    chosen = softmax(logits).cumsum(axis=1) > rng.random((rows, 1))
    return heat * logits, chosen.argmax(axis=1)


@pytest.mark.parametrize("heat", [0.4, 1.0, 3.0])
def test_a_planted_temperature_is_found(heat):
    found = fit_temperature(*answers(20_000, heat=heat))
    assert found == pytest.approx(heat, rel=0.05)


def test_temperature_is_where_the_loss_is_lowest():
    logits, truth = answers(500, heat=2.0)

    def loss(temperature):
        own = softmax(logits / temperature)[np.arange(len(truth)), truth]
        return -np.log(own).sum() + np.log(temperature) ** 2 / 2

    found = fit_temperature(logits, truth)
    assert loss(found) < min(loss(found * 1.05), loss(found / 1.05))


def test_a_few_rows_that_are_all_right_make_no_certainty():
    logits = np.eye(3)[[0, 1, 2, 0]] * 2.0
    assert 0.1 < fit_temperature(logits, np.array([0, 1, 2, 0])) < 1.0


def test_without_a_known_answer_nothing_is_learned():
    assert fit_calibration(np.zeros((2, 3)), [-1, -2]) == Calibration()


def test_rows_without_an_answer_are_passed_over():
    logits, truth = answers(200)
    more = np.concatenate([logits, 50 * np.ones((3, 4))])
    marked = np.concatenate([truth, [-1, -2, -1]])
    assert fit_calibration(more, marked) == fit_calibration(logits, truth)


def test_the_quantile_is_the_one_of_the_theorem():
    assert quantile(np.arange(1, 10), 0.9) == 9  # ceil(10 * 0.9) = 9th of 9
    assert quantile(np.arange(1, 9), 0.9) is None  # ceil(9 * 0.9) = 9th of 8
    assert quantile(np.arange(1, 20)[::-1], 0.5) == 10


def test_adaptive_sets_by_hand():
    calibration = Calibration(thresholds={"aps": {"0.9": 0.8}})
    likely = np.array([[0.5, 0.3, 0.2], [0.9, 0.06, 0.04], [0.4, 0.35, 0.25]])
    inside = calibration.sets(likely, 0.9, "aps")
    assert inside.tolist() == [[1, 1, 0], [1, 0, 0], [1, 1, 0]]


def test_split_and_class_sets_by_hand():
    thresholds = {"split": {"0.9": 0.7}, "per_class": {"0.9": [0.4, None, 0.75]}}
    calibration = Calibration(thresholds=thresholds)
    likely = np.array([[0.5, 0.3, 0.2]])
    assert calibration.sets(likely, 0.9, "split").tolist() == [[1, 1, 0]]
    assert calibration.sets(likely, 0.9, "per_class").tolist() == [[1, 1, 0]]


@pytest.mark.parametrize("method", ["split", "aps", "per_class"])
@pytest.mark.parametrize("heat", [1.0, 4.0])
def test_sets_hold_the_truth_as_often_as_promised(method, heat):
    """Over 200 draws of 150 rows to learn from, also for a model far too sure."""
    logits, truth = answers(60_000, heat=heat)
    likely = softmax(logits)
    held = []
    for draw in range(200):
        rows = slice(150 * draw, 150 * draw + 150)
        learned = Calibration(thresholds=fit_sets(likely[rows], truth[rows]))
        inside = learned.sets(likely[30_000:32_000], 0.9, method)
        held.append(inside[np.arange(2000), truth[30_000:32_000]].mean())
    assert 0.895 <= np.mean(held) <= 0.96


def test_each_class_is_held_as_often_as_promised():
    """A class that is seldom likely is lost by split sets and kept by its own."""
    logits, truth = answers(40_000)
    logits[:, 3] -= 2.0  # the network has a prejudice
    likely = softmax(logits)
    learned = Calibration(thresholds=fit_sets(likely[:20_000], truth[:20_000]))
    rare = np.flatnonzero(truth[20_000:] == 3)
    held = {
        method: learned.sets(likely[20_000:][rare], 0.9, method)[:, 3].mean()
        for method in ("split", "per_class")
    }
    assert held["per_class"] == pytest.approx(0.9, abs=0.02)
    assert held["split"] < 0.8


def test_it_comes_back_from_json_equal():
    found = fit_calibration(*answers(300))
    assert Calibration.from_dict(found.to_dict()) == found


def test_an_unknown_level_says_which_there_are():
    with pytest.raises(HomodalError, match=r"level 0\.7.*0.8, 0.9, 0.95"):
        fit_calibration(*answers(50)).sets(np.ones((1, 4)) / 4, 0.7)


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan"), float("inf")])
def test_what_is_no_temperature_is_refused(temperature):
    with pytest.raises(ValueError, match="no temperature"):
        Calibration.from_dict({"temperature": temperature})


def test_thresholds_are_the_best_of_all():
    rng = np.random.default_rng(0)
    truth = (rng.random((120, 5)) < [0.5, 0.3, 0.1, 0.7, 0.2]).astype(int)
    likely = np.clip(0.3 * truth + rng.random((120, 5)) * 0.7, 0, 1).round(2)
    best = best_thresholds(truth, likely)
    for label in range(5):
        own, said = truth[:, label], likely[:, label]
        reached = metrics.f1_score(own, said >= best[label])
        every = [metrics.f1_score(own, said >= t) for t in np.unique(said)]
        assert reached == pytest.approx(max(every))
    assert best_thresholds(np.zeros((4, 1)), np.ones((4, 1))).tolist() == [0.5]
