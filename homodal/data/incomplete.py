"""Rows whose answer says more than what is left of their sound or film."""

import sys

import numpy as np

from homodal import parts
from homodal.data.preparation import Preparation
from homodal.data.reading import REPAIRED
from homodal.data.schema import Schema
from homodal.data.store import StoredColumn
from homodal.errors import TargetError
from homodal.media.repairs import is_cut, is_incomplete

_SHOWN = 3


def complete_rows(
    schema: Schema,
    preparation: Preparation,
    columns: dict[str, StoredColumn],
    rows: np.ndarray,
    table: str,
    tolerant: bool = False,
) -> np.ndarray:
    """Those of `rows` whose sounds and films hold all that their answers tell.

    columns: by slug. table: its name. Only targets that say `whole_inputs` ask for it.
    Rows of damaged files are left out, with a line on stderr. Raises `TargetError`
    naming the rows that a setting cuts, unless `tolerant`, which leaves them out too,
    and where no row is left.
    """
    kinds = [parts.find("target", c.modality).load() for c in schema.targets]
    if not any(kind.whole_inputs for kind in kinds):
        return rows
    target = preparation.target.name
    lacking = _lacking(preparation, columns, rows, tolerant)
    if not lacking:
        return rows
    print(_left_out(lacking, table, target), file=sys.stderr)
    complete = rows[~np.isin(rows, list(lacking))]
    if not len(complete):
        raise TargetError(
            f"Every row of {table} lacks a part of what '{target}' tells",
            got=_examples(lacking),
            expected="sounds and films that are whole",
        )
    return complete


def _lacking(preparation, columns, rows, tolerant):
    """`{row: column and reason}` of the rows that lack a part of a sound or film."""
    lacking: dict[int, str] = {}
    for column in preparation.columns:
        reader = column.reader()
        if not (reader.media and reader.steps):
            continue
        stored = columns[column.slug]
        cut = _rows_where(is_cut, stored, rows)
        if len(cut) and not tolerant:
            raise _cut(column.name, reader, stored, cut, preparation.target.name)
        for row in [*cut, *_rows_where(is_incomplete, stored, rows)]:
            lacking[int(row)] = f"'{column.name}', {stored.reasons[int(row)]}"
    return lacking


def _rows_where(is_so, stored, rows):
    odd = rows[stored.status[rows] == REPAIRED]
    return [row for row in odd if is_so(stored.reasons[int(row)])]


def _cut(name, reader, stored, rows, target):
    setting = "seconds" if hasattr(reader, "seconds") else "frames"
    value = getattr(reader, setting)
    return TargetError(
        f"{len(rows)} cells of column '{name}' are longer than {setting}={value:g}, "
        f"and '{target}' tells what is in the part that is cut off too",
        got=_examples({int(row): stored.reasons[int(row)] for row in rows}),
        expected="sounds and films that are read to their end",
        do=f"Keep more of them: --set columns.{name}.{setting}={2 * value:g}; or cut "
        "the files and their answers; or leave these rows out: --allow-bad",
    )


def _left_out(lacking, table, target):
    many = "1 row" if len(lacking) == 1 else f"{len(lacking)} rows"
    return (
        f"Left out of {table}: {many} whose sound lacks a part of what '{target}' "
        f"tells ({_examples(lacking)})"
    )


def _examples(reasons):
    shown = sorted(reasons)[:_SHOWN]
    text = "; ".join(f"row {row + 1}: {reasons[row]}" for row in shown)
    return text + ("; …" if len(reasons) > _SHOWN else "")
