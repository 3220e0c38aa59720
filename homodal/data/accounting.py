"""Every cell accounted for: ok, repaired, absent or bad; none lost in silence."""

import csv
from collections import Counter
from collections.abc import Iterator

import numpy as np

from homodal.data.reading import ABSENT, BAD, REPAIRED, STATUS_NAMES, usable
from homodal.errors import TooManyBadCells
from homodal.media.repairs import kinds

TOLERATED_SHARE = 0.05
QUARANTINE = "quarantine.csv"
_SHOWN = 3  # kinds of reasons on a line
_PIECE = 65_536  # rows looked at together
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def summary(columns, rows=None):
    """What became of the cells of stored columns.

    `{column: {"rows", "ok", "repaired", "absent", "bad", "reasons": {why: n},
    "repairs": {kind: n}}}`; rows = ok + repaired + absent + bad. reasons are those of
    the bad cells; repairs the kinds of what was done to the repaired ones, of which a
    cell may have several.
    """
    counted = {}
    for name, column in columns.items():
        status = column.status if rows is None else column.status[rows]
        chosen = np.ones(len(column), bool)
        if rows is not None:
            chosen = np.zeros(len(column), bool)
            chosen[rows] = True
        counts = {text: int((status == n).sum()) for n, text in enumerate(STATUS_NAMES)}
        odd = [(row, why) for row, why in column.reasons.items() if chosen[row]]
        bad = Counter(why for row, why in odd if column.status[row] == BAD)
        repaired = [why for row, why in odd if column.status[row] == REPAIRED]
        repairs = Counter(kind for why in repaired for kind in kinds(why))
        counted[name] = {
            "rows": len(status),
            **counts,
            "reasons": dict(bad.most_common()),
            "repairs": dict(repairs.most_common()),
        }
    return counted


def lines_of_odd(counted: dict, table: str = "") -> Iterator[str]:
    """One line for each column with cells that were changed or cannot be read.

    counted: of `summary`; table: which one it is, where it is not the only one. Kinds
    of reasons are counted, the commonest first.
    """
    where = f" of {table}" if table else ""
    for name, counts in counted.items():
        given = counts["rows"] - counts["absent"]
        for status, reasons in odd_kinds(counts).items():
            shown = ", ".join(f"{n:,} x {why}" for why, n in reasons[:_SHOWN])
            more = f" and {len(reasons) - _SHOWN} more" if reasons[_SHOWN:] else ""
            cells = f"{counts[status]:,} of {given:,} cells of '{name}'{where}"
            yield f"{cells} are {status}: {shown}{more}"


def odd_kinds(counts: dict) -> dict[str, list[tuple[str, int]]]:
    """`{"repaired" or "bad": [(kind of reason, cells)]}` of a column of `summary`.

    The commonest kind first; only what there is.
    """
    bad: Counter[str] = Counter()
    for why, cells in counts["reasons"].items():
        bad[kinds(why)[0]] += cells
    found = {"repaired": list(counts["repairs"].items()), "bad": bad.most_common()}
    return {status: reasons for status, reasons in found.items() if reasons}


def quarantined(columns, rows):
    """Yield `(row, column, status, reason)` of every cell that is not ok, by row.

    row: counted from 1, as errors do.
    """
    for begin in range(0, len(rows), _PIECE):
        piece = rows[begin : begin + _PIECE]
        odd = np.any([c.status[piece] != 0 for c in columns.values()], axis=0)
        for row in piece[odd]:
            for name, column in columns.items():
                status = int(column.status[row])
                if status:
                    reason = column.reasons.get(int(row), "")
                    yield int(row) + 1, name, STATUS_NAMES[status], reason


def write_quarantine(path, found):
    """Write what `quarantined` yields as CSV, whole or not at all; how many lines.

    Nothing is written where nothing was found; an older file is removed. Text that a
    spreadsheet would take for a formula is quoted. Raises `OSError`.
    """
    scratch = path.with_name(f".{path.name}.tmp")
    lines = 0
    try:
        with scratch.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(("row", "column", "status", "reason"))
            for row, *texts in found:
                out.writerow((row, *map(_inert, texts)))
                lines += 1
        if lines:
            scratch.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        scratch.unlink(missing_ok=True)
    return lines


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
    given = [usable(column.status[rows]) for column in columns.values()]
    return ~np.any(given, axis=0)


def _note(name, column, status, row):
    if status == ABSENT:
        return f"absent: {name}"
    if status == BAD:
        return f"bad: {name} ({column.reasons[row]})"
    if status == REPAIRED:
        return f"repaired: {name} ({column.reasons[row]})"
    return ""


def _inert(text):
    return f"'{text}" if text.startswith(_FORMULA) else text
