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
