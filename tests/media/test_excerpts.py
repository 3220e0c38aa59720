"""Windows and boxes: for all rows in numbers, or for each row in its columns."""

import numpy as np
import pytest

from homodal.errors import BadCell, PartError
from homodal.media.excerpts import (
    Excerpt,
    beside,
    box_option,
    inside,
    length_of,
    pixels_of,
    seconds_of,
    size_of,
    taken,
    window_option,
)


def test_columns_are_named_once_and_in_order():
    assert beside(["from", "to"], "place", ["from", 0, 3, 4]) == ("from", "to", "place")
    assert beside([0.5, 1.5], None, [1, 2, 3, 4]) == ()


def test_a_bare_cell_has_nothing_beside_it():
    assert taken("a.png") == ("a.png", {})
    assert taken(Excerpt("a.png", {"box": "1 2 3 4"})) == ("a.png", {"box": "1 2 3 4"})


def test_a_window_in_numbers_in_columns_and_open():
    assert seconds_of([0.5, 2], {}) == (0.5, 2.0)
    said = {"from": "0.25", "to": None}
    assert seconds_of(["from", "to"], said) == (0.25, None)
    assert seconds_of(["to", "from"], said) == (0.0, 0.25)
    assert seconds_of(None, {}) == (0.0, None)
    assert seconds_of(["from", "to"], {}) == (0.0, None)  # nobody said


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"from": 2, "to": 1}, "an empty window: from 2 s to 1 s"),
        ({"from": -1, "to": 1}, "an empty window"),
        ({"from": "soon", "to": 1}, "no number in 'from': 'soon'"),
        ({"from": True, "to": 1}, "no number in 'from'"),
    ],
)
def test_a_window_that_is_none_is_a_bad_cell(said, match):
    with pytest.raises(BadCell, match=match):
        seconds_of(["from", "to"], said)


@pytest.mark.parametrize(
    "cell", ["1 2 30 40", "[1, 2, 30, 40]", "1;2;30;40", [1, 2, 30, 40], (1, 2, 30, 40)]
)
def test_a_box_in_one_column(cell):
    assert pixels_of("face", {"face": cell}) == (1, 2, 30, 40)
    assert pixels_of("face", {"face": np.array([1, 2, 30, 40])}) == (1, 2, 30, 40)


def test_a_box_in_four_columns_and_in_numbers():
    said = {"left": 1, "right": "30"}
    assert pixels_of(["left", 2, "right", 40], said) == (1, 2, 30, 40)
    assert pixels_of([1, 2, 30, 40], {}) == (1, 2, 30, 40)
    assert pixels_of(None, {}) is None
    assert pixels_of("face", {}) is None


@pytest.mark.parametrize(
    ("cell", "match"),
    [
        (None, "no box of four numbers in 'face': None"),
        ("1 2 3", "no box of four numbers"),
        ("1 2 wide 4", "no number in 'face': 'wide'"),
        ("5 2 5 4", "an empty box: 5, 2, 5, 4"),
    ],
)
def test_a_box_that_is_none_is_a_bad_cell(cell, match):
    with pytest.raises(BadCell, match=match):
        pixels_of("face", {"face": cell})
    with pytest.raises(BadCell, match="a box without its left"):
        pixels_of(["left", 1, 2, 3], {"left": None})


def test_a_box_is_cut_at_the_border_of_the_picture():
    assert inside((-3, 1.5, 7.2, 99), 10, 20) == (0, 1, 8, 10)
    with pytest.raises(BadCell, match="outside the picture of 20 x 10"):
        inside((20, 0, 30, 5), 10, 20)


def test_what_is_the_same_for_all_rows_is_known_beforehand():
    assert size_of([10, 20, 40, 90]) == (70, 30)
    assert size_of("face") is size_of(None) is size_of(["a", 1, 2, 3]) is None
    assert length_of([0.5, 2]) == 1.5
    assert length_of(None) is length_of(["a", 2]) is None


@pytest.mark.parametrize("wrong", [[1], [2, 1], "from", [-1, 2], [0, True], [1, 1], 3])
def test_wrong_windows_are_refused(wrong):
    with pytest.raises(PartError, match="Option 'window' of modality 'audio'"):
        window_option("audio", wrong)


@pytest.mark.parametrize("wrong", [[1], [3, 1, 2, 2], "", [1, 2, 3, None], 3, [1] * 5])
def test_wrong_boxes_are_refused(wrong):
    with pytest.raises(PartError, match="Option 'box' of modality 'image'"):
        box_option("image", wrong)
