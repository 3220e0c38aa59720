"""Many plain numbers at once: what every form without a unit reads alike.

The same values as one by one, from columns of a table that is wide or long.
"""

import math
from typing import Any

import numpy as np

from homodal.media.files import try_each
from homodal.media.numbers import PLAIN, NumberForm

_LONGEST = 200  # characters of a text that is read with others
_LARGE = 2**1000  # whole numbers below it are floats
# of PLAIN those that no float is too large or too small for
_MODERATE = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"


def plain_numbers(cells: list) -> np.ndarray:
    """`(cells,)` float64; NaN for a cell that is no plain number."""
    kinds = {*map(type, cells)}
    if kinds == {float}:
        return np.array(cells, np.float64)
    if kinds == {str}:
        try:
            return _of_texts(cells)
        except UnicodeEncodeError:  # half a character
            pass
    return np.array([_plain(cell) for cell in cells], np.float64)


def read_all(cells: list, form: NumberForm) -> tuple[list, str | None]:
    """`(numbers of the cells that can be read, why the first other one cannot)`."""
    if form == NumberForm():
        numbers = plain_numbers(cells)
        if np.isfinite(numbers).all():
            return numbers.tolist(), None
    return try_each(cells, form.read)


def _of_texts(cells: list) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(pa.array(cells, pa.large_string()))
    short = pc.less(pc.binary_length(texts), _LONGEST)
    moderate = pc.and_(short, pc.match_substring_regex(texts, _MODERATE))
    if pc.all(moderate).as_py():
        return texts.cast(pa.float64()).to_numpy()
    done = moderate.to_numpy(zero_copy_only=False)
    values = np.empty(len(cells))
    values[done] = texts.filter(moderate).cast(pa.float64()).to_numpy()
    others = np.flatnonzero(~done).tolist()
    values[others] = [_plain(cells[place]) for place in others]
    return values


def _plain(cell: Any) -> float:
    """The number of a plain cell; else NaN."""
    kind = type(cell)
    if kind is str:
        text = cell.strip() if len(cell) < _LONGEST else ""
        return float(text) if PLAIN.fullmatch(text) else math.nan
    if kind is int:
        return float(cell) if -_LARGE < cell < _LARGE else math.nan
    return cell if kind is float else math.nan
