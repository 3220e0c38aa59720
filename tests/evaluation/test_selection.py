import numpy as np
import pytest

from homodal.evaluation.selection import (
    area_under_risk,
    coverage_curve,
    thresholds_for,
)

CONFIDENCE = [0.9, 0.9, 0.6, 0.8, 0.5]
RIGHT = [True, True, False, True, False]


def test_the_curve_by_hand():
    curve = coverage_curve(CONFIDENCE, RIGHT)
    assert [each["threshold"] for each in curve] == [0.9, 0.8, 0.6, 0.5]
    assert [each["coverage"] for each in curve] == pytest.approx([0.4, 0.6, 0.8, 1])
    assert [each["accuracy"] for each in curve] == pytest.approx([1, 1, 0.75, 0.6])


def test_many_rows_are_drawn_as_few_points_from_end_to_end():
    rng = np.random.default_rng(0)
    curve = coverage_curve(rng.random(5000), rng.random(5000) < 0.5)
    assert len(curve) == 50
    assert curve[-1]["coverage"] == 1


def test_a_threshold_keeps_its_promise_on_the_same_rows():
    rng = np.random.default_rng(1)
    confidence = rng.random(2000)
    right = rng.random(2000) < confidence
    for each in thresholds_for(confidence, right, wanted=(0.7, 0.9)):
        kept = confidence >= each["threshold"]
        assert right[kept].mean() >= each["accuracy"]
        assert kept.mean() == pytest.approx(each["coverage"])


def test_an_accuracy_that_all_rows_reach_needs_no_threshold():
    assert thresholds_for(CONFIDENCE, RIGHT, wanted=(0.6,)) == []
    assert thresholds_for([0.9, 0.5], [False, False], wanted=(0.9,)) == []


def test_the_area_is_the_mean_error_over_coverages():
    assert area_under_risk(CONFIDENCE, RIGHT) == pytest.approx((0.25 + 0.4) / 5)


def test_without_rows_there_is_nothing():
    assert coverage_curve([], []) == thresholds_for([], []) == []
    assert np.isnan(area_under_risk([], []))
