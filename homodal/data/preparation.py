"""What is learned from the training rows before any gradient."""

import re
from dataclasses import dataclass, field

import numpy as np

from homodal import parts
from homodal.data import guard
from homodal.data.reading import locate, read_cell, reader_of
from homodal.errors import BadCell, TargetError
from homodal.progress import track

_OTHER_NAMES = {"present", "fusion", "head", "heads", "dropout"}  # no column's
PIECE_ROWS = 65_536  # of a table whose cells are Python objects at one time
_LEARN_BYTES = 256 * 2**20  # arrays held at once while facts are learned


@dataclass(frozen=True)
class PreparedColumn:
    """One input column: how its cells are read, and the facts learned from them.

    slug: an ASCII name, unique in the model, for inputs and weights.
    encoder: the encoder choice, `{"name": ..., options}`.
    """

    name: str
    slug: str
    modality: str
    options: dict
    encoder: dict
    facts: dict = field(default_factory=dict)

    def reader(self):
        """The Modality with this column's options."""
        return reader_of(self.modality, self.options)

    def front_options(self):
        """Constructor options of the column's front, from its options and facts."""
        part = parts.find("front", self.modality)
        return _named_in(part, self.options) | _named_in(part, self.facts)


@dataclass(frozen=True)
class PreparedTarget:
    """The target column and the facts learned from its answers."""

    name: str
    part: str
    facts: dict

    def reader(self):
        """The Target part."""
        return parts.find("target", self.part).make()


@dataclass(frozen=True)
class Preparation:
    """Everything learned before training; with recipe and weights it is the model."""

    columns: tuple
    target: PreparedTarget

    def to_dict(self):
        """JSON-able form."""
        return {
            "columns": [dict(vars(column)) for column in self.columns],
            "target": dict(vars(self.target)),
        }

    @classmethod
    def from_dict(cls, values):
        """The Preparation that `to_dict` described."""
        columns = tuple(PreparedColumn(**column) for column in values["columns"])
        return cls(columns, PreparedTarget(**values["target"]))


def prepare(table, schema, recipe, rows):
    """The Preparation learned from the training `rows` (row numbers) of `table`."""
    slugs = _slugs([column.name for column in schema.inputs])
    columns = tuple(
        _prepare_column(table, column, slugs[column.name], recipe, rows)
        for column in schema.inputs
    )
    return Preparation(columns, _prepare_target(table, schema.target, rows))


def _prepare_column(table, column, slug, recipe, rows):
    encoder = recipe.encoder_for(column.name, column.modality)
    bare = PreparedColumn(column.name, slug, column.modality, column.options, encoder)
    reader = bare.reader()
    rows = np.asarray(rows)
    if reader.learn_from is not None and len(rows) > reader.learn_from:
        rows = np.sort(np.random.default_rng(0).choice(rows, reader.learn_from, False))
    label = f"Learning from '{column.name}'"
    results = track(_read(table, bare, reader, rows), label, len(rows))
    facts = reader.learn(_bounded(results))
    return PreparedColumn(**(vars(bare) | {"facts": facts}))


def _read(table, bare, reader, rows):
    """`(status, array, reason)` of these rows' cells, not yet encoded."""
    cells = (
        locate(table, reader, cell)
        for begin in range(0, len(rows), PIECE_ROWS)
        for cell in table.cells(bare.name, rows[begin : begin + PIECE_ROWS])
    )
    if reader.media:
        yield from guard.decoded(bare, cells, encoded=False)
        return
    for cell in cells:
        yield read_cell(reader, None, cell, encoded=False)


def _bounded(results):
    """Arrays of the cells that can be read, up to a bound in memory."""
    used = 0
    for _, array, _ in results:
        if array is None:
            continue
        used += array.nbytes
        if used > _LEARN_BYTES:
            return
        yield array


def _prepare_target(table, column, rows):
    reader = parts.find("target", column.modality).make()
    values = read_answers(table, column.name, reader, rows)
    facts = reader.learn([value for value in values if value is not None])
    return PreparedTarget(column.name, column.modality, facts)


def read_answers(table, column, reader, rows=None):
    """The target's value of each row, None where it is absent.

    Raises `TargetError` naming the row of an answer that cannot be read.
    """
    rows = np.arange(len(table)) if rows is None else np.asarray(rows)
    values: list = []
    known: dict = {}  # one object for equal texts: a million labels are few names
    for begin in range(0, len(rows), PIECE_ROWS):
        piece = rows[begin : begin + PIECE_ROWS]
        for row, cell in zip(piece, table.cells(column, piece), strict=True):
            value = None if cell is None else _read_answer(reader, cell, row, column)
            if isinstance(value, str):
                value = known.setdefault(value, value)
            values.append(value)
    return values


def _read_answer(reader, cell, row, column):
    try:
        return reader.read(cell)
    except BadCell as why:
        raise TargetError(
            f"The answer in row {int(row) + 1} of '{column}' cannot be read: {why}",
            do="Mend it, or leave the cell empty",
        ) from None


def _named_in(part, options):
    return {k: v for k, v in options.items() if k in part.options}


def _slugs(names):
    """Column names to ASCII identifiers, unique, by position where nothing is left."""
    slugs: dict[str, str] = {}
    for position, name in enumerate(names):
        slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40].strip("_")
        if _is_taken(slug, slugs):
            slug = f"column_{position}" + (f"_{slug}" if slug else "")
        while slug in slugs.values():  # a column may itself be named `column_1`
            slug += "_x"
        slugs[name] = slug
    return slugs


def _is_taken(slug, slugs):
    """True where inputs or weights of the model would share a name."""
    if not slug or slug[0].isdigit() or slug in _OTHER_NAMES:
        return True
    return slug in slugs.values() or slug.endswith("_mask")
