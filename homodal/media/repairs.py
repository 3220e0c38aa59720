"""What had to be mended to read a cell: said, and counted, never done in silence."""

from contextlib import contextmanager
from contextvars import ContextVar

_found: ContextVar[list | None] = ContextVar("repairs", default=None)


@contextmanager
def noted():
    """A list that receives what `note` is told inside the block, in order."""
    found: list[str] = []
    before = _found.set(found)
    try:
        yield found
    finally:
        _found.reset(before)


def note(what):
    """Say that a cell was mended: `note("no length declared: read to its end")`."""
    found = _found.get()
    if found is not None:
        found.append(what)
