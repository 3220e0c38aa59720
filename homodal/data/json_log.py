"""A log of JSON lines: appended to, flushed, whole after a kill."""

import json
import os
from pathlib import Path
from typing import Any

from homodal.data import folders
from homodal.errors import TrainingError


class JsonLog:
    """One JSON object a line. Only a line feed ends a line.

    JSON leaves U+2028, U+2029 and U+0085 in a text as they are, and `str.splitlines`
    would end a line there. What writes raises `TrainingError` when the disk is full or
    not to be written to.
    """

    def __init__(self, path: Path):
        self.path = path

    def read(self) -> list[dict[str, Any]]:
        """All entries; a last line cut short by a kill is left out.

        Raises `TrainingError` for any other line that is no JSON.
        """
        if not self.path.is_file():
            return []
        *lines, rest = self.path.read_bytes().split(b"\n")
        entries = [
            self._parse(number, line) for number, line in enumerate(lines, 1) if line
        ]
        last = _json_or_none(rest)
        return entries if last is None else [*entries, last]

    def append(self, entry: dict[str, Any]) -> None:
        """Write one more entry to the disk; a cut last line is removed before it."""
        with folders.writing(self.path):
            if not self.path.is_file():
                self.path.touch()
            with self.path.open("r+b") as file:
                file.seek(_end_of_whole_lines(file))
                file.truncate()
                file.write(_line(entry))
                file.flush()
                os.fsync(file.fileno())

    def replace(self, entries: list[dict[str, Any]]) -> None:
        """Write these entries in place of all that is there, whole or not at all."""
        scratch = self.path.with_suffix(".tmp")
        with folders.writing(self.path):
            folders.write_synced(scratch, b"".join(map(_line, entries)))
            scratch.replace(self.path)

    def _parse(self, number, line):
        entry = _json_or_none(line)
        if entry is None:
            raise TrainingError(
                f"'{self.path}', line {number} is damaged",
                expected="a JSON object",
                got=repr(line[:60].decode("utf-8", "replace")),
                do="Remove that line, or copy the file again from where it was kept",
            )
        return entry


def _line(entry):
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _json_or_none(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _end_of_whole_lines(file):
    """Where to write: behind the last line feed, or behind a whole last entry."""
    content = file.read()
    end = content.rfind(b"\n") + 1
    if _json_or_none(content[end:]) is not None:
        file.write(b"\n")
        return len(content) + 1
    return end
