"""Tables written as JSON: one object a line, or one document that holds all rows.

A document is a list of objects; an object with such a list under one of its names
(`{"data": [...]}`); or an object of lists of equal length, which are columns. JSON
Lines under the suffix `.json` are read, too.
"""

import io
import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from homodal.errors import TableError
from homodal.tables import pages
from homodal.tables.cell_arrays import column_array, text_array, without_surrogates
from homodal.tables.encodings import Opener, encoding_of, explained, wrong_encoding

_PIECE_ROWS = 16_384  # Python objects at one time
_ROW = "\0row"  # keeps the place of rows without any name


def read_json_lines(opened: Opener, name: str, encoding: str | None = None) -> Any:
    """A `pyarrow.Table` of one object a line; what a line leaves out is absent."""
    encoding = encoding_of(opened, encoding)
    lines = _utf8_lines if encoding.startswith("utf-8") else _decoded_lines
    return _table(_rows(lines(opened, name, encoding), name))


def read_json(opened: Opener, name: str, encoding: str | None = None) -> Any:
    """A `pyarrow.Table` of a document of JSON. Raises `TableError`."""
    encoding = encoding_of(opened, encoding)
    try:
        with opened() as file:
            text = file.read().decode(encoding)
    except UnicodeDecodeError:
        raise explained(opened, name, encoding) or TableError(
            f"'{name}' is not {encoding} text"
        ) from None
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        lines = text.strip().split("\n")
        if "Extra data" in str(error) and len(lines) > 1:
            return _table(_rows(enumerate(text.split("\n"), 1), name))
        raise TableError(f"'{name}' is no JSON: {error}") from None
    return _table(iter(_rows_of(document, name)))


def _rows_of(document, name):
    """The rows of a document, a list of objects."""
    if _is_rows(document):
        return document
    if isinstance(document, dict):
        inner = [value for value in document.values() if _is_rows(value) and value]
        if len(inner) == 1:
            return inner[0]
        lengths = {len(v) if isinstance(v, list) else -1 for v in document.values()}
        if not inner and len(lengths) == 1 and lengths != {-1}:
            rows = zip(*document.values(), strict=True)
            return [dict(zip(document, row, strict=True)) for row in rows]
    raise TableError(
        f"'{name}' does not hold the rows of a table",
        expected='[{"column": …}, …], {"data": [{"column": …}, …]}, or lists of equal '
        'length: {"column": […], …}',
        got=json.dumps(document, ensure_ascii=False)[:60],
    )


def _is_rows(value):
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _utf8_lines(opened, name, _) -> Iterator[tuple[int, str]]:
    """The lines as text, with their numbers from 1. Only a line feed ends one."""
    with opened() as file:
        for number, line in enumerate(file, 1):
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise wrong_encoding(name, number, line, error) from None


def _decoded_lines(opened, name, encoding) -> Iterator[tuple[int, str]]:
    """The same of another encoding, whose line feeds may be more than one byte."""
    try:
        with io.TextIOWrapper(opened(), encoding, newline="\n") as lines:
            yield from enumerate(lines, 1)
    except UnicodeError:
        raise explained(opened, name, encoding) or TableError(
            f"'{name}' is not {encoding} text"
        ) from None


def _rows(lines: Iterable[tuple[int, str]], name: str) -> Iterator[dict]:
    """The objects of the lines that are not empty."""
    for number, text in lines:
        if text.strip():
            yield _row(name, number, text)


def _row(name, number, line):
    try:
        row = json.loads(line, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise TableError(f"'{name}', line {number}: {error}") from None
    if not isinstance(row, dict):
        raise TableError(
            f"'{name}', line {number} is not an object", expected='{"column": …}'
        )
    return row


def _unique(pairs):
    """An object whose names all differ. Raises `ValueError`."""
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"more than one '{twice}'")
    return row


def _table(rows: Iterator[dict]) -> Any:
    """An Arrow table of the rows, some of which are Python objects at one time."""
    pieces = [
        _piece(piece) for piece in iter(lambda: list(islice(rows, _PIECE_ROWS)), [])
    ]
    table = join_pieces(pieces or [_piece([])])
    table = table.drop_columns(_ROW)
    return pages.kept(table.schema, table.to_batches())


def _piece(rows):
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: column_array([r.get(name) for r in rows], name) for name in names}
    named = {without_surrogates(name): array for name, array in columns.items()}
    return pa.table({_ROW: pa.nulls(len(rows))} | named)


def join_pieces(tables: list) -> Any:
    """One Arrow table of several; where the kinds of a column differ, it is texts."""
    import pyarrow as pa

    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        names = dict.fromkeys(chain.from_iterable(t.column_names for t in tables))
        mixed = [name for name in names if not _agree(tables, name)]
    for name in mixed:
        tables = [
            table.set_column(
                table.column_names.index(name), name, text_array(table.column(name))
            )
            if name in table.column_names
            else table
            for table in tables
        ]
    return pa.concat_tables(tables, promote_options="permissive")


def _agree(tables, name):
    import pyarrow as pa

    own = [table.select([name]) for table in tables if name in table.column_names]
    try:
        pa.concat_tables(own, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return False
    return True
