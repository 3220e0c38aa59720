import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from homodal.calibration import fit_calibration
from homodal.evaluation.calibration import (
    calibration_errors,
    calibration_of,
    expected_calibration_error,
    reliability,
)
from homodal.evaluation.outcomes import Outcomes


def says_and_is(rows=3000, bias=0.0, seed=0):
    rng = np.random.default_rng(seed)
    confidence = rng.uniform(0.3, 1, rows)
    return confidence, rng.random(rows) < confidence - bias


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_diagram_is_sklearns(adaptive):
    confidence, right = says_and_is()
    diagram = reliability(confidence, right, bins=10, adaptive=adaptive)
    accuracy, said = calibration_curve(
        right, confidence, n_bins=10, strategy="quantile" if adaptive else "uniform"
    )
    np.testing.assert_allclose([each["accuracy"] for each in diagram], accuracy)
    np.testing.assert_allclose([each["confidence"] for each in diagram], said)
    assert sum(each["rows"] for each in diagram) == len(right)


def test_the_error_by_hand():
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    diagram = reliability(confidence, [True, False, True, True])
    # two bins of two rows: |0.5 - 0.95| and |1 - 0.55|
    assert expected_calibration_error(diagram) == pytest.approx(0.45)


def test_a_planted_overconfidence_is_measured():
    errors = calibration_errors(*says_and_is(20_000, bias=0.2))
    for entry in errors.values():
        assert entry["value"] == pytest.approx(0.2, abs=0.02)
        assert entry["low"] <= entry["value"] <= entry["high"]


def outcomes_of(probabilities, truth, calibration):
    outcomes = Outcomes(calibration)
    outcomes.add(np.arange(len(truth)), probabilities, truth)
    return outcomes


def test_everything_is_said_of_the_same_rows():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (400, 3))
    likely = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (likely.cumsum(axis=1) > rng.random((400, 1))).argmax(axis=1)
    calibration = fit_calibration(logits[:200], truth[:200])
    found = calibration_of(
        outcomes_of(likely[200:], truth[200:], calibration), calibration
    )
    one_hot = np.eye(3)[truth[200:]]
    brier = ((likely[200:] - one_hot) ** 2).sum(axis=1).mean()
    assert found["brier"]["value"] == pytest.approx(brier)
    assert found["fitted_on"] == 200
    assert found["curve"][-1]["coverage"] == 1
    sets = {(each["method"], each["level"]): each for each in found["sets"]}
    assert len(sets) == 9
    inside = calibration.sets(likely[200:], 0.9, "aps")
    wanted = inside[np.arange(200), truth[200:]].mean()
    assert sets["aps", 0.9]["coverage"]["value"] == pytest.approx(wanted)
    assert sets["aps", 0.9]["size"] == pytest.approx(inside.sum(axis=1).mean())


def test_without_a_scored_row_only_the_temperature_is_said():
    calibration = fit_calibration(np.eye(2), [0, 1])
    found = calibration_of(Outcomes(calibration), calibration)
    assert set(found) == {"temperature", "fitted_on"}
