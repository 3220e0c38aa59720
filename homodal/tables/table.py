"""A Table: rows in, with the folder that its media paths are relative to."""

import math
from collections.abc import Collection
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from homodal.errors import BadCell, ColumnError, TableError, did_you_mean
from homodal.tables.absent import AbsentWords
from homodal.tables.addresses import allowed, is_address
from homodal.tables.class_folders import ROLE
from homodal.tables.embedded import as_array, embedded, parted, unwrap
from homodal.tables.pages import AROUND_BYTES, Pages, noted
from homodal.tables.paths import RealPaths
from homodal.tables.plain_values import different_values, is_plain, without_absent
from homodal.tables.sources import read_arrow, root_of

_COUNTED_ROWS = 16_384  # of a column at one time


class Table:
    """Named columns of equally many rows, as Arrow; media paths relative to `root`.

    A path in a cell must lie under `root`: the table's own folder, `media_root`, or the
    working folder for a table in memory.

    absent: the words that stand for no value (`with_absent`), None while that is open.
    """

    def __init__(
        self,
        arrow,
        root,
        name="the table",
        pages=None,
        paths=None,
        absent: AbsentWords | None = None,
    ):
        self.arrow = arrow
        self.root = Path(root)
        self.name = name
        self._pages = pages or Pages()
        self._paths = paths or RealPaths()
        self.absent = absent

    @classmethod
    def open(cls, source, media_root=None, encoding=None):
        """A Table from a path or an object in memory. Raises `TableError`.

        encoding: of text files that are not UTF-8 and not marked.
        """
        if isinstance(source, cls):
            return source
        with noted() as pages:
            arrow = read_arrow(source, encoding)
        root = root_of(source) if media_root is None else Path(media_root)
        named = isinstance(source, (str, Path))
        table = cls(arrow, root, Path(source).name if named else "the table", pages)
        if not table.root.is_dir():
            raise TableError(f"There is no folder '{table.root}' for the media")
        return table

    def __len__(self):
        return self.arrow.num_rows

    @cached_property
    def columns(self):
        """Column names, in their order."""
        return self.arrow.column_names

    @property
    def roles(self) -> dict[str, str]:
        """`{column: role}` of columns that are no input, unless somebody says so."""
        return {
            field.name: field.metadata[ROLE].decode()
            for field in self.arrow.schema
            if ROLE in (field.metadata or {})
        }

    def require_rows(self):
        """This table. Raises `TableError` when it has no rows."""
        if len(self) == 0:
            raise TableError(f"{self.name} has no rows", expected="at least one row")
        return self

    def require(self, column):
        """`column`, if the table has it. Raises `ColumnError` with a near name."""
        if column not in self.columns:
            raise ColumnError(
                f"{self.name} has no column '{column}'",
                expected="one of its columns: " + ", ".join(self.columns),
                do=did_you_mean(column, self.columns),
            )
        return column

    def cells(self, column, rows=None, empty_lists=False):
        """Cells of a column as Python values, None where absent.

        Absent are null, NaN, text that is empty or white space only or one of the
        words of `absent`, and empty lists, unless `empty_lists` keeps these. A column
        that the table does not have is absent in every row.
        """
        if column not in self.columns:
            return [None] * (len(self) if rows is None else len(rows))
        values = self._read(column, rows)
        words = self._words(column)
        if is_plain(values):
            return without_absent(values, words).to_pylist()
        cells = [
            None if is_absent(v, words) and not (empty_lists and v == []) else unwrap(v)
            for v in _as_python(values)
        ]
        if _is_array(values.type):
            dtype = _narrow_dtype(values.type)
            return [None if cell is None else as_array(cell, dtype) for cell in cells]
        return cells

    def plain_values(self, column, rows=None):
        """An Arrow array of the cells, null where absent; None unless `is_plain`."""
        values = self._read(column, rows)
        if rows is None:
            values = values.combine_chunks()
        return without_absent(values, self._words(column)) if is_plain(values) else None

    def _words(self, column):
        return self.absent.of(column) if self.absent else frozenset()

    def _read(self, column, rows=None):
        """The Arrow values of a column, or of these rows of it."""
        values = self.arrow.column(column)
        if rows is not None:
            return _taken(values, rows, self._pages)
        if len(self._pages):
            self._pages.touched(values.nbytes)
        return values

    def different(self, column: str, most: int) -> tuple[int, int, bool]:
        """`(different cells, cells, all)` of a column, absent ones not counted.

        all: False where the count stopped because over `most` cells differ; then both
        numbers are of the rows up to there. Raises `TypeError` for cells of lists.
        """
        seen: Any = None
        rows = 0
        for begin in range(0, len(self), _COUNTED_ROWS):
            piece = self.piece(begin, min(begin + _COUNTED_ROWS, len(self)))
            seen, there = piece._seen(column, seen)
            rows += there
            if len(seen) > most:
                return len(seen), rows, False
        return len(seen or ()), rows, True

    def _seen(self, column, before):
        """`(the different cells of this table and `before`, cells of this table)`."""
        import pyarrow as pa

        plain = self.plain_values(column)
        if plain is not None:
            return different_values(plain, before)
        try:
            pairs = self._read(column).combine_chunks().value_counts()
        except pa.ArrowNotImplementedError:
            raise TypeError(f"cells of '{column}' cannot be counted") from None
        cells = self._with(pa.table({column: pairs.field("values")})).cells(column)
        there = [cell is not None for cell in cells]
        seen = {hash(cell) for cell in cells if cell is not None} | (before or set())
        return seen, int(pairs.field("counts").to_numpy()[there].sum())

    def piece(self, begin, end):
        """The Table of the rows from `begin` up to `end`, without copying any."""
        if begin == 0 and end == len(self):
            return self  # of a wide table, slices of all its columns take their time
        return self._with(self.arrow.slice(begin, end - begin))

    def take(self, rows):
        """The Table of these rows, in this order."""
        import pyarrow as pa

        columns = [_taken(column, rows, self._pages) for column in self.arrow.columns]
        return self._with(pa.table(columns, schema=self.arrow.schema))

    def without(self, column: str, rows: Collection[int]) -> "Table":
        """The Table in which these rows have no cell in a column."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kept = np.ones(len(self), bool)
        kept[list(rows)] = False
        values = self.arrow.column(column)
        values = pc.if_else(pa.array(kept), values, pa.scalar(None, values.type))
        place = self.columns.index(column)
        return self._with(self.arrow.set_column(place, column, values))

    def with_absent(self, words: AbsentWords | None) -> "Table":
        """This Table with other words for no value; None: with none, and open."""
        if words is not None and words == self.absent:
            return self
        return Table(self.arrow, self.root, self.name, self._pages, self._paths, words)

    def _with(self, arrow):
        return Table(arrow, self.root, self.name, self._pages, self._paths, self.absent)

    def locate(self, cell):
        """A text cell of a media column as a path under `root`, or as bytes.

        Bytes are what `data:…;base64,…` and plain base64 of a known kind of file stand
        for. An address (`https://…`) is an `Address`, opened by who reads it. Cells
        that are no text are as they are. Raises `BadCell` for an address that may not
        be opened and for a path outside `root`.
        """
        if not isinstance(cell, str):
            return cell
        inside = embedded(cell)
        if inside is not None:
            return inside
        if is_address(cell):
            return _allowed(cell)
        if "\0" in cell:
            raise BadCell("a path with a NUL character")
        path = self.root / cell
        if not self._paths.is_inside(str(path), str(self.root)):
            raise BadCell(f"outside the media folder: {cell[:80]}")
        return path

    def locate_each(self, cell):
        """What `locate` gives for each of several media in one cell, a list.

        See `embedded.parted`; a text that is the name of a file is one. A `BadCell`
        stands for one that cannot be located.
        """
        parts = parted(cell)
        if len(parts) > 1 and isinstance(cell, str):
            whole = self._located(cell)
            if isinstance(whole, Path) and _exists(whole):
                return [whole]
        return [self._located(part) for part in parts]

    def _located(self, cell):
        try:
            return self.locate(cell)
        except BadCell as why:
            return why


def _exists(path):
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long
        return False


def _allowed(address):
    try:
        return allowed(address)
    except TableError as why:
        raise BadCell(f"an address, not a file: {address[:80]} ({why})") from None


def is_absent(value, words=frozenset()):
    """True for null, NaN and text that is empty, white space only or among `words`."""
    if value is None:
        return True
    if isinstance(value, str):
        text = value.strip()
        return not text or text in words
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, (bytes, list)) and len(value) == 0


def _as_python(values):
    """Cells as Python objects; the text of a date or time that Python has no object of.

    Such are years past 9999; of nanoseconds, whole microseconds are kept.
    """
    import pyarrow as pa

    if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
        values = values.cast(pa.timestamp("us", values.type.tz), safe=False)
    elif pa.types.is_time64(values.type) and values.type.unit == "ns":
        values = values.cast(pa.time64("us"), safe=False)
    if not pa.types.is_temporal(values.type):
        return values.to_pylist()
    try:
        return values.to_pylist()
    except (OverflowError, ValueError):
        return [_date_or_text(value) for value in values]


def _date_or_text(value):
    try:
        return value.as_py()
    except (OverflowError, ValueError):
        return f"out of range: {value.value} {value.type}"


def _is_array(kind):
    """True for lists, also of lists, of numbers."""
    import pyarrow as pa

    depth = 0
    while (
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
    ):
        kind, depth = kind.value_type, depth + 1
    numbers = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return depth > 0 and (numbers or pa.types.is_boolean(kind))


def _narrow_dtype(kind):
    """NumPy's name of the numbers in lists, None for int64, float64 and bool.

    Python's own numbers come as 64 bits, whatever they hold.
    """
    while hasattr(kind, "value_type"):
        kind = kind.value_type
    return None if kind.bit_width in (1, 64) else kind.to_pandas_dtype()


def _taken(values, rows, pages):
    """The values of these rows as an array; Arrow's own `take` joins all chunks first.

    pages: told of what is read, chunk by chunk.

    Raises `IndexError` for a row that there is not.
    """
    import pyarrow as pa

    rows = np.asarray(rows, np.int64)
    if len(rows) and not 0 <= rows.min() <= rows.max() < len(values):
        raise IndexError(f"row {rows.max()} of {len(values)}")
    if values.num_chunks == 1:
        pages.touched(min(values.nbytes, len(rows) * AROUND_BYTES))
        return values.chunk(0).take(_indices(rows))
    starts = np.cumsum([0] + [len(chunk) for chunk in values.chunks])
    chunks = np.searchsorted(starts, rows, side="right") - 1
    order = np.argsort(chunks, kind="stable")
    edges = np.searchsorted(chunks[order], np.arange(len(starts)))
    pieces = []
    for number, (begin, end) in enumerate(pairwise(edges)):
        if end > begin:
            inside = _indices(rows[order[begin:end]] - starts[number])
            chunk = values.chunk(number)
            pieces.append(chunk.take(inside))
            pages.touched(min(chunk.nbytes, len(inside) * AROUND_BYTES))
    if not pieces:
        return pa.array([], values.type)
    found = pa.concat_arrays(pieces)
    if len(pieces) == 1:
        return found
    places = np.empty(len(rows), np.int64)
    places[order] = np.arange(len(rows))
    return found.take(_indices(places))


def _indices(rows):
    import pyarrow as pa

    return pa.array(rows, pa.int64())  # an empty list has no type of its own
