"""Where files go: the user's cache, and whole or not at all where somebody asked."""

import contextlib
import os
from pathlib import Path

from homodal.errors import HomodalError


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


def write_text(path, text, errors="replace"):
    """Write `text` as UTF-8 to `path`: beside, then renamed, so that an old one stays.

    errors: of what UTF-8 cannot hold, as `str.encode` knows them. Raises
    `HomodalError` where there is no room or no leave.
    """
    path = Path(path)
    special = path.exists() and not path.is_file()  # /dev/stdout is never replaced
    scratch = path if special else path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with scratch.open("w", encoding="utf-8", errors=errors) as file:
            file.write(text)
        if not special:
            scratch.replace(path)
    except OSError as error:
        raise HomodalError(
            f"'{path}' cannot be written: {error.strerror or error}",
            do="Free some space, or name another file",
        ) from error
    finally:
        if not special:
            with contextlib.suppress(OSError):
                scratch.unlink(missing_ok=True)
