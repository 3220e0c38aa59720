"""Features of a stored column: what a pretrained network made of each cell, kept.

They stand beside the cells, in shards of the same rows. A shard's key is over that of
the cells' shard, the weights and the code, so that features are computed once, and
found again by every run that reads the same cells with the same weights.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
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
_SHARD_BYTES = 32 * 2**20
_STEPS = 128  # of a cell whose steps vary, to guess at the size of a shard

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
    steps = 1 if prepared.modality in extractor.single else None
    size = (steps or _STEPS) * extractor.width * np.dtype(_DTYPE).itemsize
    rows = min(column.shard_rows, 2 ** int(np.log2(max(_SHARD_BYTES // size, 1))))
    pieces = list(_pieces(column, extractor, folder, rows))
    try:
        found = _opened(pieces, folder, table, prepared, column, extractor)
    except OSError as error:
        raise TableError(
            f"Features cannot be kept in {folder}: {error.strerror or error}",
            do="Free some space, or name another folder in HOMODAL_CACHE",
        ) from error
    keys = [path.stem for path, _ in pieces]
    return joined(found, keys, (steps, extractor.width), _DTYPE, rows)


def _pieces(
    column: StoredColumn, extractor: Extractor, folder: Path, size: int
) -> Iterator[tuple[Path, Array]]:
    """`(path, rows)` of each shard; a shard of cells is divided into whole ones."""
    told = [_FORMAT, extractor.sha256, code_version(type(extractor)), size]
    start = hashlib.sha256(json.dumps(told).encode())
    for begin in range(0, len(column), size):
        digest = start.copy()
        number, inside = divmod(begin, column.shard_rows)
        digest.update(f"{column.keys[number]} {inside}".encode())
        path = folder / f"{digest.hexdigest()[:32]}{shards.SUFFIX}"
        yield path, np.arange(begin, min(begin + size, len(column)))


def _opened(
    pieces: list[tuple[Path, Array]],
    folder: Path,
    table: Table,
    prepared: PreparedColumn,
    column: StoredColumn,
    extractor: Extractor,
) -> list[shards.Shard]:
    """The shards; those that are not there yet are computed and written first."""
    found = [opened(path, len(rows)) for path, rows in pieces]
    missing = [place for place, shard in enumerate(found) if shard is None]
    wanted = [pieces[place][1] for place in missing]
    cells = partial(_cells, table, prepared, column)
    results = _features(column, extractor, wanted, cells)
    total = sum(map(len, wanted))
    done = iter(track(results, f"Extracting '{prepared.name}'", total))
    written = 0
    for place in missing:
        path, rows = pieces[place]
        described = {"modality": f"features of {prepared.modality}"}
        shards.write(path, [next(done) for _ in rows], described)
        found[place] = shards.opened(path, verify=False)
        written += path.stat().st_size
    if written:
        cache.make_room(folder, written, keep=[path for path, _ in pieces])
    return found


def _features(
    column: StoredColumn,
    extractor: Extractor,
    missing: list[Array],
    cells: Callable[[Array], Iterator[Array]],
) -> Iterator[tuple[int, Array | None, str]]:
    """`(status, features, reason)` of each row of the missing shards, in order."""
    for rows in missing:
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
