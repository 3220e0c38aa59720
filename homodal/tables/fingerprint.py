"""One text that differs where any cell of two tables does, or any file they name."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np

from homodal.tables.cell_bytes import cell_bytes
from homodal.tables.plain_values import all_cell_bytes, name_nothing
from homodal.tables.table import Table

_FORMAT = "2-"  # of the text; older ones knew neither arrays nor files by their content
_PIECE_ROWS = 16_384
_SAMPLE = 100  # cells that show whether a column names files
_THREADS = 4  # hashing waits for the disk, and holds no lock of Python's
_KNOWN_FILES = 65_536  # whose digests are remembered: films of which rows are parts
_LONGEST_PATH = 4096


def fingerprint(table: Table) -> str:
    """A hash of the column names, of every cell, and of the files that cells name.

    Arrays count by type, shape and bytes, files by size and content (SHA-256); what is
    behind an address is not looked at. A file that cannot be read counts as not there.
    """
    table = table.with_absent(None)  # what is written, whatever it is taken for
    digest = hashlib.sha256(json.dumps(table.columns).encode())
    with ThreadPoolExecutor(_THREADS) as threads:
        file_digest = lru_cache(_KNOWN_FILES)(_file_digest)
        for name in table.columns:
            media = _names_files(table, name)
            for piece in _pieces(table):
                digest.update(_bytes_of(piece, name))
                if media:
                    paths = _paths(table, piece.cells(name))
                    for each in threads.map(file_digest, paths):
                        digest.update(each)
    return _FORMAT + digest.hexdigest()


def is_current(text: str) -> bool:
    """Whether a fingerprint was made as `fingerprint` makes it now."""
    return text.startswith(_FORMAT)


def _pieces(table: Table) -> Iterator[Table]:
    for begin in range(0, len(table), _PIECE_ROWS):
        yield table.piece(begin, min(begin + _PIECE_ROWS, len(table)))


def _bytes_of(table: Table, name: str) -> bytes:
    """`cell_bytes` of all cells of a column, joined."""
    values = table.plain_values(name)
    found = None if values is None else all_cell_bytes(values)
    return b"".join(map(cell_bytes, table.cells(name))) if found is None else found


def _names_files(table: Table, name: str) -> bool:
    rows = np.random.default_rng(0).permutation(len(table))[:_SAMPLE]
    cells = table.cells(name, rows)
    if name_nothing(cells, table.root):
        return False
    return any(map(_is_file, _paths(table, cells)))


def _paths(table: Table, cells: list) -> list[Path]:
    """Paths of the files that these cells may name, several in a cell also."""
    return [
        medium
        for cell in cells
        if isinstance(cell, (str, list))
        for medium in _media(table, cell)
        if isinstance(medium, Path)
    ]


def _media(table, cell):
    if isinstance(cell, str) and len(cell) > _LONGEST_PATH:
        return []
    return table.locate_each(cell)


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def _file_digest(path: Path) -> bytes:
    try:
        if not _is_file(path):
            return b"-"
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            return b"%d " % size + hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b"-"
