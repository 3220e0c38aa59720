"""Cells in memory as one Arrow column, of whatever kinds they are.

Cells of one kind make a column of that kind. Where kinds are mixed, no cell is lost and
none stops the others: where some are media (pictures, sounds, files as bytes) the
column holds media, and a text or any other cell is taken for a path; else every cell is
its text (`1`, `two`, `2.5`, `["a"]`), as in a CSV file. The modality of the column then
says which cells it cannot read.
"""

import contextlib
import datetime
import decimal
import fractions
import io
import json
import numbers
import re
import uuid
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import numpy as np

from homodal.errors import TableError

_SURROGATES = re.compile("[\ud800-\udfff]")
_LOST = "\x1a"  # SUB, the control character for what is lost
_SOUND = {"array", "sampling_rate"}
_FILE = {"bytes", "path"}
_NOTHING = ("NAType", "NaTType")  # of pandas
_AS_TEXT = ("Period", "Interval")  # of pandas
_MOMENTS = (datetime.datetime, datetime.date, datetime.time)
_PLAIN = ({str}, {bool}, {int}, {float}, {int, float})


def column_array(cells: Iterable[Any], name: str) -> Any:
    """An Arrow array of Python or NumPy values. Raises `TableError` naming the column.

    Pillow's pictures, arrays, `{"array", "sampling_rate"}`, paths and missing values of
    NumPy and pandas are cells, too.
    """
    import pyarrow as pa

    cells = list(cells)
    kinds = {*map(type, cells)} - {type(None)}
    try:
        if kinds in _PLAIN:
            # whole numbers may be too large, and are texts then
            with contextlib.suppress(pa.ArrowInvalid, OverflowError):
                return pa.array(cells, from_pandas=True)
        return _array([_plain(cell) for cell in cells])
    except UnicodeEncodeError:
        return column_array([without_surrogates(cell) for cell in cells], name)
    except (_Foreign, pa.ArrowException, ValueError, TypeError) as why:
        text = " ".join(str(why).split())
        raise TableError(
            f"Column '{name}' cannot be taken over: {text}",
            expected="texts, numbers, dates, lists, arrays, pictures, sounds or bytes",
            do="Convert it, or leave it out",
        ) from None


def text_array(array: Any) -> Any:
    """Every cell of an Arrow array as its text."""
    import pyarrow as pa

    return pa.array([text_of(cell) for cell in array.to_pylist()], pa.string())


def text_of(cell: Any) -> str | None:
    """What a CSV file would hold for a cell; lists and mappings as JSON."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, _MOMENTS):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return str(cell.total_seconds())
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "backslashreplace")
    if isinstance(cell, (list, dict, np.ndarray)):
        return json.dumps(cell, ensure_ascii=False, default=_json_value)
    return str(cell)


def without_surrogates(value: Any) -> Any:
    """Half a letter (`"\\ud800"`) as a SUB, which UTF-8 can hold."""
    if isinstance(value, dict):
        return {without_surrogates(k): without_surrogates(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_surrogates(each) for each in value]
    return _SURROGATES.sub(_LOST, value) if isinstance(value, str) else value


class _Foreign(Exception):
    """A cell of a kind that no column holds."""


class _Sound(dict):
    """`{"array": bytes of NumPy's format, "sampling_rate": float}`."""


class _File(dict):
    """`{"bytes": …, "path": …}`."""


def _plain(cell):
    """A cell as None, str, bool, int, float, Decimal, a moment, bytes, list or dict."""
    kind = type(cell)
    if cell is None or kind in (str, bool, int, bytes):
        return cell
    if isinstance(cell, (float, np.floating)):
        return None if cell != cell else float(cell)
    if isinstance(cell, np.generic):
        return _numpy_value(cell)
    if kind.__name__ in _NOTHING:
        return None
    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds()
    if isinstance(cell, decimal.Decimal):
        return None if cell.is_nan() else cell
    if isinstance(cell, _MOMENTS):
        return cell
    if isinstance(cell, (str, PurePath, uuid.UUID)) or kind.__name__ in _AS_TEXT:
        return str(cell)
    if isinstance(cell, (bytearray, memoryview)):
        return bytes(cell)
    if isinstance(cell, (fractions.Fraction, numbers.Real)):
        return float(cell)
    return _compound(cell)


def _numpy_value(cell):
    if cell.dtype.kind in "mM":
        if np.isnat(cell):
            return None
        unit = "datetime64[us]" if cell.dtype.kind == "M" else "timedelta64[us]"
        return _plain(cell.astype(unit).item())
    if cell.dtype.kind == "V" and cell.dtype.names is None:
        return bytes(cell)
    if cell.dtype.names is not None:
        names = cell.dtype.names
        return {name: _plain(cell[name]) for name in names}
    return _plain(cell.item())


def _compound(cell):
    """Cells that hold others, and pictures."""
    if isinstance(cell, dict):
        return _mapping(cell)
    if isinstance(cell, tuple) and len(cell) == 2 and _is_sound_pair(*cell):
        return _sound(cell[1], cell[0])
    if isinstance(cell, (set, frozenset)):
        return sorted((_plain(each) for each in cell), key=str)
    if isinstance(cell, (list, tuple)):
        return _list(cell)
    if _is_picture(cell):
        return _picture_bytes(cell)
    if hasattr(cell, "__array__"):  # NumPy's and those of TensorFlow, JAX, PyTorch
        return _of_array(np.asarray(cell))
    if hasattr(cell, "tolist"):
        return _plain(cell.tolist())
    raise _Foreign(
        f"a cell is of the kind {type(cell).__module__}.{type(cell).__name__}"
    )


def _is_sound_pair(rate, samples):
    whole = isinstance(rate, (int, np.integer)) and not isinstance(rate, bool)
    return whole and isinstance(samples, np.ndarray) and samples.ndim in (1, 2)


def _mapping(cell):
    if _SOUND <= cell.keys():
        return _sound(np.asarray(cell["array"]), cell["sampling_rate"])
    if _FILE <= cell.keys() and len(cell) == 2:
        path = cell["path"]
        content = cell["bytes"]
        return _File(
            bytes=None if content is None else bytes(content),
            path=None if path is None else str(path),
        )
    return {str(key): _plain(value) for key, value in cell.items()}


def _sound(array, rate_hz):
    return _Sound(array=npy_bytes(array), sampling_rate=float(rate_hz))


def _list(cell):
    if all(type(each) in (int, float, str, list) for each in cell):
        return list(cell)
    found = [_plain(each) for each in cell]
    return [_as_file(each) for each in found] if any(map(_is_media, found)) else found


def _of_array(array):
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    if array.ndim == 0:
        return _plain(array.item())
    if array.dtype.kind not in "biuf":
        return _plain(array.tolist())
    return array if array.ndim == 1 else npy_bytes(array)


def npy_bytes(array: np.ndarray) -> bytes:
    """An array of numbers in NumPy's own file format, which keeps type and shape."""
    if array.dtype.kind not in "biuf":
        raise _Foreign(f"an array holds {array.dtype}")
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    return file.getvalue()


def _is_picture(cell):
    return any(
        f"{base.__module__}.{base.__name__}" == "PIL.Image.Image"
        for base in type(cell).__mro__
    )


def _picture_bytes(picture):
    """Lossless: PNG, or TIFF for what PNG has no place for; with how it is turned."""
    file = io.BytesIO()
    kind = "PNG" if picture.mode in _PNG_MODES else "TIFF"
    exif = picture.getexif()
    options = {"exif": exif} if exif and kind == "PNG" else {}
    picture.save(file, kind, **options)
    return file.getvalue()


_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


def _is_media(cell):
    return isinstance(cell, (bytes, _File, _Sound))


def _as_file(cell):
    """A cell as one entry of a column of media; a text is a path."""
    if cell is None or isinstance(cell, _File):
        return cell
    if isinstance(cell, _Sound):
        return dict(cell)
    if isinstance(cell, bytes):
        return {"bytes": cell}
    if isinstance(cell, np.ndarray):
        return {"bytes": npy_bytes(cell)}
    return {"path": text_of(cell)}


def _array(cells):
    """An Arrow array of plain cells."""
    import pyarrow as pa

    there = [cell for cell in cells if cell is not None]
    if not there:
        return pa.nulls(len(cells))
    if any(map(_is_media, there)):
        return _media_array(cells, there)
    kinds = {_family(cell) for cell in there}
    if len(kinds) == 1 and not _is_mixed(there, *kinds):
        try:
            return pa.array(cells)
        except (pa.ArrowException, OverflowError, ValueError, TypeError):
            if kinds == {"list"} and all(isinstance(c, np.ndarray) for c in there):
                return _array([None if c is None else npy_bytes(c) for c in cells])
    return pa.array([text_of(cell) for cell in cells], pa.string())


def _media_array(cells, there):
    import pyarrow as pa

    if all(isinstance(cell, bytes) for cell in there):
        return pa.array(cells, pa.large_binary())
    if any(isinstance(cell, _Sound) for cell in there):
        fields = {"bytes": pa.large_binary(), "path": pa.string()}
        fields |= {"array": pa.large_binary(), "sampling_rate": pa.float64()}
    else:
        fields = {"bytes": pa.large_binary(), "path": pa.string()}
    return pa.array([_as_file(cell) for cell in cells], pa.struct(fields.items()))


def _family(cell):
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, bool):
        return "bool"
    if isinstance(cell, (int, float, decimal.Decimal)):
        return "number"
    if isinstance(cell, _MOMENTS):
        return "moment"
    return "dict" if isinstance(cell, dict) else "list"


def _is_mixed(cells, family):
    """Whether cells of one family still differ so that Arrow would change some."""
    if family == "number":
        return len({isinstance(cell, decimal.Decimal) for cell in cells}) > 1
    if family != "moment":
        return False
    kinds = {
        next(kind for kind in _MOMENTS if isinstance(cell, kind)) for cell in cells
    }
    zones = {str(getattr(cell, "tzinfo", None)) for cell in cells}
    return len(kinds) > 1 or len(zones) > 1


def _json_value(value):
    return value.tolist() if isinstance(value, np.ndarray) else text_of(value)
