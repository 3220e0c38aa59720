import numpy as np
import pytest

from homodal.calibration import Calibration
from homodal.evaluation.outcomes import Outcomes

LIKELY = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.4, 0.4, 0.2]])


def test_figures_by_hand():
    outcomes = Outcomes()
    outcomes.add([4, 5, 6], LIKELY, [1, 2, -1])
    assert len(outcomes) == 2
    assert outcomes.row.tolist() == [4, 5]
    assert outcomes.truth.tolist() == [1, 2]
    assert outcomes.predicted.tolist() == [0, 2]
    assert outcomes.right.tolist() == [False, True]
    assert outcomes.confidence.tolist() == [0.5, 0.7]
    assert outcomes.of_truth == pytest.approx([0.3, 0.7])
    assert outcomes.brier == pytest.approx([0.25 + 0.49 + 0.04, 0.01 + 0.04 + 0.09])


def test_batches_add_up():
    calibration = Calibration(thresholds={"split": {"0.9": 0.6}})
    at_once, bit_by_bit = Outcomes(calibration), Outcomes(calibration)
    at_once.add([0, 1, 2], LIKELY, [1, 2, 0])
    for row in range(3):
        bit_by_bit.add([row], LIKELY[[row]], np.array([1, 2, 0])[[row]])
    assert bit_by_bit.brier.tolist() == at_once.brier.tolist()
    assert bit_by_bit.sizes["split", "0.9"].tolist() == [1, 1, 2]
    assert bit_by_bit.covered["split", "0.9"].tolist() == [False, True, True]


def test_no_rows_are_no_rows():
    outcomes = Outcomes()
    outcomes.add([0], LIKELY[:1], [-2])
    assert len(outcomes) == len(outcomes.confidence) == len(outcomes.right) == 0
