import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media.names import name_of


@pytest.mark.parametrize(
    "cell", [1, 1.0, "1", " 1 ", "1.0", "1.000", np.int64(1), np.float32(1)]
)
def test_one_is_one(cell):
    assert name_of(cell) == "1"


@pytest.mark.parametrize("cell", [True, "true", "True", "TRUE", np.bool_(True)])
def test_true_is_true(cell):
    assert name_of(cell) == "true"


@pytest.mark.parametrize(
    ("cell", "name"),
    [("01", "01"), ("01.0", "01.0"), ("1.5", "1.5"), (1.5, "1.5"), (-2.0, "-2"),
     ("v1.0", "v1.0"), ("Cat", "Cat"), ("cat", "cat"), ("a\u00a0 b\n", "a b"),
     ("cafe\u0301", "caf\u00e9"), ("\u0661.0", "\u0661.0"), (10**30, str(10**30))],
)  # fmt: skip
def test_other_names_stay_themselves(cell, name):
    assert name_of(cell) == name


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), None, b"a", [1], {}])
def test_what_is_no_name_is_a_bad_cell(cell):
    with pytest.raises(BadCell, match="not a name"):
        name_of(cell)


def test_an_empty_or_endless_name_is_a_bad_cell():
    with pytest.raises(BadCell, match="an empty name"):
        name_of(" \x00 ")
    for length in (201, 10**6):
        with pytest.raises(BadCell, match="too long for a name"):
            name_of("x" * length)


def test_a_lone_surrogate_makes_a_name_that_can_be_written():
    name_of("a\ud800b").encode()
