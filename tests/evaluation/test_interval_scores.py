import numpy as np
import pytest

from homodal.evaluation.interval_scores import NAMES, interval_scores


def test_coverage_and_width_by_hand():
    found = interval_scores([1.0, 2.0, 3.0, 4.0], [0.0, 2.0, 3.5, 0], [1.0, 5, 4, 9])
    assert tuple(found) == NAMES
    assert found["coverage"]["value"] == 0.75  # the ends are within
    assert found["width"]["value"] == pytest.approx((1 + 3 + 0.5 + 9) / 4)
    for entry in found.values():
        assert entry["low"] <= entry["value"] <= entry["high"]


def test_several_numbers_a_row_are_counted_each():
    truth = np.array([[1.0, 1.0], [1.0, 9.0]])
    found = interval_scores(truth, np.zeros((2, 2)), np.full((2, 2), 2.0))
    assert found["coverage"]["value"] == 0.75
    assert found["width"]["value"] == 2.0


def test_no_rows_and_other_shapes():
    assert np.isnan(interval_scores([], [], [])["coverage"]["value"])
    with pytest.raises(ValueError, match="three of one shape"):
        interval_scores([1.0], [0.0], [1.0, 2.0])
