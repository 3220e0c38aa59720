"""Who trains and who validates.

Every split depends on what is in a row, not on where the row stands: another order of
rows gives the same one. Rows that are equal, and rows that share content (see
`contents`), are one unit, and a unit is never cut in two.
"""

import contextlib
from collections import Counter
from hashlib import blake2b

import numpy as np

from homodal.errors import ColumnError
from homodal.tables.cell_bytes import cell_bytes
from homodal.tables.date_order import order_evidence
from homodal.tables.dates import TIME, moment_of
from homodal.tables.plain_values import joined, reprs
from homodal.tables.samples import Samples

_PIECE_ROWS = 16_384  # whose cells are Python objects at one time
_PLAIN = {str, int, float, bool, type(None)}
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
    held = np.zeros(len(table), bool)
    labelled = np.zeros(len(table), bool)
    for rows, sizes in _by_label(table, labels, seed, content):
        labelled[rows] = True
        held[rows] = np.repeat(_dealt(sizes, share), sizes)
    return np.flatnonzero(labelled & ~held), np.flatnonzero(held)


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


def latest(labels, times, share, content=()):
    """The latest `share` of the rows in `valid`; rows of one time stay together.

    times: a number or a date of each row, as `dates` reads them. content: as in
    `stratified`; an early row that shares it with one of the latest validates, too,
    since nothing late may train. Raises `ColumnError` for a row that has a label and no
    readable time.
    """
    rows = [row for row, label in enumerate(labels) if label is not None]
    order = order_evidence(times[row] for row in rows).order
    at = {row: _moment(times[row], row, order) for row in rows}
    ordered = sorted(rows, key=lambda row: at[row])
    if not ordered or at[ordered[0]] == at[ordered[-1]]:
        return _sorted(ordered), _sorted([])
    border = at[ordered[min(round(len(ordered) * (1 - share)), len(ordered) - 1)]]
    if border == at[ordered[0]]:  # most rows are of the first moment
        border = min(moment for moment in at.values() if moment > border)
    chosen = np.array(rows)
    held = np.array([at[row] >= border for row in rows])
    if len(content):
        unit = _units(chosen, [content[row] for row in rows])
        held = np.isin(unit, unit[held])
    return chosen[~held], chosen[held]


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
    fold_of = np.zeros(len(table), np.int32)  # from 1; 0 where there is no label
    full = [0] * folds
    for rows, sizes in _by_label(table, labels, seed, content):
        chosen = np.empty(len(sizes), np.int32)
        for place, size in enumerate(sizes.tolist()):
            # where the fewest rows are, and of equals the first
            chosen[place] = full.index(min(full))
            full[chosen[place]] += size
        fold_of[rows] = np.repeat(chosen + 1, sizes)
    train = np.flatnonzero((fold_of > 0) & (fold_of != fold))
    return train, np.flatnonzero(fold_of == fold)


def _by_label(table, labels, seed, content):
    """`(rows, sizes)` of each label: its units' rows, one unit after the other.

    Units stand in the order of their least digest, labels in that of the alphabet; a
    unit counts under its commonest label.
    """
    rows = np.array([row for row, label in enumerate(labels) if label is not None], int)
    if not len(rows):
        return
    unit = _units(
        _row_digests(table, rows, seed),
        [content[r] for r in rows] if len(content) else (),
    )
    order = np.argsort(unit, kind="stable")
    rows, unit = rows[order], unit[order]
    starts = np.flatnonzero(np.diff(unit, prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    names = sorted({str(labels[row]) for row in rows})
    places = {name: place for place, name in enumerate(names)}
    code = np.array([places[str(labels[row])] for row in rows])
    of_unit = _commonest(code, starts, sizes)
    of_row = np.repeat(of_unit, sizes)
    for place in range(len(names)):
        yield rows[of_row == place], sizes[of_unit == place]


def _commonest(code, starts, sizes):
    """The commonest label of each unit; of equally common ones the first."""
    found = code[starts]
    mixed = np.maximum.reduceat(code, starts) != np.minimum.reduceat(code, starts)
    for unit in np.flatnonzero(mixed):
        labels = code[starts[unit] : starts[unit] + sizes[unit]].tolist()
        found[unit] = Counter(labels).most_common(1)[0][0]
    return found


def _units(digests, content):
    """`(rows,)` the number of each row's unit, which is the rank of its least digest.

    Rows are of one unit that are equal or share content, also by way of a third row.
    """
    known, rank = np.unique(digests, return_inverse=True)
    parent = np.arange(len(known))

    def root(place):
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict = {}
    for place, keys in zip(rank.tolist(), content, strict=False):
        for key in keys:
            one, other = root(place), root(first.setdefault(key, place))
            parent[max(one, other)] = min(one, other)
    roots = np.array([root(place) for place in range(len(known))]) if first else parent
    return roots[rank]


def _dealt(sizes, share):
    """`(units,)` True for those that validate."""
    rows = int(sizes.sum())
    wanted = round(rows * share) if len(sizes) > 1 else 0
    wanted = max(wanted, 1) if rows >= 5 and len(sizes) > 1 else wanted
    # a large unit may be more than is wanted, but never all there is
    held = np.cumsum(sizes) - sizes < wanted
    held[-1] = False
    return held


def _row_digests(table, rows, seed):
    """`(rows,)` 16 bytes each, of what is in a row."""
    salt = str(seed).encode()
    found = np.empty(len(rows), "S16")
    for begin in range(0, len(rows), _PIECE_ROWS):
        piece = rows[begin : begin + _PIECE_ROWS]
        columns = [_reprs(table, name, piece) for name in sorted(table.columns)]
        texts = joined(columns, ", ")
        end = ",)" if len(columns) == 1 else ")"
        for place, text in enumerate(texts.to_pylist(), begin):
            row = f"({text}{end}".encode()
            found[place] = blake2b(row, key=salt, digest_size=16).digest()
    return found


def _reprs(table, name, rows):
    """What `repr` makes of the cells of these rows, an Arrow array."""
    import pyarrow as pa

    values = table.plain_values(name, rows)
    texts = None if values is None else reprs(values)
    if texts is not None:
        return texts
    cells = _whole_cells(table.cells(name, rows))
    return pa.array(list(map(repr, cells)), pa.large_string())


def _whole_cells(cells):
    return cells if set(map(type, cells)) <= _PLAIN else map(_whole, cells)


def _whole(cell):
    """The cell, or all bytes of an array, of which `repr` leaves out the middle."""
    entries = cell if isinstance(cell, list) else [cell]
    if any(isinstance(each, (np.ndarray, Samples)) for each in entries):
        return cell_bytes(cell)
    return cell


def _moment(cell, row, order):
    """A number that grows with time; order: of the column's dates, None if any."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    try:
        return _seconds(cell, order)
    except (ValueError, OverflowError) as why:
        raise ColumnError(
            f"Row {row + 1} has no readable time",
            expected="a number, or a date like 2024-05-31T12:00:00",
            got="an empty cell" if cell is None else f"{cell!r} ({why})",
        ) from None


def _seconds(cell, order):
    """Seconds from 1970; a date without a zone is of one clock with all others."""
    if isinstance(cell, str):
        with contextlib.suppress(ValueError):
            return float(cell)
    moment = moment_of(cell, order)
    if moment.part == TIME:
        raise ValueError("a time of day without its date")
    return moment.seconds


def _sorted(rows):
    return np.sort(np.array(rows, int))
