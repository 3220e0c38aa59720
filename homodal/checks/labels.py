"""Rules about the answers: balance, gaps, and candidates for wrong labels."""

from collections import Counter

import numpy as np

from homodal.checks.doubles import equal_groups, near_of
from homodal.checks.findings import NOTE, WARNING, Finding, from_one, share

_RARE = 5  # rows of a class
_UNEVEN = 20  # times as many rows in the largest class as in the smallest
_NEIGHBOURS = 5
_SHOWN = 20
_SEPARABLE = 0.6  # of the rows, to whose class most neighbours belong


def class_counts(answers):
    """`{class: rows}`, the largest first."""
    return dict(Counter(a for a in answers if a is not None).most_common())


def label_findings(inspection):
    """Findings about the target's values."""
    if not inspection.answers:
        return []
    return (
        _gaps(inspection)
        + _balance(inspection)
        + _contradictions(inspection)
        + _lonely(inspection)
    )


def _target(inspection):
    return tuple(column.name for column in inspection.schema.targets)


def _gaps(inspection):
    rows = [row for row, answer in enumerate(inspection.answers) if answer is None]
    if not rows:
        return []
    what = f"{share(len(rows), len(inspection.answers))} rows have no answer"
    do = "They take no part in training"
    return [
        Finding("no-answer", WARNING, _target(inspection), what, from_one(rows), do)
    ]


def _balance(inspection):
    counts = class_counts(inspection.answers)
    if len(counts) < 2:
        what = f"{len(counts)} different answers: there is nothing to learn"
        return [Finding("one-class", "error", _target(inspection), what)]
    rare = [name for name, rows in counts.items() if rows < _RARE]
    found = []
    if rare:
        named = ", ".join(f"'{name}' ({counts[name]})" for name in rare[:8])
        what = f"{len(rare)} of {len(counts)} classes have fewer than {_RARE} rows"
        rows = [r for r, answer in enumerate(inspection.answers) if answer in set(rare)]
        found.append(
            Finding(
                "rare-classes",
                WARNING,
                _target(inspection),
                f"{what}: {named}",
                from_one(rows),
                "Add rows or merge classes: so few can be neither learned nor judged",
            )
        )
    largest, smallest = max(counts.values()), min(counts.values())
    if largest >= _UNEVEN * smallest:
        what = f"the largest class has {largest:,} rows, the smallest {smallest:,}"
        do = "Judge by macro F1; try --set head.class_weights=balanced"
        found.append(Finding("unbalanced", NOTE, _target(inspection), what, (), do))
    return found


def _contradictions(inspection):
    """The same content, or nearly, with different answers."""
    found = []
    for name, seen in inspection.seen.items():
        if seen.modality not in ("image", "audio", "video", "text"):
            continue
        groups = equal_groups(seen.digests)
        pairs = [(group[0], row) for group in groups for row in group[1:]]
        for kind, chosen in (("same", pairs), ("nearly the same", near_of(seen))):
            differ = [p for p in chosen if _differ(inspection.answers, *p)]
            if differ:
                found.append(_contradiction(inspection, name, kind, differ))
    return found


def _differ(answers, one, other):
    known = answers[one] is not None and answers[other] is not None
    return known and answers[one] != answers[other]


def _contradiction(inspection, name, kind, pairs):
    answers = inspection.answers
    what = f"{len(pairs):,} pairs of {kind} content have different answers"
    evidence = tuple(
        f"row {a + 1} '{answers[a]}', row {b + 1} '{answers[b]}'"
        for a, b in pairs[:_SHOWN]
    )
    rows = from_one(row for pair in pairs for row in pair)
    do = "One of each two is wrong, or this column alone cannot tell"
    columns = (name, *_target(inspection))
    shown = tuple((a + 1, b + 1) for a, b in pairs[:_SHOWN])
    return Finding(
        "contradicting-labels", WARNING, columns, what, rows, do, evidence, shown
    )


def _lonely(inspection):
    """Rows whose nearest neighbours all agree on another answer than theirs.

    Cosine distance of simple vectors (small pictures, band power, counted words).
    Wilson, "Asymptotic properties of nearest neighbor rules using edited data", 1972.
    Said only where the neighbours are mostly right at all.
    """
    found = []
    for name, seen in inspection.seen.items():
        rows = [r for r in seen.vectors if inspection.answers[r] is not None]
        if len(rows) < 10 * _NEIGHBOURS:
            continue
        answers = np.array([inspection.answers[row] for row in rows])
        near = nearest(np.stack([seen.vectors[row] for row in rows]), _NEIGHBOURS)
        right = (answers[near] == answers[:, None]).mean(axis=1)
        agreed = (answers[near] == answers[near[:, :1]]).all(axis=1)
        if (right > 0.5).mean() < _SEPARABLE:
            continue
        odd = [place for place in np.flatnonzero(agreed) if right[place] == 0]
        if odd:
            found.append(_stranger(inspection, name, rows, answers, near, odd))
    return found


def _stranger(inspection, name, rows, answers, near, odd):
    what = f"{len(odd):,} rows lie among rows of one other class"
    evidence = tuple(
        f"row {rows[p] + 1} '{answers[p]}' among '{answers[near[p, 0]]}' "
        f"(rows {', '.join(str(rows[n] + 1) for n in near[p, :3])})"
        for p in odd[:_SHOWN]
    )
    columns = (name, *_target(inspection))
    listed = from_one(rows[place] for place in odd)
    do = "Look at them: some may be labelled wrongly"
    return Finding("label-noise", NOTE, columns, what, listed, do, evidence)


def nearest(vectors, count):
    """Places of the `count` nearest others of each vector by cosine: `(n, count)`."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.maximum(length, 1e-12)).astype(np.float32)
    found = np.empty((len(unit), count), int)
    for begin in range(0, len(unit), 512):
        alike = unit[begin : begin + 512] @ unit.T
        places = np.arange(begin, begin + len(alike))
        alike[np.arange(len(alike)), places] = -np.inf
        top = np.argpartition(-alike, count, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(alike, top, axis=1), axis=1)
        found[places] = np.take_along_axis(top, order, axis=1)
    return found
