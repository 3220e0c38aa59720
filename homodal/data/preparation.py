"""What is learned from the training rows before any gradient."""

import json
import re
from dataclasses import dataclass, field, replace

import numpy as np

from homodal import parts
from homodal.contracts import Extractor, Modality
from homodal.data import guard, store
from homodal.data.absent import settled
from homodal.data.extractors import encoder_of, extractor_told, installed_extractors
from homodal.data.reading import (
    BAD,
    cells_of,
    read_cell,
    read_many,
    reader_of,
    reads_many,
)
from homodal.data.unreadable_answers import refused_answers
from homodal.errors import BadCell
from homodal.media.repairs import is_cut
from homodal.progress import track
from homodal.recipe import AUTO
from homodal.tables.absent import AbsentWords

# of inputs and parts of a model, and so no column's
OTHER_NAMES = {"present", "weight", "taught", "fusion", "head", "heads", "dropout"}
SEVERAL = "several"  # the target that joins others
MATCH = "match"  # the target that has no column: rows are their own answers
PIECE_ROWS = 65_536  # of a table whose cells are Python objects at one time
_LEARN_BYTES = 256 * 2**20  # arrays held at once while facts are learned


@dataclass(frozen=True)
class PreparedColumn:
    """One input column: how its cells are read, and the facts learned from them.

    slug: an ASCII name, unique in the model, for inputs and weights.
    encoder: the encoder choice, `{"name": ..., options}`. extractor: `{"name",
    "sha256"}` of the pretrained network whose features are read in place of the cells,
    or nothing.
    """

    name: str
    slug: str
    modality: str
    options: dict
    encoder: dict
    facts: dict = field(default_factory=dict)
    extractor: dict = field(default_factory=dict)

    def reader(self):
        """The Modality with this column's options."""
        return reader_of(self.modality, self.options)

    def input_shape(self) -> tuple[tuple[int | None, ...], str]:
        """`(shape, dtype)` of what the store keeps for the network to read."""
        if self.extractor:
            part = parts.find("extractor", self.extractor["name"]).load()
            return (1 if self.modality in part.single else None, part.width), "float16"
        reader = self.reader()
        return tuple(reader.shape(self.facts)), reader.dtype

    @property
    def block(self) -> str:
        """Name of the block that its modality joins, or nothing."""
        return parts.find("modality", self.modality).load().block

    def front_options(self):
        """Constructor options of the column's front, from its options and facts."""
        part = parts.find("front", self.modality)
        # what nobody told and no cell showed is as the modality has it
        options = vars(self.reader()) | self.options
        return _named_in(part, options) | _named_in(part, self.facts)


@dataclass(frozen=True)
class PreparedTarget:
    """The target column and the facts learned from its answers.

    Of several target columns, `part` is "several" and `name` all their names.
    """

    name: str
    part: str
    facts: dict
    options: dict = field(default_factory=dict)

    def reader(self):
        """The Target part."""
        part = parts.find("target", self.part)
        return part.make(**_named_in(part, self.options))

    def head_options(self, head):
        """Constructor options of the head part `head`, from options and facts."""
        return _named_in(head, self.options) | _named_in(head, self.facts)

    @property
    def columns(self):
        """Names of the table's columns that hold the answers."""
        if self.part == MATCH:
            return []
        return list(self.options["names"]) if self.part == SEVERAL else [self.name]

    def cells(self, table, rows=None):
        """The answer cell of each row, None where there is none.

        Of several columns a dict by column name, with those that are there.
        """
        if self.part == MATCH:
            return [True] * (len(table) if rows is None else len(rows))
        if self.part != SEVERAL:
            modality = parts.find("target", self.part).load().modality
            if modality:
                return self._decoded(table, modality, rows)
            return answer_cells(table, self.name, self.part, rows)
        kinds = zip(self.columns, self.options["kinds"], strict=True)
        columns = [answer_cells(table, name, kind, rows) for name, kind in kinds]
        return [
            {n: c for n, c in zip(self.columns, row, strict=True) if c is not None}
            or None
            for row in zip(*columns, strict=True)
        ]

    def _decoded(self, table, modality, rows):
        """Cells as the arrays of a column of this modality, kept in the store.

        A `BadCell` stands for one that cannot be read, or is cut: what is cut off a
        sound would lack in the answer, and not in the text that it is made from.
        """
        part = parts.find("modality", modality)
        options = _named_in(part, vars(self.reader()))
        column = store.stored(
            table, PreparedColumn(self.name, "", modality, options, {})
        )
        rows = range(len(table)) if rows is None else rows
        return [
            BadCell(column.reasons[int(row)])
            if column.status[row] == BAD or is_cut(column.reasons.get(int(row), ""))
            else column.array(row)
            for row in rows
        ]


@dataclass(frozen=True)
class Preparation:
    """Everything learned before training; with recipe and weights it is the model."""

    columns: tuple
    target: PreparedTarget
    absent: AbsentWords = field(default_factory=AbsentWords)  # of every table read
    blocks: bool = True  # whether columns of a block are one entry (`data.blocks`)
    # by name, those that columns name
    extractors: dict[str, Extractor] = field(
        default_factory=dict, repr=False, compare=False
    )

    def to_dict(self):
        """JSON-able form."""
        return {
            "columns": [dict(vars(column)) for column in self.columns],
            "target": dict(vars(self.target)),
            "absent": self.absent.to_dict(),
            "blocks": self.blocks,
        }

    @classmethod
    def from_dict(cls, values, extractors=None):
        """The Preparation that `to_dict` described.

        extractors: `{name: Extractor}` of those that columns name, if cells are read.
        """
        columns = tuple(PreparedColumn(**column) for column in values["columns"])
        absent = AbsentWords.from_dict(values.get("absent", {}))
        blocks = values.get("blocks", True)
        target = PreparedTarget(**values["target"])
        return cls(columns, target, absent, blocks, extractors or {})


def with_installed(preparation):
    """A Preparation with the pretrained networks that its columns name.

    Raises `MissingPackage`, and `BundleError` where they have other weights by now.
    """
    extractors = installed_extractors(preparation.columns)
    return replace(preparation, extractors=extractors)


def prepare(table, schema, recipe, rows, known=None):
    """The Preparation learned from the training `rows` (row numbers) of `table`.

    known: `{name: PreparedColumn}` of columns of which nothing is to be learned anew.
    """
    known = known or {}
    table = settled(table, recipe)
    slugs = _slugs([column.name for column in schema.inputs])
    columns = tuple(
        _continued(table, known[column.name], column, slugs[column.name], rows)
        if column.name in known
        else _prepare_column(table, column, slugs[column.name], recipe, rows)
        for column in schema.inputs
    )
    target = _unlearned(schema.targets) if schema.targets else _matched(columns)
    learned = _prepare_target(table, target, rows)
    return Preparation(
        columns,
        learned,
        table.absent,
        _joins_blocks(schema, recipe),
        installed_extractors(columns),
    )


def _joins_blocks(schema, recipe):
    """False where columns are compared with each other, by the fusion or the head."""
    name = recipe.fusion["name"]
    if name == AUTO:
        return bool(schema.targets)
    return not parts.find("fusion", name).told.get("compares_columns", False)


def _prepare_column(table, column, slug, recipe, rows):
    told = recipe.encoder_for(column.name, column.modality)
    bare = PreparedColumn(
        column.name,
        slug,
        column.modality,
        column.options,
        encoder_of(told, column.modality),
        extractor=extractor_told(told, column.modality),
    )
    facts = bare.reader().learn(_arrays(table, bare, rows))
    return PreparedColumn(**(vars(bare) | {"facts": facts}))


def _continued(table, known, column, slug, rows):
    """A column of an earlier run, for the rows at hand."""
    own = replace(known, name=column.name, slug=slug)
    reader = own.reader()
    if type(reader).continued is Modality.continued:
        return own  # nothing to be read for it
    return replace(own, facts=reader.continued(own.facts, _arrays(table, own, rows)))


def _arrays(table, bare, rows):
    """Arrays of the rows that a column's facts are learned from, as they are read."""
    reader = bare.reader()
    rows = np.asarray(rows)
    if reader.learn_from is not None and len(rows) > reader.learn_from:
        rows = np.sort(np.random.default_rng(0).choice(rows, reader.learn_from, False))
    label = f"Learning from '{bare.name}'"
    if reads_many(reader):
        return _read_many(table, bare, reader, rows)
    return _bounded(track(_read(table, bare, reader, rows), label, len(rows)))


def _read_many(table, bare, reader, rows):
    """The arrays of these rows' cells, up to a bound in memory, along one axis."""
    pieces, used = [], 0
    for begin in range(0, len(rows), PIECE_ROWS):
        cells = cells_of(table, reader, bare.name, rows[begin : begin + PIECE_ROWS])
        arrays = read_many(reader, None, cells, encoded=False).usable()
        used += arrays.nbytes
        if used > _LEARN_BYTES:
            break
        pieces.append(arrays)
    return np.concatenate(pieces) if pieces else ()


def _read(table, bare, reader, rows):
    """`(status, array, reason)` of these rows' cells, not yet encoded."""
    cells = (
        cell
        for begin in range(0, len(rows), PIECE_ROWS)
        for cell in cells_of(table, reader, bare.name, rows[begin : begin + PIECE_ROWS])
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


def _prepare_target(table, target, rows):
    values = read_answers(table, target, rows)
    facts = target.reader().learn([value for value in values if value is not None])
    return replace(target, facts=facts)


def unlearned_target(column):
    """The PreparedTarget of one target column, before any fact is learned."""
    return PreparedTarget(column.name, column.modality, {}, dict(column.options))


def _unlearned(columns):
    """The same of these target columns, one or several."""
    if len(columns) == 1:
        return unlearned_target(columns[0])
    options = {
        "names": [column.name for column in columns],
        "kinds": [column.modality for column in columns],
        # an option of a part is a plain value
        "options": [json.dumps(column.options) for column in columns],
    }
    return PreparedTarget(", ".join(options["names"]), SEVERAL, {}, options)


def _matched(columns):
    """The PreparedTarget of rows whose `PreparedColumn`s are to be matched."""
    names = [column.name for column in sorted(columns, key=lambda each: each.slug)]
    return PreparedTarget(MATCH, MATCH, {}, {"names": names})


def answer_cells(table, name, kind, rows=None):
    """Cells of a target column of this kind, None where there is no answer."""
    takes_empty = parts.find("target", kind).load().takes_empty
    return table.cells(name, rows, empty_lists=takes_empty)


def read_answers(table, target, rows=None):
    """The target's value of each row, None where it is absent.

    Raises `TargetError` naming the rows whose answers cannot be read, of all rows.
    """
    reader = target.reader()
    rows = np.arange(len(table)) if rows is None else np.asarray(rows)
    values: list = []
    known: dict = {}  # one object for equal texts: a million labels are few names
    for begin in range(0, len(rows), PIECE_ROWS):
        piece = rows[begin : begin + PIECE_ROWS]
        for cell in target.cells(table, piece):
            value = None
            try:
                if isinstance(cell, BadCell):
                    raise cell
                if cell is not None:
                    value = reader.read(cell)
            except BadCell:
                raise refused_answers(table, target) from None
            if isinstance(value, str):
                value = known.setdefault(value, value)
            values.append(value)
    return values


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
    if not slug or slug[0].isdigit() or slug in OTHER_NAMES:
        return True
    return slug in slugs.values() or slug.endswith("_mask")
