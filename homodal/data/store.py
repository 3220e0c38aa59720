"""The store: every cell decoded once, kept in memory-mapped Arrow shards.

A column's folder is named by a key over everything that decides its content: the
modality, its options and facts, and the identity of each cell (a file's path, size and
time; anything else by its bytes). Shards are written to a temporary folder that is
renamed when its manifest stands, so that a half-written column is never read.
"""

import hashlib
import json
import os
import shutil
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from homodal.data.folders import write_synced
from homodal.errors import BadCell, TableError
from homodal.progress import track

OK, ABSENT, BAD = 0, 1, 2
STATUS_NAMES = ("ok", "absent", "bad")
_FORMAT = 1
_SHARD_BYTES = 64 * 2**20


@dataclass(frozen=True)
class StoredColumn:
    """A column's encoded arrays on disk, read through memory maps.

    status: `(rows,)` of OK, ABSENT, BAD. reasons: {row: why} of the bad cells.
    """

    status: np.ndarray
    reasons: dict
    lengths: np.ndarray  # (rows,) size of the first axis; 0 where not OK
    shape: tuple  # of one array; None for an axis that varies
    dtype: str
    _shards: tuple  # (bytes of all arrays, (rows + 1,) offsets)
    _shard_of: np.ndarray
    _row_in_shard: np.ndarray

    def __len__(self):
        return len(self.status)

    def array(self, row):
        """The array of one row, a view of the memory map; None where it is not OK."""
        if self.status[row] != OK:
            return None
        data, offsets = self._shards[self._shard_of[row]]
        inside = self._row_in_shard[row]
        values = data[offsets[inside] : offsets[inside + 1]].view(self.dtype)
        if None not in self.shape:
            return values.reshape(self.shape)
        return values.reshape(self.lengths[row], *self.shape[1:])


def default_folder():
    """Where decoded columns are kept: `HOMODAL_CACHE`, or the user's cache folder."""
    named = os.environ.get("HOMODAL_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "homodal"


def stored(table, prepared, folder=None):
    """The `StoredColumn` of a prepared column of `table`, decoded now if need be."""
    folder = Path(folder or default_folder())
    reader = prepared.reader()
    located = [_locate(table, reader, cell) for cell in table.cells(prepared.name)]
    place = folder / _key(prepared, reader, located)
    if not (place / "manifest.json").is_file():
        _write(place, prepared, reader, located)
    return _open(place)


def _locate(table, reader, cell):
    """The cell, its path, or the `BadCell` that says why it has none."""
    if cell is None or not reader.media:
        return cell
    try:
        return table.locate(cell)
    except BadCell as why:
        return why


def _key(prepared, reader, located):
    digest = hashlib.sha256()
    described = [_FORMAT, prepared.modality, vars(reader), prepared.facts]
    digest.update(json.dumps(described, sort_keys=True, default=str).encode())
    for cell in located:
        digest.update(_identity(cell))
    return digest.hexdigest()[:32]


def _identity(cell):
    if isinstance(cell, Path):
        try:
            stat = cell.stat()
        except OSError:
            return f"missing {cell}\n".encode("utf-8", "replace")
        line = f"file {cell.resolve()} {stat.st_size} {stat.st_mtime_ns}\n"
        return line.encode("utf-8", "replace")
    if isinstance(cell, bytes):
        return hashlib.sha256(cell).digest()
    text = repr(cell).encode("utf-8", "replace")
    return str(len(text)).encode() + b":" + text


def _write(place, prepared, reader, located):
    scratch = place.with_name(f"{place.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        scratch.mkdir(parents=True)
        _write_shards(scratch, prepared, reader, located)
        _publish(scratch, place)
    except OSError as error:
        reason = error.strerror or error
        raise TableError(
            f"Decoded cells cannot be kept in {place.parent}: {reason}",
            do="Free some space, or name another folder in HOMODAL_CACHE",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _publish(scratch, place):
    try:
        scratch.rename(place)
    except OSError:
        # another run has written the same column in the meantime
        if not (place / "manifest.json").is_file():
            shutil.rmtree(place, ignore_errors=True)
            scratch.rename(place)


def _write_shards(scratch, prepared, reader, located):
    shards: list[dict] = []
    batch: list[tuple] = []
    used = 0
    results = _decoded(prepared, reader, located)
    for result in track(results, f"Reading '{prepared.name}'", len(located)):
        batch.append(result)
        used += result[1].nbytes if result[1] is not None else 0
        if used >= _SHARD_BYTES:
            shards.append(_write_shard(scratch, len(shards), batch))
            batch, used = [], 0
    if batch or not shards:
        shards.append(_write_shard(scratch, len(shards), batch))
    shape = reader.shape(prepared.facts)
    manifest = {"shards": shards, "shape": shape, "dtype": reader.dtype}
    write_synced(scratch / "manifest.json", json.dumps(manifest).encode())


def _decoded(prepared, reader, located):
    """`(status, array, reason)` for each cell, in order; decoders run side by side."""

    def decode(cell):
        return _decode(prepared, reader, cell)

    if not reader.media:  # Python code gains nothing from threads
        yield from map(decode, located)
        return
    cells = iter(located)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        while chunk := list(islice(cells, 256)):  # bounds what is decoded ahead
            yield from pool.map(decode, chunk)


def _decode(prepared, reader, cell):
    if cell is None:
        return ABSENT, None, ""
    if isinstance(cell, BadCell):
        return BAD, None, str(cell)
    try:
        array = reader.encode(reader.read(cell), prepared.facts)
    except BadCell as why:
        return BAD, None, str(why)
    return OK, np.ascontiguousarray(array, dtype=reader.dtype), ""


def _write_shard(scratch, number, batch):
    import pyarrow as pa

    arrays = pa.record_batch(
        {
            "status": pa.array([s for s, _, _ in batch], pa.int8()),
            "length": pa.array([_length(a) for _, a, _ in batch], pa.int32()),
            "reason": pa.array([r for _, _, r in batch], pa.string()),
            "values": pa.array([_bytes(a) for _, a, _ in batch], pa.large_binary()),
        }
    )
    path = scratch / f"shard-{number:05d}.arrow"
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, arrays.schema) as out,
    ):
        out.write_batch(arrays)
    return {"name": path.name, "bytes": path.stat().st_size}


def _length(array):
    return 0 if array is None else (len(array) if array.ndim else 1)


def _bytes(array):
    return b"" if array is None else array.tobytes()


def _open(place):
    manifest = _manifest(place)
    shards: list[tuple] = []
    statuses: list[np.ndarray] = []
    lengths: list[np.ndarray] = []
    reasons: dict[int, str] = {}
    for shard in manifest["shards"]:
        status, length, reason, data = _open_shard(
            place / shard["name"], shard["bytes"]
        )
        begin = sum(len(s) for s in statuses)
        for row in np.flatnonzero(status == BAD):
            reasons[begin + int(row)] = reason[int(row)].as_py()
        statuses.append(status)
        lengths.append(length)
        shards.append(data)
    sizes = [len(s) for s in statuses]
    return StoredColumn(
        status=np.concatenate(statuses),
        reasons=reasons,
        lengths=np.concatenate(lengths),
        shape=tuple(manifest["shape"]),
        dtype=manifest["dtype"],
        _shards=tuple(shards),
        _shard_of=np.repeat(np.arange(len(sizes)), sizes),
        _row_in_shard=np.concatenate([np.arange(size) for size in sizes]),
    )


def _manifest(place):
    try:
        return json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    except ValueError:
        raise _damaged(place) from None


def _damaged(place):
    return TableError(
        f"The decoded column in {place} is damaged",
        do=f"Delete that folder and run again: {place}",
    )


def _open_shard(path, size):
    import pyarrow as pa

    if not path.is_file() or path.stat().st_size != size:
        raise _damaged(path.parent)
    try:
        with pa.memory_map(str(path)) as source:
            batch = pa.ipc.open_file(source).get_batch(0)
    except (ValueError, OSError):
        raise _damaged(path.parent) from None
    values = batch.column("values")
    _, offsets, data = values.buffers()
    offsets = np.frombuffer(offsets, np.int64, len(values) + 1, values.offset * 8)
    # a column of empty values has no data buffer
    data = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    status = batch.column("status").to_numpy()
    length = batch.column("length").to_numpy()
    return status, length, batch.column("reason"), (data, offsets)
