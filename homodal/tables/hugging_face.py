"""Hugging Face datasets as Arrow: undecoded media, and classes by their names."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homodal.errors import TableError

_DATASETS = ("Dataset", "IterableDataset", "DatasetDict", "IterableDatasetDict")


def is_dataset(source: Any) -> bool:
    """True for a `Dataset`, `IterableDataset` or a dictionary of them."""
    return any(
        base.__name__ in _DATASETS and base.__module__.partition(".")[0] == "datasets"
        for base in type(source).__mro__
    )


def dataset_table(source: Any) -> Any:
    """A `pyarrow.Table` of a dataset, in its own row order.

    Raises `TableError` for a dictionary of several datasets.
    """
    source = _one_dataset(source)
    if hasattr(source, "with_format") and hasattr(source, "num_rows"):
        table = source.with_format("arrow")[:]
    else:
        table = _iterated(source)
    features = source.features
    return name_classes(table, features.to_dict() if features else {})


def root_of_dataset(source: Any) -> Path | None:
    """The folder that holds all files that the cells of a dataset name; or None."""
    import pyarrow as pa

    paths: list[str] = []
    for column in dataset_table(source).columns:
        kind = column.type
        if pa.types.is_struct(kind) and {"bytes", "path"} <= {f.name for f in kind}:
            paths += [
                cell["path"]
                for cell in column.to_pylist()
                if cell and cell["bytes"] is None and cell["path"]
            ]
    folders = {str(Path(path).parent) for path in paths if Path(path).is_absolute()}
    return Path(os.path.commonpath(folders)) if folders else None


def _one_dataset(source):
    if not isinstance(source, Mapping):
        return source
    if len(source) == 1:
        return next(iter(source.values()))
    names = list(source)
    raise TableError(
        "This is a dictionary of datasets",
        expected="one of them: " + ", ".join(names),
        do=f'Give one: dataset["{names[0]}"]; train takes another as valid=',
    )


def _iterated(source):
    """All rows of a dataset that streams, its media not decoded."""
    from homodal.tables.in_memory import rows_table

    if hasattr(source, "decode"):
        source = source.decode(False)
    return rows_table(source)


def name_classes(table: Any, features: dict) -> Any:
    """The table with the names of classes in place of their numbers, in lists, too.

    features: as `Features.to_dict` gives them and as files keep them.
    """
    for name, feature in features.items():
        if name in table.column_names and (names := _class_names(feature)):
            index = table.column_names.index(name)
            column = _named(table.column(name), names)
            table = table.set_column(index, name, column)
    return table


def features_of(schema: Any) -> dict:
    """The features that a dataset has left in the metadata of an Arrow schema."""
    metadata = (schema.metadata or {}).get(b"huggingface")
    try:
        features = json.loads(metadata)["info"]["features"] if metadata else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return features if isinstance(features, dict) else {}


def _class_names(feature):
    """Names of the classes that a feature, or the entries of its lists, are; or []."""
    if isinstance(feature, list):
        return _class_names(feature[0]) if feature else []
    if not isinstance(feature, dict):
        return []
    if feature.get("_type") == "ClassLabel":
        return list(feature.get("names") or [])
    return _class_names(feature.get("feature"))


def _named(column, names):
    import pyarrow as pa

    kind = pa.string()
    inner = column.type
    while hasattr(inner, "value_type"):
        kind, inner = pa.list_(kind), inner.value_type
    if not pa.types.is_integer(inner):  # written as names already
        return column
    return pa.chunked_array(
        [
            pa.array([_name(cell, names) for cell in chunk.to_pylist()], kind)
            for chunk in column.chunks
        ],
        kind,
    )


def _name(cell, names):
    if isinstance(cell, list):
        return [_name(each, names) for each in cell]
    if cell is None or cell < 0:  # -1 is no class
        return None
    return names[cell] if cell < len(names) else str(cell)
