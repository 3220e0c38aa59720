"""Open a table from wherever it is: files of several formats, or objects in memory."""

import glob
import io
import os
from itertools import chain
from pathlib import Path

from homodal.errors import ColumnError, TableError
from homodal.tables.addresses import is_address, open_address
from homodal.tables.class_folders import (
    SPLIT,
    partitions,
    read_class_folders,
    split_of,
    table_files,
    with_splits,
)
from homodal.tables.encodings import check_encoding
from homodal.tables.file_formats import IN_FOLDERS, read_file, read_opened, split_sheet
from homodal.tables.hugging_face import is_dataset, root_of_dataset
from homodal.tables.in_memory import memory_table
from homodal.tables.json_files import join_pieces

_WILD = frozenset("*?[")


def read_arrow(source, encoding=None):
    """`source` as a `pyarrow.Table`, nothing renamed and nothing converted.

    A path, address or pattern (`data/*.csv`), a list of them, or a folder: CSV with any
    delimiter, TSV, JSON Lines, JSON, Parquet, Arrow, a sheet of a workbook
    (`book.xlsx#Sheet2`), each also as `.gz` or `.zst`. encoding: of texts. A folder
    holds table files (`name=value` folders become columns) or a folder of files for
    each class. Or an object in memory (`in_memory.memory_table`). Raises `TableError`.
    """
    check_encoding(encoding)
    if isinstance(source, (str, Path)):
        return _read_place(source, encoding)
    if isinstance(source, (list, tuple)) and source and _all_paths(source):
        return _joined(
            [(str(path), _read_place(path, encoding), {}) for path in source]
        )
    return memory_table(source)


def root_of(source):
    """The folder that relative media paths of this source start from."""
    if isinstance(source, (list, tuple)) and source and _all_paths(source):
        return Path(os.path.commonpath([root_of(path).resolve() for path in source]))
    if is_dataset(source):
        return root_of_dataset(source) or Path.cwd()
    if not isinstance(source, (str, Path)) or is_address(source):
        return Path.cwd()
    path = split_sheet(source)[0]
    while not path.exists() and _WILD & set(str(path)):
        path = path.parent
    return path if path.is_dir() else path.parent


def _all_paths(source):
    return all(isinstance(path, (str, Path)) for path in source)


def _read_place(source, encoding):
    if is_address(source):
        content = open_address(source)
        name = Path(source.partition("?")[0])
        return read_opened(name, lambda: io.BytesIO(content), encoding)
    path, sheet = split_sheet(source)
    if not path.exists() and _WILD & set(str(path)):
        found = sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207, takes absolute patterns
        if not found:
            raise TableError(f"No file is named like '{path}'")
        return _joined_files(found, root_of(source), encoding)
    if path.is_dir():
        files = table_files(path, IN_FOLDERS)
        if not files:
            return read_class_folders(path)
        return _joined_files(files, path, encoding)
    return read_file(path, encoding, sheet)


def _joined_files(files, folder, encoding):
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
    tables = [
        (str(path), read_file(path, encoding), partitions(path, folder))
        for path in files
    ]
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
    return join_pieces([table.select(first.column_names) for _, table in complete])
