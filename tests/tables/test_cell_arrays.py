"""Cells of any kind, and of several kinds in one column: none lost, none in the way."""

import datetime
import decimal
import io
import pathlib
import uuid

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from homodal.errors import TableError
from homodal.tables.cell_arrays import column_array, text_of
from homodal.tables.embedded import unwrap
from homodal.tables.samples import Samples

DAY = datetime.date(2024, 1, 2)
NOON = datetime.datetime(2024, 1, 2, 12)
UTC = NOON.replace(tzinfo=datetime.UTC)


def back(cells):
    return [unwrap(cell) for cell in column_array(cells, "x").to_pylist()]


@pytest.mark.parametrize(
    "cells, texts",
    [
        ([1, "two", None, 2.5], ["1", "two", None, "2.5"]),
        ([1, True], ["1", "true"]),
        ([DAY, "soon"], ["2024-01-02", "soon"]),
        ([DAY, NOON], ["2024-01-02", "2024-01-02T12:00:00"]),
        ([NOON, UTC], ["2024-01-02T12:00:00", "2024-01-02T12:00:00+00:00"]),
        ([["a", "b"], "c"], ['["a", "b"]', "c"]),
        ([[1, "a"], [2]], ['[1, "a"]', "[2]"]),
        ([[0.5, 1.5], 3], ["[0.5, 1.5]", "3"]),
        ([{"k": 1}, "x"], ['{"k": 1}', "x"]),
        ([10**30, 1], ["1" + "0" * 30, "1"]),
        ([2**60 + 1, 2.5], [str(2**60 + 1), "2.5"]),
        ([decimal.Decimal("1.50"), 2.5], ["1.50", "2.5"]),
        ([pathlib.PurePosixPath("a/b"), "c"], ["a/b", "c"]),
        ([uuid.UUID(int=1)], [str(uuid.UUID(int=1))]),
        (["\ud800x", 1], ["\x1ax", "1"]),
        (list(np.array(["p", "q"])), ["p", "q"]),
        (list(pd.period_range("2024-01", periods=2, freq="M")), ["2024-01", "2024-02"]),
    ],
)
def test_cells_of_several_kinds_are_their_texts(cells, texts):
    assert back(cells) == texts


@pytest.mark.parametrize(
    "cells, plain",
    [
        ([1, 2.5, None], [1.0, 2.5, None]),
        ([pd.NA, 1, pd.NaT, None, np.nan], [None, 1, None, None, None]),
        ([np.float32(0.5), np.nan, 1], [0.5, None, 1.0]),
        ([np.bool_(True), False], [True, False]),
        ([decimal.Decimal("1.50")], [decimal.Decimal("1.50")]),
        ([DAY, None], [DAY, None]),
        ([UTC], [UTC]),
        ([datetime.timedelta(hours=1), pd.Timedelta("2h")], [3600.0, 7200.0]),
        ([np.datetime64("2024-01-02T12", "ns"), np.datetime64("NaT")], [NOON, None]),
        ([{"b", "a"}, ("c",)], [["a", "b"], ["c"]]),
        ([[1, 2], [3]], [[1, 2], [3]]),
        ([["a"], None], [["a"], None]),
        ([{"k": 1}, {"k": 2}], [{"k": 1}, {"k": 2}]),
        ([None, None], [None, None]),
        ([], []),
    ],
)
def test_cells_of_one_kind_stay_what_they_are(cells, plain):
    assert back(cells) == plain


def test_arrays_of_any_shape_keep_shape_and_numbers():
    rng = np.random.default_rng(0)
    for shape in [(5,), (4, 3), (4, 3, 3), (2, 3, 4, 1)]:
        for kind in (np.uint8, np.int16, np.uint16, np.float32):
            array = (rng.random(shape) * 200 + 300 * (kind != np.uint8)).astype(kind)
            first, gap = back([array, None])
            np.testing.assert_array_equal(np.asarray(first), array)
            assert gap is None


def test_arrays_of_different_shapes_stand_in_one_column():
    arrays = [np.zeros((2, 3), np.uint8), np.ones((4, 5, 3), np.uint8)]
    assert [each.shape for each in back(arrays)] == [(2, 3), (4, 5, 3)]


def test_tensors_are_arrays():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return np.eye(3, dtype=np.float32)

    np.testing.assert_array_equal(back([Tensor()])[0], np.eye(3))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16", "F", "CMYK"])
def test_pictures_lose_nothing(mode):
    size = (4, 3)
    picture = Image.new("L", size, 7).convert(mode) if mode != "I;16" else (
        Image.fromarray(np.full(size[::-1], 700, np.uint16))
    )  # fmt: skip
    content, gap = back([picture, None])
    assert gap is None
    again = Image.open(io.BytesIO(content))
    np.testing.assert_array_equal(np.asarray(again), np.asarray(picture))


def test_how_a_picture_is_turned_is_kept():
    picture = Image.new("RGB", (4, 3))
    picture.getexif()[0x0112] = 6
    assert Image.open(io.BytesIO(back([picture])[0])).getexif()[0x0112] == 6


@pytest.mark.parametrize(
    "cell",
    [
        {"array": np.array([1, -1], np.int16), "sampling_rate": 8000},
        {"array": np.array([1, -1], np.int16), "sampling_rate": 8000, "path": "a.wav"},
        (8000, np.array([1, -1], np.int16)),
    ],
)
def test_samples_with_their_rate(cell):
    sound, gap = back([cell, None])
    assert isinstance(sound, Samples) and gap is None
    assert sound.rate_hz == 8000 and sound.array.dtype == np.int16
    np.testing.assert_array_equal(sound.array, [1, -1])


def test_media_of_several_kinds_stand_in_one_column():
    sound = {"array": np.zeros(3), "sampling_rate": 8000}
    array = np.zeros((2, 2), np.uint8)
    cells = [b"\x89PNG", "a/b.png", None, {"bytes": None, "path": "c"}, array, 5]
    content, path, gap, other, pixels, number = back(cells)
    assert (content, path, gap, other, number) == (
        b"\x89PNG",
        "a/b.png",
        None,
        "c",
        "5",
    )
    assert pixels.shape == (2, 2)
    heard, path = back([sound, "a.wav"])
    assert heard.rate_hz == 8000 and path == "a.wav"


def test_several_pictures_in_a_cell():
    cells = [[Image.new("L", (2, 2)), "a.png"], [np.zeros((2, 2), np.uint8)], None]
    first, second, gap = back(cells)
    assert first[0].startswith(b"\x89PNG") and first[1] == "a.png"
    assert second[0].shape == (2, 2) and gap is None


@pytest.mark.parametrize("cell", [1j, object(), np.array([1j]), print])
def test_what_no_column_holds_is_one_sentence_with_its_column(cell):
    with pytest.raises(TableError, match=r"Column 'x' cannot be taken over.*Convert"):
        column_array([cell, cell], "x")


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
cells = scalars | st.dates() | st.datetimes() | st.decimals(allow_nan=False)
cells |= st.lists(scalars, max_size=3) | st.binary(max_size=3)


@given(st.lists(cells, max_size=6))
def test_rows_in_are_rows_out_whatever_they_hold(column):
    array = column_array(column, "x")
    assert len(array) == len(column)
    for cell, value in zip(column, array.to_pylist(), strict=True):
        nothing = cell is None or (isinstance(cell, float) and cell != cell)
        assert (value is None) == nothing
    assert pa.table({"x": array}).num_rows == len(column)


def test_texts_of_cells():
    assert text_of({"a": [1, DAY]}) == '{"a": [1, "2024-01-02"]}'
    assert text_of(datetime.timedelta(seconds=1.5)) == "1.5"
