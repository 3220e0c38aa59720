"""What had to be mended to read a cell: said, and counted, never done in silence."""

from contextlib import contextmanager
from contextvars import ContextVar

_BETWEEN = "; "
_CUT = "cut at"
_LOST = ("truncated sound", "damaged sound")
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
    """Say that a cell was mended: `note("no length declared: read to its end")`.

    Before the colon stands the kind, which is counted (see `kinds`); what differs from
    cell to cell stands behind it.
    """
    found = _found.get()
    if found is not None:
        kind, colon, rest = what.partition(": ")
        found.append(f"{kind}{colon}{rest.replace(_BETWEEN, ', ')}")


def note_cut(most):
    """Say that a cell was longer than what is kept of it: `note_cut("30 s")`."""
    note(f"{_CUT} {most}: it is longer")


def is_cut(reason: str) -> bool:
    """Whether `note_cut` is among the joined reasons of a cell."""
    return any(why.startswith(_CUT) for why in reason.split(_BETWEEN))


def is_incomplete(reason: str) -> bool:
    """Whether a part of the cell's sound is not there, so that nobody can hear it."""
    return any(why.startswith(_LOST) for why in reason.split(_BETWEEN))


def joined(notes):
    """The notes of one cell as one text, each of them once."""
    return _BETWEEN.join(dict.fromkeys(notes))


def kinds(reason):
    """The kinds of the notes in a `joined` text, or that of a bad cell's reason.

    >>> kinds("unknown category: 'red'; cut at 8 tokens")
    ['unknown category', 'cut at 8 tokens']
    """
    parts = [part.partition(": ")[0].rstrip(".") for part in reason.split(_BETWEEN)]
    return list(dict.fromkeys(parts))
