"""The store: every cell decoded once, kept in memory-mapped Arrow shards.

A shard holds a fixed number of rows and is named by a key over everything that decides
its content: the modality, its options and facts, its source and the decoders' versions,
and the identity of each cell (a file's path, size and time; else its bytes). So a
shard is found again by every run and task that reads the same cells, and a run that was
killed goes on after the last whole shard. A damaged shard is decoded again.
"""

import hashlib
import json
import math
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache as cached
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from homodal.data import cache, guard, shards
from homodal.data.code_version import code_version
from homodal.data.reading import (
    ABSENT,
    BAD,
    OK,
    REPAIRED,
    STATUS_NAMES,
    cells_of,
    read_cell,
    read_many,
    reads_many,
    usable,
)
from homodal.errors import TableError
from homodal.media.excerpts import Excerpt
from homodal.places import cache_folder
from homodal.progress import track
from homodal.tables.paths import RealPaths
from homodal.tables.samples import Samples

__all__ = [
    "ABSENT",
    "BAD",
    "OK",
    "REPAIRED",
    "STATUS_NAMES",
    "StoredColumn",
    "stored",
    "usable",
]

_FORMAT = 4
_SCALARS = {str, int, float, bool, type(None)}
_SHARD_BYTES = 32 * 2**20
_FEWEST_ROWS, MOST_ROWS = 64, 16_384  # of a shard; powers of two
# Steps of an array whose first axis varies, to guess at the size of a shard
_STEPS = {1: 65_536, 4: 16}
_TOKENS = 64
_DECODERS = ("pillow", "pillow-heif", "av", "soundfile", "soxr", "numpy")


@dataclass(frozen=True)
class StoredColumn:
    """A column's encoded arrays on disk, a row at a time in memory.

    status: `(rows,)` of OK, ABSENT, BAD, REPAIRED. reasons: {row: why} of the cells
    that are bad or were repaired.
    """

    status: np.ndarray
    reasons: dict
    lengths: np.ndarray  # (rows,) size of the first axis; 0 where there is no array
    shape: tuple  # of one array; None for an axis that varies
    dtype: str
    shards: tuple = ()
    shard_rows: int = MOST_ROWS
    keys: tuple[str, ...] = ()  # of the shards, over all that decides what is in them
    # what a pretrained network made of the cells: another `StoredColumn`
    extracted: Any = field(default=None, repr=False, compare=False)
    # of the input that it shares with other columns (`data.blocks.Stack`)
    stack: Any = field(default=None, repr=False, compare=False)

    def __len__(self):
        return len(self.status)

    @property
    def input(self) -> "StoredColumn":
        """What a network reads: the features that were extracted, or the cells."""
        return self if self.extracted is None else self.extracted

    def array(self, row):
        """The array of one row, not writeable; None where there is none."""
        if not usable(self.status[row]):
            return None
        number, inside = divmod(int(row), self.shard_rows)
        shard = self.shards[number]
        begin, end = shard.offsets[inside], shard.offsets[inside + 1]
        values = shard.read(begin, end).view(self.dtype)
        if None not in self.shape:
            return values.reshape(self.shape)
        return values.reshape(self.lengths[row], *self.shape[1:])

    def copy_to(self, cells):
        """Copy the arrays, all of one shape, into `cells (rows, *shape)`."""
        for number, shard in enumerate(self.shards):
            begin = number * self.shard_rows
            there = begin + np.flatnonzero(usable(shard.status))
            values = shard.read(0, shard.offsets[-1]).view(self.dtype)
            cells[there] = values.reshape(-1, *self.shape)


def batch_dtype(dtype):
    """Of what is stored as `dtype`, in a batch."""
    # sound is stored in half precision and computed in single
    return "float32" if dtype == "float16" else dtype


def stored(table, prepared, folder=None):
    """The `StoredColumn` of a prepared column of `table`, decoded now if need be.

    Raises `TableError` when decoded cells cannot be kept.
    """
    folder = Path(folder or cache_folder())
    reader = prepared.reader()
    writing = _Writing(table, prepared, reader, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths, found = writing.all()
    except OSError as error:
        raise TableError(
            f"Decoded cells cannot be kept in {folder}: {error.strerror or error}",
            do="Free some space, or name another folder in HOMODAL_CACHE; what was "
            "decoded so far is kept",
        ) from error
    if writing.wrote:
        cache.make_room(folder, writing.wrote, keep=paths)
    shape, keys = tuple(reader.shape(prepared.facts)), [path.stem for path in paths]
    return joined(found, keys, shape, reader.dtype, writing.shard_rows)


class _Writing:
    """One column on its way to its shards: those that are missing are decoded."""

    def __init__(self, table, prepared, reader, folder):
        self._table = table
        self._prepared = prepared
        self._reader = reader
        self._folder = folder
        self._keys = _Keys(prepared, reader)
        self.shard_rows = rows_of_shard(reader, prepared.facts)
        self._shards: list = []  # (path, Shard or None while it is not yet written)
        self._missing: deque = deque()  # (place, rows) of the shards to be decoded
        self.wrote = 0  # bytes

    def all(self):
        """`(paths, Shards)` of the whole column, in the order of its rows."""
        if reads_many(self._reader):
            self._read_missing()
        else:
            # Written beside: decoding goes on in the meantime
            with ThreadPoolExecutor(1) as writer:
                self._decode_missing(writer)
        return [path for path, _ in self._shards], [s for _, s in self._shards]

    def _read_missing(self):
        """Of a modality that reads many cells at once: a shard at a time."""
        for begin in range(0, len(self._table), self.shard_rows):
            cells = self._cells(begin)
            if self._noted(cells) is None:
                facts = self._prepared.facts
                results = read_many(self._reader, facts, cells)
                self._write(len(self._shards) - 1, results)

    def _noted(self, cells):
        """The shard of these cells, noted as the next one; None where it is not yet."""
        path = self._folder / f"{self._keys.of(cells)}{shards.SUFFIX}"
        shard = opened(path, len(cells))
        self._shards.append((path, shard))
        return shard

    def _decode_missing(self, writer):
        batch: list[tuple] = []
        pending = None
        name = self._prepared.name
        for result in track(self._results(), f"Reading '{name}'", len(self._table)):
            batch.append(result)
            place, rows = self._missing[0]
            if len(batch) == rows:
                self._missing.popleft()
                if pending is not None:
                    pending.result()
                pending = writer.submit(self._write, place, batch)
                batch = []
        if pending is not None:
            pending.result()

    def _results(self):
        if self._reader.media:
            yield from guard.decoded(self._prepared, self._missing_cells())
            return
        facts = self._prepared.facts
        for cell in self._missing_cells():
            yield read_cell(self._reader, facts, cell)

    def _missing_cells(self):
        """Located cells of the shards that are not there yet; notes all shards."""
        for begin in range(0, len(self._table), self.shard_rows):
            cells = self._cells(begin)
            if self._noted(cells) is None:
                self._missing.append((len(self._shards) - 1, len(cells)))
                yield from cells

    def _cells(self, begin):
        end = min(begin + self.shard_rows, len(self._table))
        piece = self._table.piece(begin, end)
        return cells_of(piece, self._reader, self._prepared.name)

    def _write(self, place, batch):
        path, _ = self._shards[place]
        shards.write(path, batch, {"modality": self._prepared.modality})
        self._shards[place] = path, shards.opened(path, verify=False)
        self.wrote += path.stat().st_size


class _Keys:
    """Names of shards: 32 hex digits over all that decides what is in them."""

    def __init__(self, prepared, reader):
        described = [_FORMAT, prepared.modality, vars(reader), prepared.facts]
        described.append(code_version(reader.__class__))
        if reader.media:
            described.append(_versions())
        text = json.dumps(described, sort_keys=True, default=str)
        self._start = hashlib.sha256(text.encode())
        self._paths = RealPaths()

    def of(self, cells):
        digest = self._start.copy()
        if _SCALARS.issuperset(map(type, cells)):
            digest.update(repr(cells).encode("utf-8", "replace"))
            return digest.hexdigest()[:32]
        for cell in cells:
            digest.update(_identity(cell, self._paths))
        return digest.hexdigest()[:32]


def rows_of_shard(reader, facts):
    """A power of two, so that a shard is about 32 MB; the same for every table."""
    shape = reader.shape(facts)
    known = math.prod(side for side in shape if side is not None)
    steps = 1
    if None in shape:
        steps = _STEPS.get(len(shape), 1024) if reader.media else _TOKENS
    size = np.dtype(reader.dtype).itemsize * known * steps
    rows = 2 ** int(math.log2(max(_SHARD_BYTES // max(size, 1), 1)))
    return min(max(rows, _FEWEST_ROWS), MOST_ROWS)


def _identity(cell, paths):
    if isinstance(cell, Excerpt):
        said = [_identity(each, paths) for each in cell.beside.values()]
        return b"\n".join([_identity(cell.cell, paths), *said])
    if isinstance(cell, Path):
        try:
            stat = cell.stat()
        except (OSError, ValueError):
            return f"missing {cell}\n".encode("utf-8", "replace")
        line = f"file {paths.of(str(cell))} {stat.st_size} {stat.st_mtime_ns}\n"
        return line.encode("utf-8", "replace")
    if isinstance(cell, bytes):
        return hashlib.sha256(cell).digest()
    if isinstance(cell, list):
        # each at one length, so that lists differ where their cells do
        each = [hashlib.sha256(_identity(one, paths)).digest() for one in cell]
        return f"list {len(cell)}\n".encode() + b"".join(each)
    if isinstance(cell, Samples):
        return f"at {cell.rate_hz}\n".encode() + _identity(cell.array, paths)
    if isinstance(cell, np.ndarray):  # whose repr leaves out the middle
        head = f"array {cell.dtype} {cell.shape}\n".encode()
        return head + hashlib.sha256(cell.tobytes()).digest()
    text = repr(cell).encode("utf-8", "replace")
    return str(len(text)).encode() + b":" + text


@cached
def _versions():
    """Of the decoders: another version may give other pixels. None: not installed."""
    versions: dict[str, str | None] = {}
    for name in _DECODERS:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def opened(path, rows):
    """The whole shard, or None where it is not there, or damaged and removed."""
    try:
        shard = shards.opened(path)
        if len(shard.status) != rows:
            raise shards.DamagedShard(f"{path} is damaged: it has other rows")
    except FileNotFoundError:
        return None
    except shards.DamagedShard as why:
        print(f"{why}; its cells are decoded again", file=sys.stderr)
        path.unlink(missing_ok=True)
        return None
    shards.touch(path)
    return shard


def joined(found, keys, shape, dtype, shard_rows):
    """The `StoredColumn` of these shards."""
    reasons: dict[int, str] = {}
    for number, shard in enumerate(found):
        begin = number * shard_rows
        reasons.update((begin + row, why) for row, why in shard.reasons.items())
    empty = [np.zeros(0, np.int8)], [np.zeros(0, np.int32)]
    return StoredColumn(
        status=np.concatenate([s.status for s in found] or empty[0]),
        reasons=reasons,
        lengths=np.concatenate([s.lengths for s in found] or empty[1]),
        shape=shape,
        dtype=dtype,
        shards=tuple(found),
        shard_rows=shard_rows,
        keys=tuple(keys),
    )
