"""Rules about a column that says who trains: what stands on two sides of it."""

from collections import Counter

from homodal.checks.doubles import SHOWN, equal_groups, near_of
from homodal.checks.findings import ERROR, NOTE, WARNING, Finding, from_one, share
from homodal.data.schema import TARGET
from homodal.media.names import name_or_cell
from homodal.tables.splits import PARTS

_APART = "Keep them on one side: scores on them say nothing"


def split_findings(inspection):
    """Media, near duplicates and groups that stand in two parts of a table's split.

    The split is the column with that role; else one that holds nothing but the names of
    its parts, and then a note says so.
    """
    name, parts = _split_of(inspection)
    if name is None:
        return []
    found = [] if _told(inspection, name) else [_to_be_told(name, parts)]
    for seen in inspection.seen.values():
        found += _same(seen, name, parts) + _near(seen, name, parts)
    for column in inspection.schema.columns:
        if column.role == "group":
            found += _groups(inspection, column.name, name, parts)
    return found


def _split_of(inspection):
    """`(column, part of each row or None)`; `(None, [])` without one."""
    roles = {column.name: column.role for column in inspection.schema.columns}
    named = [name for name, role in roles.items() if role == "split"]
    for name in named or [n for n, role in roles.items() if role != TARGET]:
        cells = inspection.table.cells(name)
        parts = [PARTS.get(str(cell).strip().lower()) for cell in cells]
        if len(set(parts)) > 1 and (named or None not in parts):
            return name, parts
    return None, []


def _told(inspection, name):
    column = next(c for c in inspection.schema.columns if c.name == name)
    return column.role == "split"


def _to_be_told(name, parts):
    counts = Counter(parts).most_common()
    what = "says who trains: " + ", ".join(f"{n:,} {part}" for part, n in counts)
    do = f"A training heeds it if told: --set columns.{name}=split"
    return Finding("split-column", NOTE, (name,), what, (), do)


def _same(seen, name, parts):
    groups = [
        rows
        for rows in equal_groups(seen.digests)
        if len({parts[row] for row in rows} - {None}) > 1
    ]
    if not groups:
        return []
    rows = [row for group in groups for row in group]
    pairs = [_across(group, parts) for group in groups]
    what = f"{share(len(rows), len(parts))} cells stand in two parts of '{name}'"
    return [
        Finding(
            "same-in-two-splits",
            ERROR if seen.media else NOTE,
            (seen.name,),
            what,
            from_one(rows),
            _APART * seen.media,
            tuple(_said(pair, parts) for pair in pairs[:SHOWN]),
            tuple((a + 1, b + 1) for a, b in pairs[:SHOWN]),
        )
    ]


def _across(rows, parts):
    """Two of the rows that are in different parts."""
    rows = [row for row in rows if parts[row] is not None]
    return rows[0], next(row for row in rows if parts[row] != parts[rows[0]])


def _said(pair, parts):
    one, other = pair
    return f"row {one + 1} ({parts[one]}), row {other + 1} ({parts[other]})"


def _near(seen, name, parts):
    pairs = [
        (a, b)
        for a, b in (near_of(seen) if seen.media else [])
        if None not in (parts[a], parts[b]) and parts[a] != parts[b]
    ]
    if not pairs:
        return []
    what = f"{len(pairs):,} pairs across the parts of '{name}' look nearly the same"
    return [
        Finding(
            "near-in-two-splits",
            WARNING,
            (seen.name,),
            what,
            from_one(row for pair in pairs for row in pair),
            "Look at them",
            tuple(_said(pair, parts) for pair in pairs[:SHOWN]),
            tuple((a + 1, b + 1) for a, b in pairs[:SHOWN]),
        )
    ]


def _groups(inspection, group, name, parts):
    held: dict = {}
    cells = [name_or_cell(cell) for cell in inspection.table.cells(group)]
    for cell, part in zip(cells, parts, strict=True):
        if cell is not None and part is not None:
            held.setdefault(cell, set()).add(part)
    torn = {cell: found for cell, found in held.items() if len(found) > 1}
    if not torn:
        return []
    rows = [row for row, cell in enumerate(cells) if cell in torn]
    what = f"{share(len(torn), len(held))} groups stand in two parts of '{name}'"
    said = tuple(
        f"'{str(cell)[:40]}' in {' and '.join(sorted(found))}"
        for cell, found in list(torn.items())[:SHOWN]
    )
    return [
        Finding(
            "group-in-two-splits", ERROR, (group,), what, from_one(rows), _APART, said
        )
    ]
