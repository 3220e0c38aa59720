"""One cell read and encoded: its status, its array and what there is to say of it."""

from dataclasses import dataclass

import numpy as np

from homodal import parts
from homodal.contracts import Modality
from homodal.errors import BadCell
from homodal.media import repairs
from homodal.media.excerpts import Excerpt

OK, ABSENT, BAD, REPAIRED = 0, 1, 2, 3
STATUS_NAMES = ("ok", "absent", "bad", "repaired")


def usable(status):
    """True, or `(rows,)` of True, where there is an array: ok or repaired."""
    return (status == OK) | (status == REPAIRED)


def reader_of(modality, options):
    """The Modality with those of `options` that are its own."""
    part = parts.find("modality", modality)
    return part.make(**{k: v for k, v in options.items() if k in part.options})


def locate(table, reader, cell):
    """The cell, its path, or the `BadCell` that says why it has none.

    A list of those for a reader that takes several in one cell.
    """
    if cell is None or not reader.media:
        return cell
    if reader.several:
        return table.locate_each(cell)
    try:
        return table.locate(cell)
    except BadCell as why:
        return why


def cells_of(table, reader, name, rows=None):
    """Located cells of a column, or of these rows of it, in order.

    `Excerpt`s where the reader's options name columns beside it; a table that lacks
    one of those has bad cells only.
    """
    cells = table.cells(name, rows)
    if reader.media:
        cells = [locate(table, reader, cell) for cell in cells]
    names = reader.beside()
    if not names:
        return cells
    lacking = [n for n in names if n not in table.columns]
    if lacking:
        why = f"the table has no column '{lacking[0]}', which says what part is read"
        return [None if cell is None else BadCell(why) for cell in cells]
    said = zip(*(table.cells(n, rows) for n in names), strict=True)
    return [
        cell
        if cell is None or isinstance(cell, BadCell)
        else Excerpt(cell, dict(zip(names, beside, strict=True)))
        for cell, beside in zip(cells, said, strict=True)
    ]


def read_cell(reader, facts, cell, encoded=True):
    """`(status, array, reason)`; the array is None unless the status is usable.

    cell: what `Modality.read` takes, None, or the `BadCell` that says why there is
    none. encoded: False for the array as it was read, before facts are learned.
    """
    if cell is None:
        return ABSENT, None, ""
    if isinstance(cell, BadCell):
        return BAD, None, str(cell)
    with repairs.noted() as found:
        try:
            array = reader.read(cell)
            if encoded:
                array = np.asarray(reader.encode(array, facts), reader.dtype, order="C")
        except BadCell as why:
            return BAD, None, str(why)
    return (REPAIRED if found else OK), array, repairs.joined(found)


@dataclass
class Results:
    """What became of many cells: as `read_cell` says it of each, side by side.

    status `(cells,)` int8; reasons `{place: text}`; arrays `(cells, *shape)`, zeros
    where there is none.
    """

    status: np.ndarray
    reasons: dict
    arrays: np.ndarray

    def __len__(self):
        return len(self.status)

    def usable(self):
        """The arrays that there are, in the order of their cells."""
        return self.arrays[usable(self.status)]


def reads_many(reader):
    """Whether a modality reads plain cells many at once."""
    return isinstance(reader, Modality) and reader.read_many([]) is not None


def read_many(reader, facts, cells, encoded=True):
    """The `Results` of a list of cells, for a modality that `reads_many`.

    Exactly what `read_cell` says of each, which is asked for all that is not plain.
    """
    there = _given(cells)
    given = cells if len(there) == len(cells) else [cells[place] for place in there]
    arrays, done = reader.read_many(given)
    places = there[done]
    arrays = arrays[done]
    if encoded:
        arrays, plain = reader.encode_many(arrays, facts)
        places, arrays = places[plain], arrays[plain]
    found = Results(
        np.full(len(cells), ABSENT, np.int8),
        {},
        np.zeros((len(cells), *arrays.shape[1:]), arrays.dtype),
    )
    found.status[places] = OK
    found.arrays[places] = arrays
    left = np.ones(len(cells), bool)
    left[places] = False
    for place in np.flatnonzero(left).tolist():
        status, array, reason = read_cell(reader, facts, cells[place], encoded)
        found.status[place] = status
        if array is not None:
            found.arrays[place] = array
        if reason:
            found.reasons[place] = reason
    return found


def _given(cells):
    """Places of the cells that there are, an array."""
    if {type(None), BadCell}.isdisjoint(map(type, cells)):
        return np.arange(len(cells))
    nothing = (type(None), BadCell)
    return np.array(
        [n for n, cell in enumerate(cells) if not isinstance(cell, nothing)], int
    )
