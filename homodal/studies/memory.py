"""How much memory a part of a program added at its peak, where the system tells."""

import contextlib
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


class Peak:
    """`added_bytes`: the peak above what was held before; None where it is unknown."""

    added_bytes = None


@contextlib.contextmanager
def watched():
    """A `Peak` that is filled in at the end of the block.

    Linux keeps the highest resident size of a process and forgets it on request; other
    systems never forget, so that a second run would show the first one's peak.
    """
    peak, before = Peak(), _restarted()
    try:
        yield peak
    finally:
        if before is not None:
            peak.added_bytes = max(_read("VmHWM:") - before, 0)


def _restarted():
    try:
        _RESET.write_text("5", encoding="ascii")
        return _read("VmRSS:")
    except (OSError, ValueError):
        return None


def _read(name):
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise ValueError(f"no {name} in {_STATUS}")
