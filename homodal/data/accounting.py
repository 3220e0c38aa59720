"""Every cell accounted for: ok, absent or bad, with reasons; none lost in silence."""

from collections import Counter

import numpy as np

from homodal.data.store import ABSENT, BAD
from homodal.errors import TooManyBadCells

TOLERATED_SHARE = 0.05


def summary(columns, rows=None):
    """`{column: {"rows", "absent", "bad", "reasons": {why: n}}}` of stored columns."""
    counted = {}
    for name, column in columns.items():
        status = column.status if rows is None else column.status[rows]
        chosen = None if rows is None else {int(row) for row in rows}
        whys = [w for r, w in column.reasons.items() if chosen is None or r in chosen]
        counted[name] = {
            "rows": len(status),
            "absent": int((status == ABSENT).sum()),
            "bad": int((status == BAD).sum()),
            "reasons": dict(Counter(whys).most_common()),
        }
    return counted


def refuse_too_many(columns, rows):
    """Raise `TooManyBadCells` when over 5 % of a column's given cells are bad."""
    for name, column in columns.items():
        status = column.status[rows]
        given = int((status != ABSENT).sum())
        bad = rows[status == BAD]
        if given and len(bad) / given > TOLERATED_SHARE:
            raise TooManyBadCells(
                f"{len(bad)} of {given} cells of column '{name}' cannot be read",
                expected=f"at most {TOLERATED_SHARE:.0%}",
                got=examples(column, bad),
                do="Mend them, or go on without them: --allow-bad",
            )


def examples(column, rows, most=3):
    """The first few bad cells: `row 4: no such file; row 9: …`; rows count from 1."""
    return "; ".join(
        f"row {row + 1}: {column.reasons[int(row)]}" for row in rows[:most]
    )


def row_status(columns, rows):
    """One text a row: `ok`, or which columns are absent or bad and why."""
    states = {name: column.status[rows] for name, column in columns.items()}
    texts = []
    for place, row in enumerate(rows):
        notes = [
            note
            for name, column in columns.items()
            if (note := _note(name, column, states[name][place], int(row)))
        ]
        texts.append("; ".join(notes) or "ok")
    return texts


def nothing_given(columns, rows):
    """`(rows,)` True where no column of the row could be read."""
    usable = [
        (column.status[rows] != ABSENT) & (column.status[rows] != BAD)
        for column in columns.values()
    ]
    return ~np.any(usable, axis=0)


def _note(name, column, status, row):
    if status == ABSENT:
        return f"absent: {name}"
    if status == BAD:
        return f"bad: {name} ({column.reasons[row]})"
    return ""
