"""Every cell of a table looked at once: the facts that the rules of a check judge."""

from dataclasses import dataclass

import numpy as np

from homodal import parts
from homodal.checks.answers import Answers, answers_of
from homodal.checks.looks import guarded, look
from homodal.data.reading import ABSENT, cells_of, usable
from homodal.data.schema import INPUT, Schema
from homodal.progress import track
from homodal.tables.table import Table

COMPARED = 4000  # rows of which every one is compared with every other
_PIECE_ROWS = 4096


@dataclass(frozen=True)
class Seen:
    """What the cells of one column told, row by row.

    status `(rows,)`; reasons {row: why}; digests and prints: a value or None a row;
    figures {name: values or None, a row}; vectors {row: vector} of the compared rows.
    """

    name: str
    modality: str
    media: bool
    status: np.ndarray
    reasons: dict
    digests: list
    prints: list
    figures: dict
    vectors: dict

    def rows(self, status):
        """Row numbers (from 0) of this status."""
        return np.flatnonzero(self.status == status).tolist()

    def where(self, figure, holds):
        """Row numbers (from 0) whose figure is there and holds."""
        values = self.figures.get(figure, [])
        return [r for r, v in enumerate(values) if v is not None and holds(v)]


@dataclass(frozen=True)
class Inspection:
    """A table with its schema, what was seen of its inputs, and its answers.

    targets: the `Answers` of each target column, in table order.
    """

    table: Table
    schema: Schema
    seen: dict[str, Seen]
    targets: tuple[Answers, ...] = ()

    @property
    def answers(self) -> list[str | None]:
        """The answer of each row as text, or None; of several targets, of the first.

        The first that has classes, where one has; empty without a target.
        """
        classed = [each for each in self.targets if each.exclusive]
        return [*classed, *self.targets][0].texts if self.targets else []


def inspect(table: Table, schema: Schema) -> Inspection:
    """The `Inspection` of all input and target columns of `table`."""
    seen = {c.name: _seen(table, c) for c in schema.columns if c.role == INPUT}
    targets = tuple(answers_of(table, c) for c in schema.targets)
    return Inspection(table, schema, seen, targets)


def compared_rows(rows):
    """At most `COMPARED` of so many rows, the same ones at every call, sorted."""
    if rows <= COMPARED:
        return np.arange(rows)
    chosen = np.random.default_rng(0).choice(rows, COMPARED, replace=False)
    return np.sort(chosen)


def _seen(table, column):
    part = parts.find("modality", column.modality)
    own = {k: v for k, v in column.options.items() if k in part.options}
    reader = part.make(**own)
    looks = _looks(table, column, own, reader)
    rows = len(table)
    compared = set(compared_rows(rows).tolist())
    status = np.full(rows, ABSENT, np.int8)
    reasons, vectors, digests, prints = {}, {}, [None] * rows, [None] * rows
    figures: dict[str, list] = {}
    for row, found in enumerate(track(looks, f"Looking at '{column.name}'", rows)):
        status[row] = found.status
        if found.reason:
            reasons[row] = found.reason
        digests[row], prints[row] = found.digest, found.print
        for name, value in found.figures.items():
            figures.setdefault(name, [None] * rows)[row] = value
        if usable(found.status) and found.vector is not None and row in compared:
            vectors[row] = found.vector
    return Seen(
        column.name,
        column.modality,
        reader.media,
        status,
        reasons,
        digests,
        prints,
        figures,
        vectors,
    )


def _looks(table, column, own, reader):
    cells = _cells(table, reader, column.name)
    if reader.media:
        return guarded(column.modality, own, cells)
    return (look(column.modality, reader, cell) for cell in cells)


def _cells(table, reader, name):
    """Located cells, a piece of the table at a time."""
    for begin in range(0, len(table), _PIECE_ROWS):
        end = min(begin + _PIECE_ROWS, len(table))
        yield from cells_of(table.piece(begin, end), reader, name)
