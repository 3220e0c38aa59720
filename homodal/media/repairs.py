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


_CUT = "cut at"
_LOST = ("truncated sound", "damaged sound")


def note_cut(most):
    """Say that a cell was longer than what is kept of it: `note_cut("30 s")`."""
    note(f"{_CUT} {most}: it is longer")


def is_cut(reason: str) -> bool:
    """Whether `note_cut` is among the joined reasons of a cell."""
    return any(why.startswith(_CUT) for why in reason.split("; "))


def is_incomplete(reason: str) -> bool:
    """Whether a part of the cell's sound is not there, so that nobody can hear it."""
    return any(why.startswith(_LOST) for why in reason.split("; "))
