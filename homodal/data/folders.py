"""Folders that are either whole or not there: written beside, checked, renamed."""

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from pathlib import Path

from homodal.errors import BundleError, TrainingError

MANIFEST = "manifest.json"


def sha256(path):
    """Hex SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def write(folder, files):
    """Write `{file name: bytes}` as `folder`, replacing an older one at the end.

    A manifest of SHA-256 stands beside the files. The new folder is read back before
    the old one goes; whatever fails leaves the old one as it was.
    """
    folder = Path(folder)
    scratch = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        scratch.mkdir(parents=True)
        hashes = {}
        for name, data in files.items():
            write_synced(scratch / name, data)
            hashes[name] = hashlib.sha256(data).hexdigest()
        write_synced(scratch / MANIFEST, json.dumps({"sha256": hashes}).encode())
        verify(scratch)
        _replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def writing(place):
    """Turns an `OSError` inside the block into a `TrainingError` that names `place`."""
    try:
        yield
    except OSError as error:
        raise TrainingError(
            f"'{place}' cannot be written: {error.strerror or error}",
            do="Free some space, or make the folder writable; what was saved before is "
            "as it was, and a run goes on with: homodal train --resume RUN",
        ) from error


def verify(folder):
    """The file names of a whole folder. Raises `BundleError` naming what is damaged."""
    folder = Path(folder)
    try:
        hashes = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"]
        listed = hashes.items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BundleError(
            f"'{folder}' is not a complete saved model",
            expected=f"a folder with a readable {MANIFEST}",
        ) from None
    for name, expected in listed:
        path = folder / name
        if Path(name).name != name or not path.is_file() or path.is_symlink():
            raise BundleError(f"'{folder}' is damaged: '{name}' is missing")
        if sha256(path) != expected:
            raise BundleError(
                f"'{folder}' is damaged: '{name}' is not what was saved",
                do="Copy it again from where it was saved",
            )
    return list(hashes)


def write_synced(path, data):
    """Write bytes to `path` and wait until they are on the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _replace(scratch, folder):
    old = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.old")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(old)
    scratch.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
