"""The folder of decoded shards: where it is, what is in it, how large it may grow.

Shared by all runs and tasks on this machine. `HOMODAL_CACHE` names it and
`HOMODAL_CACHE_GB` caps it; the least recently used shards go first. A shard that
another process has open stays readable to it after it was removed here.
"""

import math
import os
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from homodal.data import shards
from homodal.errors import TableError
from homodal.places import cache_folder

DEFAULT_GB = 50.0
_STALE_SECONDS = 3600.0  # a scratch file so old was left by a process that died
_OVERSHOOT = 0.01  # of the limit, that a process may write before it makes room
_written: dict[Path, float] = {}  # bytes since then, by folder


@dataclass(frozen=True)
class Contents:
    """What a cache holds.

    oldest_seconds: since the least recently used shard was used. modalities:
    `{name: {"shards", "rows", "bytes"}}`.
    """

    folder: Path
    shards: int
    bytes: int
    limit_bytes: int
    oldest_seconds: float
    modalities: dict = field(default_factory=dict)

    def to_dict(self):
        """JSON-able form."""
        return {**vars(self), "folder": str(self.folder)}


def limit_bytes():
    """How large the cache may grow. Raises `TableError` for an odd setting."""
    said = os.environ.get("HOMODAL_CACHE_GB", "")
    try:
        size = float(said or DEFAULT_GB)
        if not size >= 0:
            raise ValueError
    except ValueError:
        raise TableError(
            "HOMODAL_CACHE_GB is wrong", expected="a number of gigabytes", got=said
        ) from None
    return int(size * 2**30)


def contents(folder=None):
    """The `Contents` of the cache."""
    folder = Path(folder or cache_folder())
    found = _found(folder)
    kinds: dict = defaultdict(lambda: {"shards": 0, "rows": 0, "bytes": 0})
    for _, size, path in found:
        try:
            said = shards.described(path)
        except shards.DamagedShard:
            said = {"modality": "damaged", "rows": 0}
        kind = kinds[said.get("modality", "unknown")]
        kind["shards"] += 1
        kind["rows"] += said["rows"]
        kind["bytes"] += size
    oldest = time.time() - min((used for used, _, _ in found), default=time.time())
    size = sum(size for _, size, _ in found)
    modalities = dict(sorted(kinds.items()))
    return Contents(
        folder, len(found), size, limit_bytes(), max(oldest, 0.0), modalities
    )


def check(folder=None):
    """Read every shard; the damaged ones are removed and their paths returned.

    What a killed process left half written is removed, too.
    """
    folder = Path(folder or cache_folder())
    damaged = []
    for _, _, path in _found(folder):
        try:
            shards.opened(path)
        except FileNotFoundError:
            continue  # another process has removed it
        except shards.DamagedShard:
            path.unlink(missing_ok=True)
            damaged.append(path)
    _sweep(folder, older_than=_STALE_SECONDS)
    return damaged


def empty(folder=None):
    """Remove every shard, and nothing else; returns how many bytes that freed."""
    folder = Path(folder or cache_folder())
    freed = 0
    for _, size, path in _found(folder):
        path.unlink(missing_ok=True)
        freed += size
    _sweep(folder, older_than=0.0)
    return freed


def make_room(folder, size, keep=()):
    """`trim` where this process has written enough since it last did; size: bytes.

    A wide table writes many small files, and a look at all of the folder takes time.
    """
    _written[folder] = _written.get(folder, math.inf) + size
    if _written[folder] > _OVERSHOOT * limit_bytes():
        _written[folder] = 0
        trim(folder, keep)


def trim(folder, keep=()):
    """Remove the least recently used shards until the cache is within its limit.

    keep: paths that stay whatever the limit, because they are in use here.
    """
    folder, kept = Path(folder), set(keep)
    found = sorted(_found(folder))
    over = sum(size for _, size, _ in found) - limit_bytes()
    for _, size, path in found:
        if over <= 0:
            break
        if path not in kept:
            path.unlink(missing_ok=True)
            over -= size
    _sweep(folder, older_than=_STALE_SECONDS)


def _found(folder):
    """`[(last use, bytes, path)]` of the shards; other files are not ours."""
    found: list[tuple] = []
    if not folder.is_dir():
        return found
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_ours(entry.name, shards.SUFFIX):
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue
                found.append((status.st_mtime, status.st_size, Path(entry.path)))
    return found


def _sweep(folder, older_than):
    if not folder.is_dir():
        return
    for path in folder.glob(f"*{shards.SCRATCH}"):
        try:
            if _is_ours(path.name, shards.SCRATCH):
                if time.time() - path.stat().st_mtime >= older_than:
                    path.unlink()
        except FileNotFoundError:
            continue


def _is_ours(name, suffix):
    """True for the name of a shard: somebody may keep other files beside them."""
    stem = name.removesuffix(suffix).partition(".")[0]
    known = len(stem) == 32 and set(stem) <= set("0123456789abcdef")
    return name.endswith(suffix) and known
