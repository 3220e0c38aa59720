"""A folder as a table: its table files together, or files in a folder a class."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from homodal.errors import TableError
from homodal.tables.splits import PARTS

FILE, LABEL, SPLIT = "file", "label", "split"
ROLE = b"homodal.role"  # in the metadata of a field: what its column is by default
_NUMBERED = re.compile(r"[-_]?\d+(-of-\d+)?$")
_SHOWN = 3
_OF_SYSTEMS = ("thumbs.db", "desktop.ini")  # which Windows leaves beside pictures


def table_files(folder, suffixes):
    """Its table files at any depth, sorted; none of hidden ones."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and _visible(path, folder) and is_table(path, suffixes)
    )


def is_table(path, suffixes):
    """True for `a.csv` and, compressed, for `a.csv.gz`."""
    parts = [part.lower() for part in path.suffixes[-2:]]
    if parts and parts[-1] in COMPRESSED:
        parts.pop()
    return bool(parts) and parts[-1] in suffixes


COMPRESSED = {".gz": "gzip", ".zst": "zstd"}


def read_class_folders(folder: Path) -> Any:
    """A `pyarrow.Table` of `file` (relative to `folder`) and `label`, sorted.

    The label is the name of a file's folder: the first from the top by which files
    differ. Where one level of the folders is named train, valid and test, above the
    classes or inside each of them, a column `split` says which, and has that role.
    Raises `TableError` when files lie in `folder` itself, or there are fewer than two
    classes.
    """
    import pyarrow as pa

    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and _visible(path, folder)
    )
    names = [path.relative_to(folder).as_posix() for path in files]
    parents = [path.relative_to(folder).parts[:-1] for path in files]
    depth = min(map(len, parents), default=0)
    levels = [[parts[level] for parts in parents] for level in range(depth)]
    splits = next((level for level in levels if _names_splits(level)), None)
    labels = next((x for x in levels if x is not splits and len(set(x)) > 1), None)
    if labels is None:
        raise _no_classes(folder, files, splits)
    _say_what_is_inside(folder, labels, parents, levels.index(labels))
    columns = {FILE: pa.array(names), LABEL: pa.array(labels)}
    table = pa.table(columns)
    return table if splits is None else with_splits(table, map(split_named, splits))


def split_named(name: str) -> str | None:
    """`train`, `valid` or `test`, as the name of a folder or a file says, or None.

    Also of `test.csv` and of `train-00000-of-00002.parquet`.
    """
    return PARTS.get(_NUMBERED.sub("", name.partition(".")[0].strip().lower()))


def split_of(path: Path, folder: Path) -> str | None:
    """The split that a table file belongs to, by the folders above it or its name."""
    named = map(split_named, path.relative_to(folder).parts)
    return next((split for split in named if split), None)


def with_splits(table: Any, splits: Iterable[str | None]) -> Any:
    """The Arrow table with a column `split` of that role, unless it has one."""
    import pyarrow as pa

    if SPLIT in table.column_names:
        return table
    field = pa.field(SPLIT, pa.string(), metadata={ROLE: SPLIT})
    return table.append_column(field, pa.array(list(splits), pa.string()))


def _names_splits(level):
    return len(set(level)) > 1 and all(map(split_named, level))


def _no_classes(folder, files, splits):
    if splits:
        names = ", ".join(sorted(set(splits)))
        return TableError(
            f"'{folder}' has the folders {names}, and no classes in them",
            expected="a folder for each class inside or above them: train/cat/1.png",
        )
    loose = [path.name for path in files if path.parent == folder]
    folders = {path.relative_to(folder).parts[0] for path in files}
    links = any(path.is_symlink() and path.is_dir() for path in folder.iterdir())
    return TableError(
        f"'{folder}' is a folder",
        expected="table files in it, or a folder of files for each class",
        got=f"files like '{loose[0]}' beside no class"
        if loose
        else f"{len(folders)} folders with files",
        do="Links to folders are not followed: name the folder itself"
        if links
        else None,
    )


def _say_what_is_inside(folder, labels, parents, level):
    """One line on stderr where the tree goes on below the labels."""
    inside = {parts[level + 1] for parts in parents if len(parts) > level + 1}
    if inside and not all(map(split_named, inside)):
        names = "', '".join(sorted(set(labels))[:_SHOWN])
        print(
            f"The labels are the folders '{names}' of '{folder}'; the names of folders "
            f"inside them, such as '{min(inside)}', are no labels.",
            file=sys.stderr,
        )


def partitions(path, folder):
    """`{name: value}` of the folders `name=value` between `folder` and `path`."""
    parts = path.relative_to(folder).parts[:-1]
    return dict(part.split("=", 1) for part in parts if "=" in part)


def _visible(path, folder):
    parts = path.relative_to(folder).parts
    hidden = any(part[0] in "._" for part in parts)
    return not hidden and parts[-1].lower() not in _OF_SYSTEMS
