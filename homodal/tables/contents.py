"""What cells hold, by hash: the same picture under two names is the same picture."""

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

_COMMON = 0.1  # of the rows; what more of them share tells no row from another


def shared_content(table, columns):
    """For each row the keys `(column, hash)` of its media that another row has too.

    columns: names of columns whose cells name or hold media. Only files of equal size
    are read. What over a tenth of the rows share (a placeholder) does not count, nor
    does a file that cannot be read.
    """
    keys: list[tuple] = [()] * len(table)
    for name in columns:
        for row, digest in sorted(_repeated(table, name)):
            keys[row] = (*keys[row], (name, digest))
    return keys


def _repeated(table, name):
    """`{(row, digest)}` of the media whose content stands in a few rows."""
    sizes = defaultdict(list)
    for row, cell in enumerate(table.cells(name)):
        for medium in [] if cell is None else table.locate_each(cell):
            size = _size(medium)
            if size:
                sizes[size].append((row, medium))
    known: dict[Path, bytes | None] = {}
    found = {
        (row, _digest(medium, known))
        for alike in sizes.values()
        if len(alike) > 1
        for row, medium in alike
    }
    counts = Counter(digest for _, digest in found if digest is not None)
    most = max(_COMMON * len(table), 2)
    return {(row, d) for row, d in found if d and 1 < counts[d] <= most}


def _size(medium):
    if isinstance(medium, bytes):
        return len(medium)
    if not isinstance(medium, Path):
        return 0
    try:
        return medium.stat().st_size if medium.is_file() else 0
    except (OSError, ValueError):
        return 0


def _digest(medium, known):
    if isinstance(medium, bytes):
        return hashlib.sha256(medium).digest()
    if medium not in known:
        try:
            with medium.open("rb") as file:
                known[medium] = hashlib.file_digest(file, "sha256").digest()
        except OSError:
            known[medium] = None
    return known[medium]
