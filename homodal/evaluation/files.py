"""Files that are either whole or as they were before: written beside, then renamed."""

import os
import secrets
from pathlib import Path


def replace(path, data):
    """Make `data` (bytes) the content of the file `path`."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
