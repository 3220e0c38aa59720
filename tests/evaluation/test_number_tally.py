import numpy as np
import pytest

from homodal.data.preparation import PreparedTarget
from homodal.evaluation.number_tally import NumberTally
from homodal.targets.number import Number


def test_scores_are_of_the_rows_with_an_answer():
    tally = NumberTally(None)
    tally.add({"number": [1.0, 5.0]}, [2.0, None])
    tally.add({"number": [3.0]}, [3.0])
    assert (tally.rows, tally.unlabelled) == (3, 1)
    assert tally.scores()["mae"]["value"] == pytest.approx(0.5)
    assert tally.scores()["rmse"]["value"] == pytest.approx(np.sqrt(0.5))
    assert next(iter(tally.quick())) == "r2"
    assert tally.right is None


def test_a_range_is_scored_beside_the_number():
    tally = NumberTally(None)
    tally.add({"number": [1.0], "low": [0.0], "high": [2.0]}, [1.5])
    tally.add(
        {"number": [1.0, 0.0], "low": [0.0, 0.0], "high": [1.2, 9.0]}, [1.5, None]
    )
    scores = tally.scores()
    assert scores["coverage"]["value"] == 0.5
    assert scores["width"]["value"] == pytest.approx(1.6)


def test_several_numbers_a_row():
    tally = NumberTally(None)
    tally.add({"number": [[1.0, 5.0], [2.0, 7.0]]}, [[1.0, 6.0], [3.0, 7.0]])
    assert tally.scores()["mae"]["value"] == pytest.approx(0.5)
    first, second = tally.details()["each"]
    assert (first["mae"], second["mae"]) == (0.5, 0.5)
    assert (first["bias"], second["bias"]) == (-0.5, -0.5)


def test_without_rows_there_is_no_score():
    assert np.isnan(NumberTally(None).scores()["mae"]["value"])


def test_a_row_far_from_the_rest_does_not_choose_the_epoch():
    numbers = [float(value) for value in range(100)]
    facts = Number().learn([*numbers, 1e9])
    tally = NumberTally(PreparedTarget("y", "number", facts))
    tally.add({"number": [*numbers, 0.0]}, [*numbers, 1e9])
    assert tally.quick()["r2"] == pytest.approx(1)
    assert tally.scores()["r2"]["value"] < 0.1
