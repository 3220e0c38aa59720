"""Open a table from wherever it is: files of several formats, or objects in memory."""

import glob
import io
import os
from functools import partial
from itertools import chain
from pathlib import Path

from homodal.errors import ColumnError, TableError, did_you_mean, one_of
from homodal.tables import pages
from homodal.tables.addresses import is_address, open_address
from homodal.tables.arrow_types import plain_table
from homodal.tables.class_folders import (
    COMPRESSED,
    SPLIT,
    partitions,
    read_class_folders,
    split_of,
    table_files,
    with_splits,
)
from homodal.tables.hugging_face import (
    features_of,
    is_dataset,
    name_classes,
    root_of_dataset,
)
from homodal.tables.in_memory import memory_table
from homodal.tables.text_files import read_csv, read_json_lines

_MAPPED = (".arrow", ".feather")
_TEXTS = (".csv", ".tsv", ".jsonl", ".ndjson")
_WILD = frozenset("*?[")
_BATCH_BYTES, _MOST_ROWS = 16 * 2**20, 16_384  # of a Parquet file at one time


def read_arrow(source):
    """`source` as a `pyarrow.Table`, nothing renamed and nothing converted.

    A path, address or pattern (`data/*.csv`), a list of them, or a folder: CSV with any
    delimiter, TSV, JSON Lines, Parquet, Arrow, each also as `.gz` or `.zst`. A folder
    holds table files (`name=value` folders become columns) or a folder of files for
    each class. Or an object in memory (`in_memory.memory_table`). Raises `TableError`.
    """
    if isinstance(source, (str, Path)):
        return _read_place(source)
    if isinstance(source, (list, tuple)) and source and _all_paths(source):
        return _joined([(str(path), _read_place(path), {}) for path in source])
    return memory_table(source)


def root_of(source):
    """The folder that relative media paths of this source start from."""
    if isinstance(source, (list, tuple)) and source and _all_paths(source):
        return Path(os.path.commonpath([root_of(path).resolve() for path in source]))
    if is_dataset(source):
        return root_of_dataset(source) or Path.cwd()
    if not isinstance(source, (str, Path)) or is_address(source):
        return Path.cwd()
    path = Path(source)
    while not path.exists() and _WILD & set(str(path)):
        path = path.parent
    return path if path.is_dir() else path.parent


def _all_paths(source):
    return all(isinstance(path, (str, Path)) for path in source)


def _read_place(source):
    if is_address(source):
        content = open_address(source)
        name = Path(source.partition("?")[0])
        return _read(name, lambda: io.BytesIO(content))
    path = Path(source)
    if not path.exists() and _WILD & set(str(path)):
        found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207, takes absolute patterns
        if not found:
            raise TableError(f"No file is named like '{path}'")
        return _joined_files(found, root_of(source))
    if path.is_dir():
        return _read_folder(path)
    return _read_file(path)


def _read_folder(folder):
    files = table_files(folder, _READERS)
    if not files:
        return read_class_folders(folder)
    return _joined_files(files, folder)


def _joined_files(files, folder):
    """One table of files in a folder; names like train and test make a column of it."""
    splits = [split_of(path, folder) for path in files]
    if "test" in splits and None in splits:
        other = files[splits.index(None)]
        raise TableError(
            f"'{files[splits.index('test')].name}' and '{other.name}' would be joined",
            expected="files of which all, or none, are named train, valid or test",
            do="Name the files that belong together, with a pattern or one by one",
        )
    divided = len(set(splits) - {None}) > 1 and None not in splits
    tables = [(str(path), _read_file(path), partitions(path, folder)) for path in files]
    if not divided or any(SPLIT in table.column_names for _, table, _ in tables):
        return _joined(tables)
    rows = [table.num_rows for _, table, _ in tables]
    names = [[name] * number for name, number in zip(splits, rows, strict=True)]
    return with_splits(_joined(tables), chain.from_iterable(names))


def _joined(tables):
    """One table of several with equal columns; each with what its folders say.

    tables: `[(name, table, {column: value})]`. Raises `ColumnError` naming the first
    that has other columns.
    """
    import pyarrow as pa

    complete = []
    for name, table, said in tables:
        for column, value in said.items():
            if column not in table.column_names:
                values = pa.array([value] * table.num_rows, pa.string())
                table = table.append_column(column, values)
        complete.append((name, table))
    first_name, first = complete[0]
    for name, table in complete[1:]:
        if set(table.column_names) != set(first.column_names):
            raise ColumnError(
                f"'{name}' has other columns than '{first_name}'",
                expected=", ".join(first.column_names),
                got=", ".join(table.column_names),
            )
    tables = [table.select(first.column_names) for _, table in complete]
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TableError(f"The tables mix kinds in a column: {error}") from None


def _read_file(path):
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
    return _read(path, lambda: _opened(path))


def _opened(path):
    """Arrow files are mapped, so that a large table does not count in memory."""
    if path.suffix.lower() in _MAPPED:
        with path.open("rb") as file:
            return pages.mapped(file)
    return path.open("rb")


def _read(path, opened):
    """A table from `opened()`, a binary file; the suffixes of `path` say its format."""
    packed = COMPRESSED.get(path.suffix.lower())
    named = Path(path.stem) if packed else path
    reader = _READERS.get(named.suffix.lower())
    if reader is None:
        raise TableError(
            f"'{path.name}' is not of a known table format",
            expected=one_of(_READERS) + "; each also with .gz or .zst",
            got=path.suffix or "no suffix",
        )
    if packed is None:
        return reader(opened, path.name)
    unpacked = partial(_unpacked, opened, packed)
    if named.suffix.lower() not in _TEXTS:  # which are read from their end
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


def _read_tsv(opened, name):
    return read_csv(opened, name, delimiter="\t")


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


_READERS = {
    ".csv": read_csv,
    ".tsv": _read_tsv,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".parquet": _read_parquet,
    ".arrow": _read_ipc,
    ".feather": _read_ipc,
}
