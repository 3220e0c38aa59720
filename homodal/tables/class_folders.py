"""A folder as a table: its table files together, or files in a folder a class."""

from homodal.errors import TableError

FILE, LABEL = "file", "label"


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


def read_class_folders(folder):
    """A `pyarrow.Table` of `file` (relative to `folder`) and `label`, sorted.

    The label is the name of the folder that holds the file, whatever its depth inside.
    Raises `TableError` when files lie in `folder` itself, or in fewer than two.
    """
    import pyarrow as pa

    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and _visible(path, folder)
    )
    loose = [path.name for path in files if path.parent == folder]
    labels = [path.relative_to(folder).parts[0] for path in files]
    if loose or len(set(labels)) < 2:
        raise TableError(
            f"'{folder}' is a folder",
            expected="table files in it, or a folder of files for each class",
            got=f"files like '{loose[0]}' beside no class"
            if loose
            else f"{len(set(labels))} folders with files",
        )
    names = [path.relative_to(folder).as_posix() for path in files]
    return pa.table({FILE: pa.array(names), LABEL: pa.array(labels)})


def partitions(path, folder):
    """`{name: value}` of the folders `name=value` between `folder` and `path`."""
    parts = path.relative_to(folder).parts[:-1]
    return dict(part.split("=", 1) for part in parts if "=" in part)


def _visible(path, folder):
    return not any(part[0] in "._" for part in path.relative_to(folder).parts)
