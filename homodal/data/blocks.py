"""Which columns share one Stream: the entries that a network's fusion sees.

Columns whose modality names a `block` and whose encoders are the same form one entry.
Inside it, columns of one modality and one shape stand side by side in one input: a
table of 300 numbers is one array a batch, and not 300. A block of one column is that
column. Where columns are compared with each other there are no blocks.
"""

import json
import re
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

import numpy as np

from homodal.data import store
from homodal.data.extracted import with_features
from homodal.data.preparation import OTHER_NAMES, Preparation, PreparedColumn
from homodal.data.reading import usable
from homodal.places import cache_folder

_IN_MEMORY_BYTES = 2**28  # of one input's cells; more stand in a file without a name


@dataclass(frozen=True)
class Group:
    """Columns of one modality and one shape; `name` is that of their input.

    stacked: the input is `(batch, columns, *shape)` with a mask `(batch, columns)`;
    else it is that of the one column.
    """

    name: str
    columns: tuple[PreparedColumn, ...]

    @property
    def stacked(self) -> bool:
        """Whether several columns stand in the input."""
        return len(self.columns) > 1


@dataclass(frozen=True)
class Entry:
    """What the fusion sees as one: a column, or all columns of a block.

    key: its name in the network, a column's slug or the block's. block: each column is
    one step for its encoder, in the order of `columns`.
    """

    key: str
    groups: tuple[Group, ...]
    block: bool = False

    @property
    def columns(self) -> tuple[PreparedColumn, ...]:
        """Its columns, in the order of their steps."""
        return tuple(column for group in self.groups for column in group.columns)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Slugs of its columns."""
        return tuple(column.slug for column in self.columns)

    @property
    def label(self) -> str:
        """What a person reads: the column's name, or the block and its size."""
        if not self.block:
            return self.columns[0].name
        return f"{self.key} ({len(self.columns)} columns)"


def entries_of(preparation: Preparation) -> tuple[Entry, ...]:
    """The entries of a preparation, in the order of their first columns."""
    members: dict = {}
    for column in preparation.columns:
        members.setdefault(_joined_by(column, preparation), []).append(column)
    taken = {column.slug for column in preparation.columns} | OTHER_NAMES
    found = []
    for (block, _), columns in members.items():
        if len(columns) == 1:
            found.append(Entry(columns[0].slug, (Group(columns[0].slug, (*columns,)),)))
            continue
        key = _free(block, taken)
        found.append(Entry(key, _groups(key, columns, taken), block=True))
    return tuple(found)


def _joined_by(column: PreparedColumn, preparation: Preparation) -> tuple[str, str]:
    """What columns of one entry have in common."""
    block = column.block
    if not block or not preparation.blocks:
        return "", column.slug
    return block, json.dumps(column.encoder, sort_keys=True)


def _groups(key: str, columns: list, taken: set[str]) -> tuple[Group, ...]:
    alike: dict = {}
    for column in columns:
        alike.setdefault(_kind(column), []).append(column)
    groups = []
    for (modality, *_), members in alike.items():
        name = members[0].slug
        if len(members) > 1:
            plain = re.sub(r"[^a-z0-9]+", "_", modality.lower()).strip("_")
            name = _free(f"{key}_{plain}", taken)
        groups.append(Group(name, tuple(members)))
    return tuple(groups)


def _kind(column: PreparedColumn) -> tuple:
    """What columns of one input have in common; what was learned of each may differ."""
    reader = column.reader()
    options = {k: v for k, v in column.front_options().items() if k not in column.facts}
    shape = tuple(reader.shape(column.facts))
    return column.modality, shape, json.dumps(options, sort_keys=True, default=str)


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; taken from now on."""
    names = (name if number == 1 else f"{name}_{number}" for number in count(1))
    free = next(each for each in names if not {each, f"{each}_mask"} & taken)
    taken.update({free, f"{free}_mask"})
    return free


def stored_columns(table, preparation: Preparation, folder=None) -> dict:
    """`{slug: StoredColumn}` of a table; those of one input know their `Stack`.

    Columns that the table lacks are absent.
    """
    columns = {c.slug: store.stored(table, c, folder) for c in preparation.columns}
    for prepared in preparation.columns:
        if prepared.extractor:
            column = columns[prepared.slug]
            own = preparation.extractors[prepared.extractor["name"]]
            features = with_features(table, prepared, column, own, folder)
            columns[prepared.slug] = replace(column, extracted=features)
    for entry in entries_of(preparation):
        for group in entry.groups:
            if group.stacked:
                members = {c.slug: columns[c.slug] for c in group.columns}
                stack = Stack(group.name, members)
                columns |= {s: replace(c, stack=stack) for s, c in members.items()}
    return columns


class Stack:
    """The cells of one input of several columns, side by side.

    name: of the input; columns: `{slug: StoredColumn}` of one shape, in the input's
    order.
    """

    def __init__(self, name: str, columns: dict):
        self.name = name
        self._columns = tuple(columns.values())
        self._places = {slug: place for place, slug in enumerate(columns)}

    def cells_of(self, slug: str, rows) -> np.ndarray:
        """The cells of one of the columns, `(rows, *shape)`."""
        return self._cells[rows, self._places[slug]]

    def taken(self, rows) -> tuple[np.ndarray, np.ndarray]:
        """`(arrays (batch, columns, *shape), mask (batch, columns))` of these rows."""
        return np.asarray(self._cells[rows]), self._mask[rows]

    @cached_property
    def _mask(self):
        return np.stack([usable(c.status) for c in self._columns], axis=1)

    @cached_property
    def _cells(self):
        first = self._columns[0]
        shape = (len(first), len(self._columns), *first.shape)
        cells = _zeros(shape, store.batch_dtype(first.dtype))
        for place, column in enumerate(self._columns):
            column.copy_to(cells[:, place])
        return cells


def _zeros(shape: tuple, dtype: str) -> np.ndarray:
    """Zeros in memory, or of many in a file that goes with them."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if size <= _IN_MEMORY_BYTES:
        return np.zeros(shape, dtype)
    with tempfile.TemporaryFile(dir=cache_folder()) as file:
        return np.memmap(file, dtype, mode="w+", shape=shape)
