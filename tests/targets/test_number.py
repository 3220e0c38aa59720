import numpy as np
import pytest

from homodal.errors import BadCell, TargetError
from homodal.targets.number import Number


def test_numbers_are_read_in_any_spelling():
    assert [Number().read(cell) for cell in (1, 2.5, " 3e2 ")] == [1.0, 2.5, 300.0]


@pytest.mark.parametrize("cell", ["many", True, "inf", [1]])
def test_what_is_no_number_says_so(cell):
    with pytest.raises(BadCell, match="not a"):
        Number().read(cell)


def test_few_whole_numbers_may_be_names_and_are_left_to_classes():
    assert Number().recognise([1, 2, 3, 4, 5] * 20).confidence < 0.4
    assert Number().recognise(list(range(40))).confidence > 0.95
    assert Number().recognise([0.5, 1.25, 2.0, 3.75]).confidence > 0.95


def test_facts_are_the_training_rows():
    facts = Number().learn([1.0, 2.0, 6.0])
    assert facts == {"mean": 3.0, "spread": pytest.approx(2.160247), "median": 2.0}


def test_answers_are_in_the_unit_of_the_cells():
    facts = {"mean": 3.0, "spread": 2.0, "median": 2.0}
    assert Number().encode(7.0, facts) == 2.0
    assert Number().decode(np.array([[2.0], [0.0]]), facts) == {"number": [7.0, 3.0]}


def test_one_number_in_every_row_is_refused():
    with pytest.raises(TargetError, match="one number in every row"):
        Number().learn([4.0, 4.0])
