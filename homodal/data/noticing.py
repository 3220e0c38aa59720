"""What makes a column no input: constants, identifiers, copies, files not there."""

from datetime import date, time
from pathlib import Path

import numpy as np

from homodal.errors import BadCell, ColumnError
from homodal.media import files, kinds
from homodal.media.names import name_or_cell
from homodal.tables.addresses import is_address

_FEWEST = 20  # rows; with fewer a copy or a running number is easily chance
_SAMPLE = 400  # rows that must show it before the whole column is read
_TRIED = 3  # paths that an error shows
CLOSED = "addresses of media; they are opened with --allow-remote"
_PLAIN = (str, int, float, bool, tuple, date, time)  # tuple: see `_hashable`


def constant(cells):
    """True when all cells, of which there are two or more, are one plain value."""
    if len(cells) < 2 or not isinstance(cells[0], _PLAIN):
        return False
    return all(cell == cells[0] for cell in cells)


def identifies(cells):
    """True when every cell is another code without spaces: it names the row."""
    plain = [cell for cell in cells if isinstance(cell, (str, int))]
    if len(plain) < max(5, len(cells)) or len(set(plain)) < len(plain):
        return False
    return all(isinstance(c, int) or " " not in c.strip() for c in plain)


def numbers_rows(cells):
    """True for whole numbers that count without gap or repetition, in any order."""
    try:
        numbers = {int(cell) for cell in cells}
    except (TypeError, ValueError):
        return False
    if len(numbers) < max(_FEWEST, len(cells)):
        return False
    return max(numbers) - min(numbers) + 1 == len(numbers)


def copies(cells, answers):
    """True when each value goes with one answer and each answer with one value.

    Only in 20 rows or more, where values repeat or are the answers themselves: few
    rows show nothing.
    """
    present = [
        (cell, answer)
        for cell, answer in zip(cells, answers, strict=True)
        if cell is not None and answer is not None
    ]
    if len(present) < _FEWEST:
        return False
    try:
        pairs = _pairs_of_copies(present)
    except TypeError:  # a list or an array in a cell
        return False
    if len(pairs) < 2:
        return False
    return 2 * len(pairs) <= len(present) or all(one == other for one, other in pairs)


def _pairs_of_copies(present):
    """The different pairs of names; none as soon as two show that it is no copy."""
    truth_of: dict = {}
    value_of: dict = {}
    for cell, answer in present:
        value, truth = name_or_cell(cell), name_or_cell(answer)
        if truth_of.setdefault(value, truth) != truth:
            return set()
        if value_of.setdefault(truth, value) != value:
            return set()
    return set(truth_of.items())


def no_input(table, column, target):
    """Why a recognised input column is none, in words, or None when it may be one.

    A constant with gaps stays: its gaps may tell something. The whole column is read
    only where a sample of it shows the same.
    """
    rows = np.random.default_rng(0).permutation(len(table))[:_SAMPLE]
    first = _hashable(table.cells(column.name, rows))
    if not _constant(first):
        shown = [c for c in first if c is not None]
        if column.modality == "number" and _may_count(shown):
            if numbers_rows([c for c in table.cells(column.name) if c is not None]):
                return "identifier: it numbers the rows"
        return _copy(table, column, target, rows)
    cells = table.cells(column.name)
    if not _constant(_hashable(cells)):
        return None
    return f"constant: every cell is {str(cells[0])[:40]!r}"


def refuse_missing(table, name, cells, media):
    """Raise `ColumnError` when most of the paths in a sample lead to no file.

    media: the column is known to hold media; otherwise only texts that end like the
    name of a picture, a sound or a film are taken for paths, if most cells do.
    """
    paths = [c for c in _unlisted(cells) if isinstance(c, str) and "://" not in c]
    paths = paths if media else [path for path in paths if _like_media(path)]
    if 2 * len(paths) <= len(cells):
        return
    tried = [found for c in paths if (found := _not_there(table, c)) is not None]
    if 2 * len(tried) <= len(paths):
        return
    raise ColumnError(
        f"{len(tried)} of {len(paths)} paths tried in column '{name}' lead to no file",
        expected=f"paths under '{table.root}' (working folder: '{Path.cwd()}')",
        got="; ".join(tried[:_TRIED]),
        do=f"Name the folder of the files: --media-root DIR; or leave the column out: "
        f"--set columns.{name}=ignored",
    )


def refuse_unreadable(table, name, cells):
    """Raise `ColumnError` when most files of a sample are of a kind that nothing reads.

    Only files of well-known kinds of media are: `media.kinds`.
    """
    files_of = [c for cell in _unlisted(cells) for c in table.locate_each(cell)]
    unreadable = [kind for cell in files_of if (kind := _unreadable(cell))]
    if 2 * len(unreadable) <= len(files_of):
        return
    kind = max(set(unreadable), key=unreadable.count)
    raise ColumnError(
        f"Nothing here reads {len(unreadable)} of {len(files_of)} files tried in "
        f"column '{name}'",
        got=f"{kind.name}, {unreadable.count(kind)} times",
        expected="pictures, sounds or films that a decoder reads",
        do=f"{kind.do[0].upper()}{kind.do[1:]}; or leave the column out: "
        f"--set columns.{name}=ignored",
    )


def _unreadable(cell):
    """The `Kind` of a file that nothing reads, else None."""
    if not isinstance(cell, (Path, bytes)):
        return None
    try:
        with files.opened(cell) as file:
            return kinds.unreadable_kind(file.read(kinds.HEAD_BYTES))
    except BadCell:
        return None


def closed(table, cells):
    """True when most cells are addresses that nobody has allowed to be opened."""
    paths = [c for c in _unlisted(cells) if isinstance(c, str) and is_address(c)]
    refused = [path for path in paths if _like_media(path.partition("?")[0])]
    if 2 * len(refused) <= len(cells):
        return False
    return isinstance(table.locate_each(refused[0])[0], BadCell)


def _constant(cells):
    return all(cell is not None for cell in cells) and constant(cells)


def _hashable(cells):
    """The cells, an array as its content: arrays are neither compared nor counted."""
    return [
        (c.shape, str(c.dtype), c.tobytes()) if isinstance(c, np.ndarray) else c
        for c in cells
    ]


def _may_count(cells):
    try:
        return len({int(cell) for cell in cells}) == len(cells)
    except (TypeError, ValueError):
        return False


def _copy(table, column, target, rows):
    def pairs(chosen=None):
        names = (column.name, target)
        return [_hashable(table.cells(name, chosen)) for name in names]

    if not copies(*pairs(rows)) or not copies(*pairs()):
        return None
    return f"a copy of the target '{target}': one value for each answer"


def _like_media(text):
    return (
        len(text) < 4096 and text.rpartition(".")[2].strip().lower() in kinds.SUFFIXES
    )


def _unlisted(cells):
    """Cells that are lists, one by one."""
    for cell in cells:
        yield from cell if isinstance(cell, list) else [cell]


def _not_there(table, cell):
    """The path that was tried, as text, or None where there is something."""
    found = table.locate_each(cell)[0]
    if isinstance(found, BadCell):
        return str(found)
    if not isinstance(found, Path):
        return None
    try:
        return None if found.exists() else f"'{found}'"
    except OSError:
        return f"'{str(found)[:200]}'"
