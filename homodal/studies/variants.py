"""Other forms of a table: with cells removed, and with all columns as one text."""

import numpy as np

from homodal.tables.table import Table

ONE_TEXT = "one text"
WRITABLE = ("text", "number", "category", "date")


def without_cells(table, columns, share, seed=0):
    """A Table in which about `share` of the cells of `columns` are absent.

    Which ones is a function of `seed`; a row keeps one of its cells in any case.
    """
    import pyarrow as pa

    rng = np.random.default_rng(seed)
    cells = {name: table.cells(name) for name in columns}
    there = np.array([[c is not None for c in cells[n]] for n in columns]).T
    draws = np.where(there, rng.random(there.shape), -1.0)
    kept = (draws >= share) | (draws == draws.max(axis=1, keepdims=True))
    arrow = table.arrow
    for place, name in enumerate(columns):
        old = arrow.column(name)
        mask = pa.array(kept[:, place] & there[:, place])
        hidden = pa.compute.if_else(mask, old, pa.scalar(None, old.type))
        arrow = arrow.set_column(arrow.column_names.index(name), name, hidden)
    return Table(arrow, table.root, table.name, absent=table.absent)


def as_one_text(table, columns, target):
    """A Table of one text column: `name: cell; name: cell` of the given columns.

    columns: names in their order; absent cells are left out. The baseline of everyone
    who hands a table to a language model.
    """
    import pyarrow as pa

    cells = [table.cells(name) for name in columns]
    rows = [
        "; ".join(
            f"{name}: {cell}"
            for name, cell in zip(columns, row, strict=True)
            if cell is not None
        )
        for row in zip(*cells, strict=True)
    ]
    arrow = pa.table({ONE_TEXT: pa.array(rows, pa.string())})
    arrow = arrow.append_column(target, table.arrow.column(target))
    return Table(arrow, table.root, table.name, absent=table.absent)
