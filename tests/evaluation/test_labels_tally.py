import numpy as np
import pytest
from sklearn import metrics

from homodal.data.preparation import PreparedTarget
from homodal.evaluation.labels_tally import LabelsTally

FACTS = {"labels": ["a", "b", "c"], "counts": [3, 2, 1], "rows": 4, "commonest": ["a"]}


def tally(**facts):
    return LabelsTally(PreparedTarget("y", "labels", FACTS | facts))


def test_scores_are_sklearns_at_the_fitted_thresholds():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (80, 3))
    likely = np.clip(0.3 * truth + 0.7 * rng.random((80, 3)), 0, 1)
    limits = [0.4, 0.6, 0.3]
    values = [[n for n, t in zip("abc", row, strict=True) if t] for row in truth]
    chosen = likely >= limits
    given = [[n for n, t in zip("abc", row, strict=True) if t] for row in chosen]
    found = tally(thresholds=limits)
    for part in (slice(50), slice(50, None)):  # batches add up
        answers = {"labels": given[part], "probabilities": likely[part]}
        found.add(answers, values[part])
    scores = {name: each["value"] for name, each in found.scores().items()}
    for kind in ("micro", "macro", "samples"):
        wanted = metrics.f1_score(truth, chosen, average=kind, zero_division=0)
        assert scores[f"f1_{kind}"] == pytest.approx(wanted)
    precision = metrics.average_precision_score(truth, likely)
    assert scores["average_precision_macro"] == pytest.approx(precision)
    assert scores["subset_accuracy"] == pytest.approx((chosen == truth).all(1).mean())
    assert list(found.quick()) == ["average_precision_macro", "f1_micro"]


def test_unseen_labels_are_counted_and_such_rows_are_not_right():
    found = tally()
    values = [["a"], ["a", "new"], None, ["new", "odd"]]
    found.add({"labels": [["a"]], "probabilities": np.ones((1, 3))}, [None])
    answers = {"labels": [["a"]] * 4, "probabilities": np.array([[1.0, 0, 0]] * 4)}
    found.add(answers, values)
    assert (found.rows, found.unlabelled) == (5, 2)
    assert found.right.tolist() == [True, False, False]
    assert found.details() == {"unseen": {"new": 2, "odd": 1}}
    assert found.scores()["subset_accuracy"]["value"] == pytest.approx(1 / 3)


def test_a_guess_is_repeated():
    found = tally()
    found.add(found.repeated(["a", "b"], 2), [["a", "b"], []])
    assert found.right.tolist() == [True, False]


def test_without_rows_there_is_no_score():
    assert np.isnan(tally().scores()["f1_micro"]["value"])
    assert np.isnan(tally().scores()["subset_accuracy"]["value"])
