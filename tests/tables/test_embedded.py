"""Media inside cells: base64 and nested numbers."""

import base64
import io

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from homodal.errors import BadCell
from homodal.tables.embedded import as_array, embedded
from homodal.tables.table import Table


def png():
    file = io.BytesIO()
    Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)).save(file, "PNG")
    return file.getvalue()


def test_base64_with_and_without_its_kind():
    text = base64.b64encode(png()).decode()
    assert embedded(text) == png()
    assert embedded("data:image/png;base64," + text) == png()
    assert embedded(text[:60] + "\n" + text[60:]) == png()
    table = Table.open({"picture": [text, "a.png"]})
    assert table.locate(table.cells("picture")[0]) == png()


@pytest.mark.parametrize("text", ["images/9j.png", "hello world " * 9, "iVBORw0KGgo"])
def test_what_is_no_base64(text):
    assert embedded(text) is None


def test_damaged_base64():
    with pytest.raises(BadCell, match="damaged base64"):
        embedded("data:image/png;base64,???")


def test_lists_of_numbers_are_arrays():
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    table = Table.open(
        {"picture": [pixels.tolist(), None], "sound": [[0.5, -0.25, 0.0], [1.0]]}
    )
    picture, gap = table.cells("picture")
    assert gap is None and picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, pixels)
    assert table.cells("sound")[0].dtype == np.float32
    assert as_array([[1, 2], [3]]) == [[1, 2], [3]]
    assert as_array([[300, 2]]).dtype == np.int64
    names = Table.open({"tags": pa.array([["a", "b"]])}).cells("tags")
    assert names == [["a", "b"]]


def test_lists_keep_the_width_that_the_table_says():
    def back(cell, kind):
        [found] = Table.open(pa.table({"x": pa.array([cell], kind)})).cells("x")
        return found

    assert back([0, 30000, -30000], pa.list_(pa.int16())).dtype == np.int16
    assert back([0, 255], pa.list_(pa.uint8())).dtype == np.uint8
    dark = back([[0, 9], [200, 255]], pa.list_(pa.list_(pa.uint16(), 2)))
    assert dark.dtype == np.uint16 and dark.tolist() == [[0, 9], [200, 255]]
    # pixels, whatever they were computed in
    assert back([[0, 255]], pa.list_(pa.list_(pa.int32()))).dtype == np.uint8
    assert back([1, 2**40], pa.list_(pa.int64())).dtype == np.int64
    assert back([1, None], pa.list_(pa.int16())).dtype == object
