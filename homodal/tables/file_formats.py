"""Table files of every format, told by their suffixes; also compressed."""

import io
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from homodal.errors import TableError, did_you_mean, one_of
from homodal.tables import excel_files, pages
from homodal.tables.arrow_types import plain_table
from homodal.tables.class_folders import COMPRESSED
from homodal.tables.encodings import Opener
from homodal.tables.hugging_face import features_of, name_classes
from homodal.tables.json_files import read_json, read_json_lines
from homodal.tables.text_files import read_csv

_MAPPED = (".arrow", ".feather")
_TEXTS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
_BATCH_BYTES, _MOST_ROWS = 16 * 2**20, 16_384  # of a Parquet file at one time


def split_sheet(source: str | Path) -> tuple[Path, str | None]:
    """`book.xlsx#Sheet2` as path and sheet; of other paths the sheet is None."""
    path = Path(source)
    name, mark, sheet = path.name.partition("#")
    named = bool(mark and name and sheet) and not path.exists()
    if named and Path(name).suffix.lower() in excel_files.SUFFIXES:
        return path.with_name(name), sheet
    return path, None


def read_file(path: Path, encoding: str | None = None, sheet: str | None = None) -> Any:
    """A `pyarrow.Table` of one file. encoding: of texts; sheet: of a workbook.

    Raises `TableError`.
    """
    if not path.exists():
        raise TableError(
            f"There is no file '{path}'",
            expected="a table: " + one_of(_READERS),
            do=_near_file(path),
        )
    if not path.is_file():
        raise TableError(f"'{path}' is not a regular file")
    if path.stat().st_size == 0:
        raise TableError(f"'{path}' is an empty file", expected="a table with a header")
    return read_opened(path, lambda: _opened(path), encoding, sheet)


def _opened(path):
    """Arrow files are mapped, so that a large table does not count in memory."""
    if path.suffix.lower() in _MAPPED:
        with path.open("rb") as file:
            return pages.mapped(file)
    return path.open("rb")


def read_opened(
    path: Path, opened: Opener, encoding: str | None = None, sheet: str | None = None
) -> Any:
    """A table from `opened()`, a binary file; the suffixes of `path` say its format."""
    packed = COMPRESSED.get(path.suffix.lower())
    named = Path(path.stem) if packed else path
    suffix = named.suffix.lower()
    reader = _READERS.get(suffix)
    if sheet is not None and suffix not in excel_files.SUFFIXES:
        raise TableError(f"'{path.name}' has no sheets", got=f"#{sheet}")
    if reader is None:
        raise TableError(
            f"'{path.name}' is not of a known table format",
            expected=one_of(_READERS) + "; each also with .gz or .zst",
            got=path.suffix or "no suffix",
        )
    if suffix in _TEXTS:
        reader = partial(reader, encoding=encoding)
    if sheet is not None:
        reader = partial(reader, sheet=sheet)
    if packed is None:
        return reader(opened, path.name)
    unpacked = partial(_unpacked, opened, packed)
    if suffix not in _TEXTS:  # which are read from their end
        content = _whole(unpacked, packed, path.name)
        return reader(lambda: io.BytesIO(content), path.name)
    try:
        return reader(unpacked, path.name)
    except OSError as error:
        raise _not_packed(path.name, packed, error) from None


def _unpacked(opened, packed):
    import pyarrow as pa

    stream = pa.CompressedInputStream(pa.PythonFile(opened(), "r"), packed)
    return io.BufferedReader(stream)


def _whole(unpacked, packed, name):
    try:
        with unpacked() as file:
            return file.read()
    except OSError as error:
        raise _not_packed(name, packed, error) from None


def _not_packed(name, packed, error):
    return TableError(f"'{name}' cannot be unpacked as {packed}: {error}")


def _read_tsv(opened, name, encoding=None):
    return read_csv(opened, name, "\t", encoding)


def _read_parquet(opened, name):
    return _read_columns(_parquet_rows, opened, name)


def _parquet_rows(file):
    from pyarrow import parquet

    found = parquet.ParquetFile(file)
    said = found.metadata
    groups = [said.row_group(group) for group in range(said.num_row_groups)]
    size = sum(group.total_byte_size for group in groups) // max(said.num_rows, 1)
    rows = min(max(_BATCH_BYTES // max(size, 1), 1), _MOST_ROWS)
    return pages.kept(found.schema_arrow, found.iter_batches(rows))


def _read_ipc(opened, name):
    return _read_columns(_ipc_rows, opened, name)


def _ipc_rows(file):
    """An Arrow file as it lies there; one that is compressed, or a stream, by batches.

    What a Hugging Face dataset leaves on the disk is a stream.
    """
    import pyarrow as pa

    start = file.read(8)
    file.seek(0)
    if start[:4] == b"FEA1":
        from pyarrow import feather

        return feather.read_table(file)
    if start[:6] != b"ARROW1":
        return pa.ipc.open_stream(file).read_all()
    reader = pa.ipc.open_file(file)
    before = pa.total_allocated_bytes()
    first = [reader.get_batch(0)] if reader.num_record_batches else []
    if not first or pa.total_allocated_bytes() - before < first[0].nbytes // 2:
        return reader.read_all()  # views of the map
    others = (reader.get_batch(n) for n in range(1, reader.num_record_batches))
    return pages.kept(reader.schema, chain(first, others))


def _read_columns(read, opened, name):
    import pyarrow as pa

    try:
        with opened() as file:
            table = read(file)
            table = name_classes(table, features_of(table.schema))
            return plain_table(table, decode=False)
    except (pa.ArrowInvalid, OSError) as error:
        text = str(error).replace("\n", " ")
        raise TableError(f"'{name}' cannot be read as a table: {text}") from None


def _near_file(path):
    if not path.parent.is_dir():
        return f"The folder '{path.parent}' does not exist either"
    return did_you_mean(path.name, [p.name for p in path.parent.iterdir()])


_READERS: dict[str, Any] = {
    ".csv": read_csv,
    ".tsv": _read_tsv,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json,
    ".parquet": _read_parquet,
    ".arrow": _read_ipc,
    ".feather": _read_ipc,
    **dict.fromkeys(excel_files.SUFFIXES, excel_files.read_workbook),
}
# what makes a folder one of tables; JSON in it may say anything
IN_FOLDERS = frozenset(_READERS) - {".json"}
