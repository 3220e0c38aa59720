"""Open a cell that names a file, or holds one, without trusting it.

A path column may name a FIFO, a device or a folder: none of them is ever read, and
opening one never waits.
"""

import io
import os
import stat
from contextlib import contextmanager
from pathlib import Path

from homodal.errors import BadCell, MissingPackage, TableError
from homodal.tables.addresses import Address, open_address

# O_NONBLOCK: opening a FIFO without a writer returns at once instead of never
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
MAX_BYTES = 4 * 2**30


@contextmanager
def opened(cell, max_bytes=MAX_BYTES):
    """A seekable binary file for a `Path`, `bytes` or `Address`, at its start.

    Raises `BadCell` for a path that is missing, not a regular file, empty or larger
    than `max_bytes`, and for a cell of any other kind.
    """
    if isinstance(cell, Address):
        cell = _fetched(cell)
    if isinstance(cell, (bytes, bytearray, memoryview)):
        _check_size(len(cell), max_bytes)
        yield io.BytesIO(cell)
        return
    if not isinstance(cell, Path):
        raise BadCell(f"not a file: {shown(cell)}")
    with open(_descriptor(cell, max_bytes), "rb") as file:  # noqa: PTH123, a descriptor
        yield file


def read_bytes(cell, max_bytes=MAX_BYTES):
    """All bytes of the file that a cell names or holds. Raises `BadCell`."""
    with opened(cell, max_bytes) as file:
        return file.read()


def shown(value, most=40):
    """A short repr of an odd value, for a message: `"'hello wor…'"`."""
    text = repr(value[: most + 1] if isinstance(value, (str, bytes)) else value)
    return text if len(text) <= most else text[:most] + "…"


def try_each(cells, probe):
    """`([probe(cell) of the cells that can be read], reason of the first that cannot)`.

    What `recognise` looks at: the reason is None when every cell can be read.
    """
    found, reason = [], None
    for cell in cells:
        try:
            found.append(probe(cell))
        except BadCell as error:
            reason = reason or str(error).rstrip(".")
    return found, reason


def _fetched(address):
    try:
        return open_address(address)
    except (TableError, MissingPackage) as why:
        raise BadCell(str(why)) from None


def _descriptor(path, max_bytes):
    try:
        number = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise BadCell(f"no such file: {path}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise BadCell(f"cannot be opened ({reason}): {shown(str(path))}") from None
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise BadCell(f"not a regular file: {path}")
        _check_size(status.st_size, max_bytes)
    except BaseException:
        os.close(number)
        raise
    return number


def _check_size(size, max_bytes):
    if size == 0:
        raise BadCell("empty file")
    if size > max_bytes:
        raise BadCell(f"file too large: {size:,} bytes, at most {max_bytes:,}")
