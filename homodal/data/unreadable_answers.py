"""Answers that cannot be read: all of them named at once, or left out and said."""

import sys
from typing import Any

import numpy as np

from homodal.errors import BadCell, TargetError
from homodal.tables.table import Table

_PIECE_ROWS = 65_536  # of a table whose cells are Python objects at one time
_SHOWN = 3  # answers that are named with their rows


def unreadable_answers(table: Table, target: Any) -> dict[int, str]:
    """`{row: why}`, rows from 0, of a `PreparedTarget`'s answers in a table."""
    reader = target.reader()
    reasons: dict[int, str] = {}
    for begin in range(0, len(table), _PIECE_ROWS):
        rows = np.arange(begin, min(begin + _PIECE_ROWS, len(table)))
        for row, cell in zip(rows, target.cells(table, rows), strict=True):
            try:
                if isinstance(cell, BadCell):
                    raise cell
                if cell is not None:
                    reader.read(cell)
            except BadCell as why:
                reasons[int(row)] = str(why)
    return reasons


def refused_answers(table: Table, target: Any) -> TargetError:
    """The error that names the answers of a table that cannot be read."""
    reasons = unreadable_answers(table, target)
    if len(reasons) == 1:
        ((row, why),) = reasons.items()
        return TargetError(
            f"The answer in row {row + 1} of '{target.name}' cannot be read: {why}",
            do="Mend it, or leave the cell empty; --allow-bad trains without it",
        )
    return TargetError(
        f"{len(reasons):,} answers of '{target.name}' cannot be read",
        got=_examples(reasons),
        do="Mend them, or leave the cells empty; --allow-bad trains without them",
    )


def refuse_unreadable(table: Table, targets: list[Any]) -> None:
    """Raise `TargetError` naming the answers of a table that cannot be read."""
    for target in targets:
        if unreadable_answers(table, target):
            raise refused_answers(table, target)


def without_unreadable(
    table: Table, targets: list[Any]
) -> tuple[Table, dict[str, dict[int, str]]]:
    """`(table, {column: {row: why}})`: answers that cannot be read are absent in it.

    targets: a `PreparedTarget` for each column of answers. Says on stderr how many.
    """
    left_out: dict[str, dict[int, str]] = {}
    for target in targets:
        reasons = unreadable_answers(table, target)
        if not reasons:
            continue
        count = f"{len(reasons):,} answer{'s' * (len(reasons) > 1)}"
        print(
            f"Left out: {count} of '{target.name}' that cannot be read "
            f"({_examples(reasons)}).",
            file=sys.stderr,
        )
        left_out[target.name] = reasons
        table = table.without(target.name, list(reasons))
    return table, left_out


def _examples(reasons: dict[int, str]) -> str:
    first = list(reasons.items())[:_SHOWN]
    shown = [f"row {row + 1}: {why.rstrip('.')}" for row, why in first]
    others = len(reasons) - len(shown)
    return "; ".join(shown) + (f"; and {others:,} others" if others else "")
