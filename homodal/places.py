"""Where homodal keeps what it makes for itself: the user's cache."""

import os
from pathlib import Path


def cache_folder():
    """The folder of decoded cells: `HOMODAL_CACHE`, or the user's cache folder.

    Without a home folder, one in the system's temporary folder, the user's own.
    """
    named = os.environ.get("HOMODAL_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(base).expanduser() / "homodal"
    except RuntimeError:  # no home folder
        import tempfile

        user = os.getuid() if hasattr(os, "getuid") else "user"
        return Path(tempfile.gettempdir()) / f"homodal-{user}"
