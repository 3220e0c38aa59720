"""A shard: some rows of a decoded column in one checksummed Arrow file.

Columns: `status` int8, `length` int32, `reason` string, `values` large binary. The
schema's metadata hold a CRC-32 of the rest. A shard is written beside and renamed:
under its own name stands a whole file or none, whenever the process is killed. After a
loss of power it may be a torn one; the checksum tells.
"""

import contextlib
import ctypes
import json
import math
import mmap
import os
import threading
import uuid
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from homodal.data.reading import Results, usable

SUFFIX = ".arrow"
SCRATCH = ".tmp"
_METADATA = b"homodal"
_CAN_RELEASE = hasattr(mmap, "MADV_DONTNEED")


class DamagedShard(Exception):
    """A shard that is not what was written; it must not be read."""


@dataclass
class Shard:
    """One open shard; `values` is a view of its memory map."""

    status: np.ndarray  # (rows,) int8
    lengths: np.ndarray  # (rows,) int32, of the first axis
    reasons: dict  # {row: text}
    values: np.ndarray  # bytes of all arrays, one after the other, mapped
    offsets: np.ndarray  # (rows + 1,)
    _map: object = field(repr=False)
    _file: tuple = ()  # path, device and inode; nothing where it cannot be read so
    _start: int = 0  # of the values in the file

    def read(self, begin, end):
        """Bytes `begin` to `end` of the values, uint8, not writeable.

        Read from the file: a map would bring up to two megabytes into memory for each
        byte that is touched. Raises `DamagedShard` where the file was cut meanwhile.
        """
        content = None
        if self._file and end > begin:
            content = _FILES.read(self._file, end - begin, self._start + begin)
        if content is None:  # the file has gone; its map has not
            return self.values[begin:end]
        if len(content) < end - begin:
            raise DamagedShard(f"{self._file[0]} was cut while it was in use")
        return np.frombuffer(content, np.uint8)

    def release(self):
        """Let go of the pages in memory; they are read again when they are needed."""
        if _CAN_RELEASE:
            _release(self._map)


def write(path, results, described):
    """Write `[(status, array, reason)]`, or `Results`, as the shard `path`.

    Raises `OSError`.

    described: what it is made of, JSON-able, for those who look into the cache.
    """
    import pyarrow as pa

    columns = _columns(results)
    metadata = {**described, "rows": len(results), "crc32": _checksum(columns)}
    schema = pa.schema(
        [(name, column.type) for name, column in columns.items()],
        metadata={_METADATA: json.dumps(metadata)},
    )
    batch = pa.record_batch(list(columns.values()), schema=schema)
    scratch = path.with_name(f"{path.stem}.{uuid.uuid4().hex[:8]}{SCRATCH}")
    try:
        with scratch.open("wb") as file, pa.ipc.new_file(file, schema) as out:
            out.write_batch(batch)
        scratch.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise


def opened(path, verify=True):
    """The `Shard` of a file. Raises `DamagedShard`, `FileNotFoundError`."""
    import pyarrow as pa

    try:
        batch, region = _batch(path)
        columns = {name: batch.column(name) for name in _NAMES}
        said = _said(batch.schema)
        if verify and said["crc32"] != _checksum(columns):
            raise DamagedShard(f"{path} is damaged: its checksum is another")
        shard = _shard(columns, region, path)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise DamagedShard(f"{path} is damaged: {error}") from None
    shard.release()
    return shard


def described(path):
    """What `write` was told of a shard, and `rows`. Raises `DamagedShard`."""
    import pyarrow as pa

    try:
        return _said(_batch(path)[0].schema)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise DamagedShard(f"{path} is damaged: {error}") from None


_NAMES = ("status", "length", "reason", "values")


def _columns(results):
    if isinstance(results, Results):
        return _columns_of_many(results)
    arrays = [array for _, array, _ in results]
    sizes = [0 if array is None else array.nbytes for array in arrays]
    offsets = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    given = [a.reshape(-1).view(np.uint8) for a in arrays if a is not None]
    values = np.concatenate(given) if given else np.zeros(0, np.uint8)
    return _as_arrow(
        np.array([s for s, _, _ in results], np.int8),
        np.array([_length(a) for a in arrays], np.int32),
        [reason or None for _, _, reason in results],
        offsets,
        values,
    )


def _columns_of_many(results):
    arrays, there = results.arrays, usable(results.status)
    first = arrays.shape[1] if arrays.ndim > 1 else 1
    size = arrays.dtype.itemsize * math.prod(arrays.shape[1:])
    reasons: list = [None] * len(results)
    for place, reason in results.reasons.items():
        reasons[place] = reason
    return _as_arrow(
        results.status,
        np.where(there, first, 0).astype(np.int32),
        reasons,
        np.concatenate([[0], np.cumsum(there * size, dtype=np.int64)]),
        np.ascontiguousarray(arrays[there]).reshape(-1).view(np.uint8),
    )


def _as_arrow(status, lengths, reasons, offsets, values):
    import pyarrow as pa

    return {
        "status": pa.array(status),
        "length": pa.array(lengths),
        "reason": pa.array(reasons, pa.string()),
        "values": pa.LargeBinaryArray.from_buffers(
            pa.large_binary(),
            len(status),
            [None, pa.py_buffer(offsets), pa.py_buffer(values)],
        ),
    }


def _length(array):
    return 0 if array is None else (len(array) if array.ndim else 1)


def _checksum(columns):
    _, offsets, data = columns["values"].buffers()
    offsets = np.frombuffer(offsets, np.int64, len(columns["values"]) + 1)
    reasons = json.dumps(columns["reason"].drop_null().to_pylist()).encode()
    total = zlib.crc32(reasons)
    for name in ("status", "length"):
        total = zlib.crc32(columns[name].to_numpy().tobytes(), total)
    total = zlib.crc32(offsets.data, total)
    # without Arrow's padding
    return zlib.crc32(memoryview(data or b"")[: offsets[-1]], total)


def _batch(path):
    import pyarrow as pa

    with pa.memory_map(str(path)) as source:
        region = source.read_buffer()
    return pa.ipc.open_file(pa.BufferReader(region)).get_batch(0), region


def _said(schema):
    return json.loads(schema.metadata[_METADATA])


def _shard(columns, region, path):
    values = columns["values"]
    _, offsets, data = values.buffers()
    offsets = np.frombuffer(offsets, np.int64, len(values) + 1)
    # a column of empty values has no data buffer
    start = data.address - region.address if data else 0
    data = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
    reason = columns["reason"]
    said = np.flatnonzero(reason.is_valid().to_numpy(zero_copy_only=False))
    return Shard(
        status=columns["status"].to_numpy().copy(),
        lengths=columns["length"].to_numpy().copy(),
        reasons={int(row): reason[int(row)].as_py() for row in said},
        values=data,
        offsets=offsets.copy(),
        _map=region,
        _file=_identity(path),
        _start=start,
    )


def _identity(path):
    if not hasattr(os, "pread"):
        return ()
    status = Path(path).stat()
    return str(path), status.st_dev, status.st_ino


class _Files:
    """A few files open for reading; the least recently used is closed first."""

    def __init__(self, most):
        self._most = most
        self._numbers: dict = {}  # {(path, device, inode): descriptor}, newest last
        self._lock = threading.Lock()

    def read(self, file, size, place):
        """Bytes of a file, or None where another or none stands under its name."""
        with self._lock:
            number = self._numbers.pop(file, None)
            number = self._opened(file) if number is None else number
            if number is None:
                return None
            self._numbers[file] = number
            while len(self._numbers) > self._most:
                os.close(self._numbers.pop(next(iter(self._numbers))))
            return os.pread(number, size, place)

    def _opened(self, file):
        try:
            number = os.open(file[0], os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        except OSError:
            return None
        status = os.fstat(number)
        if (status.st_dev, status.st_ino) == file[1:]:
            return number
        os.close(number)
        return None


_FILES = _Files(most=128)


def _release(region):
    page = mmap.PAGESIZE
    begin = -(-region.address // page) * page
    end = (region.address + region.size) // page * page
    if end > begin:
        libc().madvise(
            ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED
        )


def libc():
    """The C library of this process."""
    return ctypes.CDLL(None)


def touch(path):
    """Note that a shard was used now."""
    with contextlib.suppress(OSError):
        os.utime(path)
