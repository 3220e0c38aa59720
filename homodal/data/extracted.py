"""Features of a stored column: what a pretrained network made of each cell, kept.

They stand beside the cells, in shards of the same rows. A shard's key is over that of
the cells' shard, the weights and the code, so that features are computed once, and
found again by every run that reads the same cells with the same weights.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homodal.contracts import Extractor
from homodal.data import cache, shards
from homodal.data.code_version import code_version
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import cells_of, read_cell, usable
from homodal.data.store import StoredColumn, joined, opened
from homodal.errors import TableError
from homodal.places import cache_folder
from homodal.progress import track
from homodal.tables.table import Table

_FORMAT = 1
_DTYPE = "float16"

Array = NDArray[Any]


def with_features(
    table: Table,
    prepared: PreparedColumn,
    column: StoredColumn,
    extractor: Extractor,
    folder: Path | None = None,
) -> StoredColumn:
    """The features `(steps, width)` of a column's cells, computed now if need be.

    Raises `TableError` where they cannot be kept.
    """
    folder = Path(folder or cache_folder())
    cells = partial(_cells, table, prepared, column)
    try:
        paths, found = _shards(prepared, column, extractor, folder, cells)
    except OSError as error:
        raise TableError(
            f"Features cannot be kept in {folder}: {error.strerror or error}",
            do="Free some space, or name another folder in HOMODAL_CACHE",
        ) from error
    steps = 1 if prepared.modality in extractor.single else None
    shape, keys = (steps, extractor.width), [path.stem for path in paths]
    return joined(found, keys, shape, _DTYPE, column.shard_rows)


def _shards(
    prepared: PreparedColumn,
    column: StoredColumn,
    extractor: Extractor,
    folder: Path,
    cells: Any,
) -> tuple[list[Path], list[shards.Shard]]:
    described = {"modality": f"features of {prepared.modality}"}
    start = hashlib.sha256(
        json.dumps([_FORMAT, extractor.sha256, code_version(type(extractor))]).encode()
    )
    paths, found, missing = [], [], []
    for number, key in enumerate(column.keys):
        digest = start.copy()
        digest.update(key.encode())
        path = folder / f"{digest.hexdigest()[:32]}{shards.SUFFIX}"
        begin = number * column.shard_rows
        rows = np.arange(begin, min(begin + column.shard_rows, len(column)))
        paths.append(path)
        found.append(opened(path, len(rows)))
        if found[-1] is None:
            missing.append((number, rows))
    written = 0
    label, total = (
        f"Extracting '{prepared.name}'",
        sum(len(rows) for _, rows in missing),
    )
    done = iter(track(_features(column, extractor, missing, cells), label, total))
    for number, rows in missing:
        results = [next(done) for _ in rows]
        shards.write(paths[number], results, described)
        found[number] = shards.opened(paths[number], verify=False)
        written += paths[number].stat().st_size
    if written:
        cache.make_room(folder, written, keep=paths)
    return paths, found


def _features(
    column: StoredColumn,
    extractor: Extractor,
    missing: list[tuple[int, Array]],
    cells: Any,
) -> Iterator[tuple[int, Array | None, str]]:
    """`(status, features, reason)` of each row of the missing shards, in order."""
    for _, rows in missing:
        there = rows[usable(column.status[rows])]
        features = extractor.extract(cells(there))
        for row in rows:
            status = int(column.status[row])
            reason = column.reasons.get(int(row), "")
            own = np.asarray(next(features), _DTYPE) if usable(status) else None
            yield status, own, reason


def _cells(
    table: Table, prepared: PreparedColumn, column: StoredColumn, rows: Array
) -> Iterator[Array]:
    """Cells as the modality reads them; of media that is what the store keeps."""
    reader = prepared.reader()
    if reader.media:
        yield from (column.array(row) for row in rows)
        return
    for cell in cells_of(table, reader, prepared.name, rows):
        _, array, _ = read_cell(reader, None, cell, encoded=False)
        yield array
