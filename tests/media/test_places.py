import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media.places import names_of_ones, recognise_places


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([[1, 0, 0], [0, 0, 1]], (3, True)),
        ([np.array([0.0, 1.0]), np.array([1.0, 0.0])], (2, True)),
        ([[True, False], [False, True]], (2, True)),
        (["[0, 1]", "[1 0]"], (2, True)),
        ([[1, 1], [0, 1]], (2, False)),
        ([[0, 0], [0, 1]], (2, False)),
        ([[1, 0]] * 40 + [[0, 2]], (2, True)),  # a slip, named when it is read
        ([[1, 0], [0, 2]], None),
        ([[1], [0]], None),
        ([[0, 0], [0, 0]], None),
        ([[1, 0], [1, 0, 0]], None),
        ([[0.5, 0.5], [1.0, 0.0]], None),
        ([1, 0], None),
        (["1", "0"], None),
        ([], None),
    ],
)
def test_lists_of_zeros_and_ones(cells, wanted):
    assert recognise_places(cells) == wanted


def test_the_ones_are_named_by_their_places_or_by_names():
    assert names_of_ones([0, 1, 1], 3) == ["1", "2"]
    assert names_of_ones(np.array([0, 1, 1]), 3, ["a", "b", "c"]) == ["b", "c"]
    assert names_of_ones([0, 0], 2) == []
    for cell in ([0, 1], [0, 2, 1], "cat", [[0, 1, 1]]):
        with pytest.raises(BadCell, match="not a list of 3 zeros and ones"):
            names_of_ones(cell, 3)
    with pytest.raises(BadCell, match="2 names for 3 places"):
        names_of_ones([0, 1, 1], 3, ["a", "b"])
