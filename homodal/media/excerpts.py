"""The part of a cell that is wanted: a stretch of time, a box of pixels.

An option says it for all rows in numbers, or names columns that say it for each row:

    window: [0.5, 1.5]          seconds; or [begin, end], two columns of seconds
    box: [60, 80, 120, 130]     pixels; or four columns, or one that holds all four

A box is left, top, right, bottom of the upright picture, right and bottom outside it.
Nothing in the cell of a window's column: from the beginning, or to the end. Nothing in
that of a box, or nothing of the cell inside it: a bad cell, never the whole one.
"""

import re
from typing import Any, NamedTuple

import numpy as np

from homodal.errors import BadCell, PartError
from homodal.media.files import shown

_BETWEEN = re.compile(r"[\s,;\[\]()]+")
_SIDES = ("left", "top", "right", "bottom")


class Excerpt(NamedTuple):
    """A cell, and the cells of its row in the columns that its options name."""

    cell: Any
    beside: dict


def beside(*options):
    """Names of the columns that window and box options name, each once, in order."""
    found = []
    for option in options:
        entries = option if isinstance(option, (list, tuple)) else [option]
        found += [entry for entry in entries if isinstance(entry, str)]
    return tuple(dict.fromkeys(found))


def taken(cell):
    """`(cell, what stands beside it)` of an `Excerpt` or of a bare cell."""
    return cell if isinstance(cell, Excerpt) else (cell, {})


def window_option(part, value):
    """`value` when it is a window, or None. Raises `PartError`."""
    if value is None:
        return None
    if _is_list(value, 2) and all(map(_is_place, value)):
        numbers = [v for v in value if not isinstance(v, str)]
        if numbers == sorted(numbers) and len(set(numbers)) == len(numbers):
            return list(value)
    raise PartError(
        f"Option 'window' of modality '{part}' is wrong",
        expected="[begin, end]: seconds, or names of columns that hold them",
        got=repr(value),
    )


def box_option(part, value):
    """`value` when it is a box, or None. Raises `PartError`."""
    if value is None or (isinstance(value, str) and value):
        return value
    if _is_list(value, 4) and all(map(_is_place, value)):
        if not _is_constant(value) or _has_inside(value):
            return list(value)
    raise PartError(
        f"Option 'box' of modality '{part}' is wrong",
        expected="[left, top, right, bottom] in pixels, or the names of columns",
        got=repr(value),
    )


def seconds_of(window, said):
    """`(begin, end)` in seconds, `end` None for the end of the cell; of no window, too.

    said: `{column: cell}`; where it is empty, nothing names a window for this cell.
    Raises `BadCell`.
    """
    begin, end = (_number(entry, said) for entry in window or (None, None))
    begin = 0.0 if begin is None else begin
    if begin < 0 or (end is not None and end <= begin):
        raise BadCell(f"an empty window: from {begin:g} s to {end or 0:g} s")
    return begin, end


def pixels_of(box, said):
    """`(left, top, right, bottom)` in pixels, or None without a box. Raises `BadCell`.

    said: `{column: cell}`; where it is empty, nothing names a box for this cell.
    """
    if box is None or (beside(box) and not said):
        return None
    if isinstance(box, str):
        found = _numbers_in(said[box], box)
    else:
        found = [_number(entry, said) for entry in box]
    if None in found:
        raise BadCell(f"a box without its {_SIDES[found.index(None)]}")
    if not _has_inside(found):
        raise BadCell(f"an empty box: {', '.join(f'{v:g}' for v in found)}")
    return tuple(found)


def inside(box, height, width):
    """The box in whole pixels, within a picture of this size. Raises `BadCell`."""
    left, top = (max(0, int(np.floor(v))) for v in box[:2])
    right, bottom = int(np.ceil(box[2])), int(np.ceil(box[3]))
    right, bottom = min(width, right), min(height, bottom)
    if left >= right or top >= bottom:
        said = ", ".join(f"{v:g}" for v in box)
        raise BadCell(f"the box {said} lies outside the picture of {width} x {height}")
    return left, top, right, bottom


def size_of(box):
    """`(height, width)` of a box that is the same for all rows, else None."""
    if box is None or isinstance(box, str) or not _is_constant(box):
        return None
    return box[3] - box[1], box[2] - box[0]


def length_of(window):
    """Seconds of a window that is the same for all rows, else None."""
    if window is None or not _is_constant(window):
        return None
    return window[1] - window[0]


def _number(entry, said):
    """An entry of an option, or what the column that it names says; None if nothing."""
    if isinstance(entry, str):
        return _as_number(said.get(entry), entry)
    return None if entry is None else float(entry)


def _as_number(value, name):
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if isinstance(value, bool) or not np.isfinite(number):
        raise BadCell(f"no number in '{name}': {shown(value)}")
    return number


def _numbers_in(cell, name):
    """The four numbers in a cell: of a list, an array, or a text of them."""
    entries = cell
    if isinstance(cell, str):
        entries = [part for part in _BETWEEN.split(cell) if part]
    if not isinstance(entries, (list, tuple, np.ndarray)) or len(entries) != 4:
        raise BadCell(f"no box of four numbers in '{name}': {shown(cell)}")
    return [_as_number(entry, name) for entry in entries]


def _is_list(value, length):
    return isinstance(value, (list, tuple)) and len(value) == length


def _is_place(entry):
    if isinstance(entry, str):
        return bool(entry)
    number = isinstance(entry, (int, float)) and not isinstance(entry, bool)
    return number and 0 <= entry < float("inf")


def _is_constant(entries):
    return not any(isinstance(entry, str) for entry in entries)


def _has_inside(box):
    return box[0] < box[2] and box[1] < box[3]
