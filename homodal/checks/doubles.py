"""Rules about duplicates: in one table, and in tables that should share nothing."""

from homodal.checks.findings import ERROR, NOTE, WARNING, Finding, from_one, share
from homodal.checks.prints import NEAR_BITS, near_pairs

_EXACT_BITS = 0  # prints of texts are hashes: near ones are no nearer than others
SHOWN = 20


def double_findings(inspection):
    """Duplicates within a table: of single cells, near ones, and of whole rows."""
    found = []
    for seen in inspection.seen.values():
        groups = equal_groups(seen.digests)
        if groups:
            found.append(_exact(seen, groups))
        near = near_of(seen)
        if near:
            found.append(_near(seen, near))
    return found + _whole_rows(inspection)


def shared_findings(inspection, other, split):
    """Content of `inspection` that is in the table `other` too, called `split`."""
    found = []
    for name, seen in inspection.seen.items():
        if name not in other.seen:
            continue
        theirs = _first_rows(other.seen[name].digests)
        same = [r for r, d in enumerate(seen.digests) if d is not None and d in theirs]
        if same:
            pairs = [(row + 1, theirs[seen.digests[row]] + 1) for row in same[:SHOWN]]
            media = seen.media
            what = f"{share(len(same), len(seen.digests))} cells are in {split} too"
            found.append(
                Finding(
                    "same-in-two-splits",
                    ERROR if media else NOTE,
                    (name,),
                    what,
                    from_one(same),
                    f"Drop them here or in {split}: scores on them say nothing"
                    if media
                    else "",
                    tuple(f"row {a} = row {b} of {split}" for a, b in pairs),
                    tuple(pairs),
                    split,
                )
            )
        found += _near_shared(seen, other.seen[name], split, set(same))
    return found + _shared_rows(inspection, other, split)


def _shared_rows(inspection, other, split):
    """Whole rows, answer and all, that stand in both tables.

    Not said where the other table's rows mostly repeat each other: few values in few
    columns are equal by chance.
    """
    names = [name for name in inspection.seen if name in other.seen]
    if not names:
        return []
    own, theirs = _row_contents(inspection, names), _row_contents(other, names)
    places = {content: row for row, content in enumerate(theirs) if any(content)}
    if 2 * len(places) <= len(theirs):
        return []
    same = [(row, places[each]) for row, each in enumerate(own) if each in places]
    if not same:
        return []
    count = len({row for _, row in same})
    pairs = tuple((one + 1, two + 1) for one, two in same[:SHOWN])
    return [
        Finding(
            "rows-in-two-splits",
            ERROR if 2 * count >= len(theirs) else WARNING,
            tuple(names),
            f"{share(count, len(theirs))} rows of {split} stand in this table, too",
            from_one(row for row, _ in same),
            f"Drop them here or in {split}: scores on them say nothing",
            tuple(f"row {one} = row {two} of {split}" for one, two in pairs),
            pairs,
            split,
        )
    ]


def _row_contents(inspection, names):
    """`(content of each column, answer)` of each row; None where a cell is absent."""
    answers = inspection.answers or [None] * len(inspection.table)
    return [
        (*(_content(inspection.seen[name], row) for name in names), answer)
        for row, answer in enumerate(answers)
    ]


def equal_groups(digests):
    """Groups of two or more rows (from 0) with the same digest."""
    groups: dict = {}
    for row, digest in enumerate(digests):
        if digest is not None:
            groups.setdefault(digest, []).append(row)
    return [rows for rows in groups.values() if len(rows) > 1]


def near_of(seen):
    """Pairs of rows (from 0) that look alike without being equal."""
    bits = NEAR_BITS if seen.media else _EXACT_BITS
    return [
        (one, other)
        for one, other in near_pairs(seen.prints, bits)
        if seen.digests[one] != seen.digests[other]
    ]


def _exact(seen, groups):
    spare = sum(len(rows) - 1 for rows in groups)
    what = f"{share(spare, len(seen.digests))} cells repeat another one's content"
    rows = [row for group in groups for row in group]
    evidence = tuple(
        "rows " + " = ".join(str(row + 1) for row in group[:4])
        for group in groups[:SHOWN]
    )
    severity = WARNING if seen.media else NOTE
    do = "A split keeps equal rows together; drop what was not meant" * seen.media
    pairs = tuple((group[0] + 1, group[1] + 1) for group in groups[:SHOWN])
    return Finding(
        "duplicates", severity, (seen.name,), what, from_one(rows), do, evidence, pairs
    )


def _near(seen, pairs):
    rows = [row for pair in pairs for row in pair]
    alike = "look" if seen.media else "read"
    what = f"{len(pairs):,} pairs of cells {alike} nearly the same"
    evidence = tuple(f"rows {a + 1} and {b + 1}" for a, b in pairs[:SHOWN])
    return Finding(
        "near-duplicates",
        NOTE,
        (seen.name,),
        what,
        from_one(rows),
        "Look at them; near duplicates in two splits flatter the scores",
        evidence,
        tuple((a + 1, b + 1) for a, b in pairs[:SHOWN]),
    )


def _near_shared(seen, theirs, split, exact):
    if not seen.media:
        return []
    own = len(seen.prints)
    pairs = [
        (one, other - own)
        for one, other in near_pairs([*seen.prints, *theirs.prints])
        if one < own <= other and one not in exact
    ]
    if not pairs:
        return []
    what = f"{len({a for a, _ in pairs}):,} cells look nearly like some in {split}"
    return [
        Finding(
            "near-in-two-splits",
            WARNING,
            (seen.name,),
            what,
            from_one(a for a, _ in pairs),
            "Look at them",
            tuple(f"row {a + 1} ~ row {b + 1} of {split}" for a, b in pairs[:SHOWN]),
            tuple((a + 1, b + 1) for a, b in pairs[:SHOWN]),
            split,
        )
    ]


def _whole_rows(inspection):
    """Rows that are equal in every input column."""
    if len(inspection.seen) < 2:
        return []
    columns = inspection.seen.values()
    rows = [
        tuple(_content(seen, row) for seen in columns)
        for row in range(len(inspection.table))
    ]
    digests = [row if any(part is not None for part in row) else None for row in rows]
    groups = equal_groups(digests)
    if not groups:
        return []
    spare = sum(len(group) - 1 for group in groups)
    what = f"{share(spare, len(rows))} rows repeat another row in every input"
    return [
        Finding(
            "duplicate-rows",
            WARNING,
            tuple(inspection.seen),
            what,
            from_one(row for group in groups for row in group),
        )
    ]


def _content(seen, row):
    if seen.digests[row] is not None:
        return seen.digests[row]
    values = [figures[row] for figures in seen.figures.values()]
    return tuple(values) if any(value is not None for value in values) else None


def _first_rows(digests):
    first: dict = {}
    for row, digest in enumerate(digests):
        if digest is not None:
            first.setdefault(digest, row)
    return first
