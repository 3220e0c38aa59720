import numpy as np
import pytest

from homodal.evaluation.number_tally import NumberTally


def test_scores_are_of_the_rows_with_an_answer():
    tally = NumberTally(None)
    tally.add({"number": [1.0, 5.0]}, [2.0, None])
    tally.add({"number": [3.0]}, [3.0])
    assert (tally.rows, tally.unlabelled) == (3, 1)
    assert tally.scores()["mae"]["value"] == pytest.approx(0.5)
    assert tally.scores()["rmse"]["value"] == pytest.approx(np.sqrt(0.5))
    assert next(iter(tally.quick())) == "r2"
    assert tally.right is None
