"""Who trains and who validates.

Every split depends on what is in a row, not on where the row stands: another order of
rows gives the same one. Rows that are equal, and rows that share content (see
`contents`), are one unit, and a unit is never cut in two.
"""

import datetime
from collections import Counter
from hashlib import blake2b

import numpy as np

from homodal.errors import ColumnError

PARTS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "validation": "valid",
    "val": "valid",
    "dev": "valid",
    "test": "test",
}


def stratified(table, labels, share, seed, content=()):
    """Row numbers `(train, valid)`, about `share` of each label in `valid`.

    A label with one unit keeps it in `train`. labels: one a row; rows whose label is
    None are in neither. content: for each row the keys of what must not straddle.
    """
    train: list[int] = []
    valid: list[int] = []
    for units in _by_label(table, labels, seed, content).values():
        _deal(units, share, train, valid)
    return _sorted(train), _sorted(valid)


def grouped(table, labels, groups, share, seed, content=()):
    """The same with whole groups, e.g. speakers: none is on both sides.

    groups: the group of each row; a row without one is a group of its own.
    """
    keys = with_groups(content, groups)
    one = [None if label is None else "any" for label in labels]
    return stratified(table, one, share, seed, keys)


def with_groups(content, groups):
    """`content` with the group of each row as one more thing that may not straddle."""
    given = content if len(content) else [()] * len(groups)
    return [
        keys if group is None else (*keys, ("group", group))
        for keys, group in zip(given, groups, strict=True)
    ]


def latest(labels, times, share):
    """The latest `share` of the rows in `valid`; rows of one time stay together.

    times: a number or a date in ISO 8601 of each row. Raises `ColumnError` for a row
    that has a label and no readable time.
    """
    rows = [row for row, label in enumerate(labels) if label is not None]
    at = {row: _moment(times[row], row) for row in rows}
    ordered = sorted(rows, key=lambda row: at[row])
    if not ordered or at[ordered[0]] == at[ordered[-1]]:
        return _sorted(ordered), _sorted([])
    border = at[ordered[min(round(len(ordered) * (1 - share)), len(ordered) - 1)]]
    if border == at[ordered[0]]:  # most rows are of the first moment
        border = min(moment for moment in at.values() if moment > border)
    train = [row for row in rows if at[row] < border]
    return _sorted(train), _sorted([row for row in rows if at[row] >= border])


def named(labels, parts):
    """What a column says: `train`, `valid` (`val`, `dev`) or `test`, which is neither.

    Raises `ColumnError` for a row that says anything else.
    """
    sides: dict[str, list[int]] = {"train": [], "valid": [], "test": []}
    for row, part in enumerate(parts):
        side = PARTS.get(str(part).strip().lower())
        if side is None:
            raise ColumnError(
                f"Row {row + 1} is of an unknown part of the split",
                expected="train, valid or test",
                got="an empty cell" if part is None else repr(part),
            )
        if labels[row] is not None:
            sides[side].append(row)
    return _sorted(sides["train"]), _sorted(sides["valid"])


def folded(table, labels, fold, folds, seed, content=()):
    """`valid` is fold number `fold` (from 1) of `folds` that share no unit.

    Each fold has about the same rows of each label; over all folds every labelled row
    is in `valid` once.
    """
    sides: list[list[int]] = [[] for _ in range(folds)]
    for units in _by_label(table, labels, seed, content).values():
        for _, rows in sorted(units.items()):
            # where the fewest rows are, and of equals the first
            min(sides, key=len).extend(rows)
    valid = sides[fold - 1]
    train = [
        row for place, side in enumerate(sides) if place != fold - 1 for row in side
    ]
    return _sorted(train), _sorted(valid)


def _by_label(table, labels, seed, content):
    """`{label: {digest: rows}}` of units; a unit counts under its commonest label."""
    digests = _row_digests(table, seed)
    labelled = [row for row, label in enumerate(labels) if label is not None]
    found: dict = {}
    for rows in _units(labelled, digests, content):
        label = Counter(str(labels[row]) for row in rows).most_common(1)[0][0]
        digest = min(digests[row] for row in rows)
        found.setdefault(label, {})[digest] = rows
    return dict(sorted(found.items()))


def _units(rows, digests, content):
    """Lists of rows that are equal or share content, also by way of a third row."""
    parent = {row: row for row in rows}

    def root(row):
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    first: dict = {}
    for row in rows:
        for key in (digests[row], *(content[row] if len(content) else ())):
            parent[root(row)] = root(first.setdefault(key, row))
    units: dict[int, list[int]] = {}
    for row in rows:
        units.setdefault(root(row), []).append(row)
    return units.values()


def _deal(units, share, train, valid):
    rows = sum(len(unit) for unit in units.values())
    wanted = round(rows * share) if len(units) > 1 else 0
    wanted = max(wanted, 1) if rows >= 5 and len(units) > 1 else wanted
    taken, order = 0, sorted(units)
    for digest in order:
        # a large unit may be more than is wanted, but never all there is
        side = valid if taken < wanted and digest != order[-1] else train
        side.extend(units[digest])
        taken += len(units[digest])


def _row_digests(table, seed):
    columns = [table.cells(name) for name in sorted(table.columns)]
    salt = str(seed).encode()
    return [
        blake2b(repr(row).encode("utf-8", "replace"), key=salt, digest_size=16).digest()
        for row in zip(*columns, strict=True)
    ]


def _moment(cell, row):
    """A number that grows with time."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    try:
        if isinstance(cell, (datetime.date, datetime.datetime)):
            cell = cell.isoformat()
        return _number(str(cell))
    except ValueError:
        raise ColumnError(
            f"Row {row + 1} has no readable time",
            expected="a number, or a date like 2024-05-31T12:00:00",
            got="an empty cell" if cell is None else repr(cell),
        ) from None


def _number(text):
    try:
        return float(text)
    except ValueError:
        moment = datetime.datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:  # one clock for all rows, whichever it is
        moment = moment.replace(tzinfo=datetime.UTC)
    return moment.timestamp()


def _sorted(rows):
    return np.sort(np.array(rows, int))
