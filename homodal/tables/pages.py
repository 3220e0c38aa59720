"""Tables whose cells lie on the disk: memory-mapped, and let go of again.

A mapped page counts as this process's memory from its first use until it is let go.
A table that is large and not written as Arrow is written so once, into a file without
a name that is gone when the process is.
"""

import contextlib
import mmap
import tempfile
from contextvars import ContextVar
from itertools import chain

from homodal.errors import TableError
from homodal.places import cache_folder

IN_MEMORY_BYTES = 64 * 2**20  # of a table; a larger one is mapped
_RESIDENT_BYTES = 32 * 2**20  # touched in the maps before they are let go
AROUND_BYTES = 2**21  # that Linux may map around a byte that is read: a large folio

_listening: ContextVar["Pages | None"] = ContextVar("pages", default=None)


class Pages:
    """The memory maps under one table, and how much of them was touched."""

    def __init__(self):
        self._maps: list[mmap.mmap] = []
        self._touched = 0

    def __len__(self):
        return len(self._maps)

    def add(self, content):
        """One more map under the table."""
        self._maps.append(content)

    def touched(self, size):
        """`size` bytes were read; after enough of them all is let go."""
        self._touched += size
        if self._touched > _RESIDENT_BYTES:
            self.release()

    def release(self):
        """Let go of the pages in memory; they are read again when they are needed."""
        self._touched = 0
        if hasattr(mmap, "MADV_DONTNEED"):
            for content in self._maps:
                content.madvise(mmap.MADV_DONTNEED)


@contextlib.contextmanager
def noted():
    """The `Pages` of the tables that are read inside the block."""
    found = Pages()
    before = _listening.set(found)
    try:
        yield found
    finally:
        _listening.reset(before)


def mapped(file):
    """Arrow's reader over a memory map of an open binary `file`, which may close."""
    import pyarrow as pa

    content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    pages = _listening.get()
    if pages is not None:
        pages.add(content)
    return pa.BufferReader(pa.py_buffer(content))


def kept(schema, batches):
    """An Arrow table of record batches: in memory, or mapped where they are many.

    One batch is in memory at a time beyond `IN_MEMORY_BYTES`. Raises `TableError` when
    there is no room on the disk.
    """
    import pyarrow as pa

    small, size = [], 0
    batches = iter(batches)
    for batch in batches:
        small.append(batch)
        size += batch.nbytes
        if size > IN_MEMORY_BYTES:
            return _on_disk(schema, chain(small, batches))
    # rows are taken from one chunk in a fraction of the time
    return pa.Table.from_batches(small, schema).combine_chunks()


def _on_disk(schema, batches):
    import pyarrow as pa

    folder = cache_folder()
    with contextlib.ExitStack() as stack:
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            out = pa.ipc.new_file(file, schema)
        for batch in batches:  # whose own errors are not the disk's
            with _told(folder):
                out.write_batch(batch)
        with _told(folder):
            out.close()
            file.flush()
        return pa.ipc.open_file(mapped(file)).read_all()


@contextlib.contextmanager
def _told(folder):
    try:
        yield
    except OSError as error:
        raise TableError(
            f"A large table cannot be laid out in {folder}: {error.strerror or error}",
            do="Free some space, or name another folder in HOMODAL_CACHE",
        ) from error
