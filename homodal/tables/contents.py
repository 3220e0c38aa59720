"""What cells hold, by hash: the same picture under two names is the same picture."""

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

from homodal.errors import BadCell

_COMMON = 0.1  # of the rows; what more of them share tells no row from another


def shared_content(table, columns):
    """For each row the keys `(column, hash)` of its media that another row has too.

    columns: names of columns whose cells name or hold media. Only files of equal size
    are read. What over a tenth of the rows share (a placeholder) does not count, nor
    does a file that cannot be read.
    """
    keys: list[tuple] = [()] * len(table)
    for name in columns:
        for row, digest in _repeated(table, name).items():
            keys[row] = (*keys[row], (name, digest))
    return keys


def _repeated(table, name):
    """`{row: digest}` of the cells whose content stands in a few rows."""
    sizes = defaultdict(list)
    for row, cell in enumerate(table.cells(name)):
        size = _size(table, cell)
        if size:
            sizes[size].append((row, cell))
    known: dict[Path, bytes | None] = {}
    digests = {
        row: _digest(table, cell, known)
        for alike in sizes.values()
        if len(alike) > 1
        for row, cell in alike
    }
    counts = Counter(digest for digest in digests.values() if digest is not None)
    most = max(_COMMON * len(table), 2)
    return {r: d for r, d in digests.items() if d and 1 < counts[d] <= most}


def _size(table, cell):
    if isinstance(cell, bytes):
        return len(cell)
    path = _path(table, cell)
    try:
        return path.stat().st_size if path is not None and path.is_file() else 0
    except OSError:
        return 0


def _digest(table, cell, known):
    if isinstance(cell, bytes):
        return hashlib.sha256(cell).digest()
    path = _path(table, cell)
    if path not in known:
        try:
            with path.open("rb") as file:
                known[path] = hashlib.file_digest(file, "sha256").digest()
        except OSError:
            known[path] = None
    return known[path]


def _path(table, cell):
    try:
        found = table.locate(cell)
    except BadCell:
        return None
    return found if isinstance(found, Path) else None
