"""What cells hold, by hash: the same picture under two names is the same picture."""

import hashlib
import stat
from array import array
from pathlib import Path

import numpy as np

from homodal.tables.addresses import Address
from homodal.tables.cell_bytes import cell_bytes
from homodal.tables.samples import Samples

_COMMON = 0.1  # of the rows; what more of them share tells no row from another
_PIECE_ROWS = 4096  # whose media are in memory at one time, where cells hold them


def shared_content(table, columns):
    """For each row the keys `(column, hash)` of its media that another row has too.

    columns: names of columns whose cells name or hold media. Only files of equal size
    are read. What over a tenth of the rows share (a placeholder) does not count, nor
    does a file that cannot be read.
    """
    keys: list[tuple] = [()] * len(table)
    for name in columns:
        for row, digest in _repeated(table, name):
            keys[row] = (*keys[row], (name, digest))
    return keys


def _repeated(table, name):
    """`[(row, digest)]` of the media whose content stands in a few rows, by row."""
    rows, sizes = array("q"), array("q")
    for row, medium in _media(table, name, np.arange(len(table))):
        if size := _size(medium):
            rows.append(row)
            sizes.append(size)
    known, counts = np.unique(np.array(sizes), return_counts=True)
    shared = set(known[counts > 1].tolist())
    alike = np.unique(np.array(rows)[np.isin(np.array(sizes), list(shared))])
    rows, digests = array("q"), array("q")
    files: dict[Path, int | None] = {}
    for row, medium in _media(table, name, alike):
        if _size(medium) in shared:
            digest = _digest(medium, files)
            if digest is not None:
                rows.append(row)
                digests.append(digest)
    return _of_few(np.array(rows), np.array(digests), len(table))


def _of_few(rows, digests, all_rows):
    if not len(rows):
        return []
    # a picture twice in one cell counts once
    rows, digests = np.unique(np.stack([rows, digests]), axis=1)
    _, place, counts = np.unique(digests, return_inverse=True, return_counts=True)
    most = max(_COMMON * all_rows, 2)
    kept = (counts[place] > 1) & (counts[place] <= most)
    return list(zip(rows[kept].tolist(), digests[kept].tolist(), strict=True))


def _media(table, name, rows):
    """`(row, medium)` of every file, bytes or other content in the cells of `rows`."""
    for begin in range(0, len(rows), _PIECE_ROWS):
        piece = rows[begin : begin + _PIECE_ROWS]
        cells = table.cells(name, piece)
        for row, cell in zip(piece.tolist(), cells, strict=True):
            for medium in [] if cell is None else table.locate_each(cell):
                yield row, medium


def _size(medium):
    if isinstance(medium, bytes):
        return len(medium)
    if isinstance(medium, Samples):
        medium = medium.array
    if isinstance(medium, np.ndarray):
        return medium.nbytes
    if isinstance(medium, Address):  # two of them are one file where they are equal
        return -len(medium)
    if not isinstance(medium, Path):
        return 0
    try:
        found = medium.stat()
    except (OSError, ValueError):
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _digest(medium, files):
    """64 bits of the SHA-256, a signed int; None for a file that cannot be read."""
    if isinstance(medium, bytes):
        return _short(hashlib.sha256(medium))
    if isinstance(medium, (np.ndarray, Samples)):
        return _short(hashlib.sha256(cell_bytes(medium)))
    if isinstance(medium, Address):
        return _short(hashlib.sha256(medium.encode("utf-8", "replace")))
    if medium not in files:
        try:
            with medium.open("rb") as file:
                files[medium] = _short(hashlib.file_digest(file, "sha256"))
        except OSError:
            files[medium] = None
    return files[medium]


def _short(digest):
    return int.from_bytes(digest.digest()[:8], "little", signed=True)
