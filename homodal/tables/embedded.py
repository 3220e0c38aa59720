"""Media that stand in the cell itself, as base64 or lists; or several in one cell."""

import base64
import binascii
import io
import json
import re
from typing import Any

import numpy as np

from homodal.errors import BadCell
from homodal.tables.samples import Samples

_DATA = re.compile(r"data:[\w.+-]+/[\w.+-]+(;[\w=.-]+)*;base64,")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_BETWEEN = re.compile(r"[;|\n]")
_NPY = b"\x93NUMPY"
_PIXELS = (np.uint8, np.uint16)  # pictures that say how bright white is
_SHORTEST = 64  # letters; no file of these kinds is shorter
# how the base64 of PNG, JPEG, GIF, WebP and WAV, FLAC, Ogg, MP3, TIFF, mkv files begins
_STARTS = (
    "iVBORw0KGgo",
    "/9j/",
    "R0lGOD",
    "UklGR",
    "ZkxhQ",
    "T2dnU",
    "SUQz",
    "SUkqA",
    "TU0AK",
    "GkXfo",
)


def embedded(cell):
    """The bytes that a text cell holds as base64, or None where it is no base64.

    Raises `BadCell` for a `data:` cell that is damaged.
    """
    said = _DATA.match(cell)
    if said:
        try:
            return base64.b64decode("".join(cell[said.end() :].split()), validate=True)
        except (binascii.Error, ValueError):
            raise BadCell("damaged base64 in the cell") from None
    if len(cell) < _SHORTEST or not cell.lstrip().startswith(_STARTS):
        return None
    if not _BASE64.fullmatch(cell):
        return None
    try:
        return base64.b64decode("".join(cell.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def parted(cell):
    """The cells that one cell of several media stands for, a list.

    A list as it is, without its gaps; a text that is a JSON list, or that has `;`, `|`
    or line ends between its parts. Anything else is the only one.
    """
    if isinstance(cell, (list, tuple)):
        return [each for each in cell if each is not None and each != ""]
    if not isinstance(cell, str) or _DATA.match(cell):
        return [cell]
    if cell.lstrip().startswith("["):
        try:
            return [str(each) for each in json.loads(cell) if each]
        except (ValueError, TypeError, RecursionError):
            return [cell]
    parts = [part.strip() for part in _BETWEEN.split(cell)]
    return [part for part in parts if part] or [cell]


def as_array(cell, dtype=None):
    """Nested lists of numbers as an array: uint8 where they are whole, from 0 to 255.

    A list of pixels comes back from Arrow as Python numbers; samples are fractions.
    Ragged lists stay as they are, for the modality to refuse. dtype: what the numbers
    are kept as where the table says it; numbers of 64 bits say nothing.
    """
    try:
        array = np.array(cell, dtype)
    except (ValueError, TypeError, OverflowError):
        return as_array(cell) if dtype is not None else cell
    if array.ndim > 1 and array.dtype.kind in "iu" and dtype not in _PIXELS:
        if array.min(initial=0) >= 0 and array.max(initial=0) <= 255:
            return array.astype(np.uint8)
    return array.astype(np.float32) if array.dtype.kind == "f" else array


def unwrap(value: Any) -> Any:
    """A cell as it comes from Arrow, as what it stands for.

    `{"bytes", "path"}`, by which Hugging Face keeps a picture or a sound, as the one of
    them that is there; `{"array", "sampling_rate"}` as `Samples`; bytes in NumPy's own
    format as the array. Lists entry by entry.
    """
    if isinstance(value, list) and value and not isinstance(value[0], (int, float)):
        return [unwrap(each) for each in value]
    if isinstance(value, bytes):
        return _pixels_in(value) if value.startswith(_NPY) else value
    if not isinstance(value, dict):
        return value
    if value.get("array") is not None and "sampling_rate" in value:
        array = value["array"]
        array = _array_in(array) if isinstance(array, bytes) else np.asarray(array)
        return Samples(array, value["sampling_rate"])
    if value.keys() >= {"bytes", "path"}:
        content = value["bytes"]
        return value["path"] if content is None else unwrap(content)
    return value


def _pixels_in(content):
    """The array, or the bytes where they are damaged, for the modality to refuse."""
    try:
        array = _array_in(content)
    except (ValueError, EOFError, OSError):
        return content
    return as_array(array, None if array.dtype.itemsize == 8 else array.dtype.type)


def _array_in(content):
    return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
