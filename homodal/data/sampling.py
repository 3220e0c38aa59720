"""Cells of a column drawn over all of its rows, with counts over the whole column."""

from functools import lru_cache
from typing import Any

import numpy as np

from homodal.contracts import Sample
from homodal.tables.table import Table

MEDIA_CELLS = 100  # each of them is opened
INPUT_CELLS = 1000
TARGET_CELLS = 20_000
_COUNTED = 100_000  # different cells; past them their share is taken as it is so far
_MOST_CHARACTERS = 2**24  # of text that a sample holds


def sample(
    table: Table, name: str, size: int = MEDIA_CELLS, counted: Sample | None = None
) -> Sample:
    """Up to `size` cells of a column that are not absent, in random order.

    The same table gives the same sample. All rows are looked at where the first draw
    holds no cell. counted: another sample of the column, whose counts are taken over.
    """
    rows = _drawn(len(table))[: 4 * size]
    cells = _present(table, name, rows[:size])
    if len(cells) < size:
        cells += _present(table, name, rows[size:])
    cells = _bounded(cells, size)
    if not cells:
        cells = _bounded(_present(table, name), size)
    if counted is not None:
        return counted.with_cells(cells)
    try:
        different, rows_counted, whole = table.different(name, _COUNTED)
    except TypeError:  # lists and arrays: the sample alone is counted
        return Sample(cells)
    if whole:
        return Sample(cells, rows_counted, different)
    estimate = round(different / rows_counted * len(table))
    return Sample(cells, len(table), estimate)


@lru_cache(2)
def _drawn(rows: int) -> np.ndarray:
    """The first rows of a random order, as many as any sample looks at."""
    return np.random.default_rng(0).permutation(rows)[: 4 * TARGET_CELLS].copy()


def _present(table: Table, name: str, rows: Any = None) -> list:
    return [cell for cell in table.cells(name, rows) if cell is not None]


def _bounded(cells: list, size: int) -> list:
    """The first cells, as far as their texts are not too long together."""
    used = 0
    for count, cell in enumerate(cells[:size]):
        used += len(cell) if isinstance(cell, (str, bytes)) else 0
        if used > _MOST_CHARACTERS and count >= MEDIA_CELLS:
            return cells[:count]
    return cells[:size]
