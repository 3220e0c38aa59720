"""Rules about the answers: balance, gaps, spelling, and candidates for wrong labels."""

import unicodedata
from collections import defaultdict
from itertools import chain

import numpy as np

from homodal.checks.answers import Answers, differ
from homodal.checks.doubles import equal_groups, near_of
from homodal.checks.findings import ERROR, NOTE, WARNING, Finding, from_one, share
from homodal.checks.inspection import Inspection

_RARE = 5  # rows of a class
_UNEVEN = 20  # times as many rows in the largest class as in the smallest
_NEIGHBOURS = 5
_SHOWN = 20
_SEPARABLE = 0.6  # of the rows, to whose class most neighbours belong


def label_findings(inspection: Inspection) -> list[Finding]:
    """Findings about the values of every target."""
    found: list[Finding] = []
    for answers in inspection.targets:
        found += _gaps(answers) + _unreadable(answers) + _balance(answers)
        if answers.exclusive:
            found += _joined(answers) + _look_alike(answers)
            found += _contradictions(inspection, answers)
            found += _lonely(inspection, answers)
    return found


def _gaps(answers: Answers) -> list[Finding]:
    rows = [row for row, text in enumerate(answers.texts) if text is None]
    if not rows:
        return []
    what = f"{share(len(rows), len(answers.texts))} rows have no answer"
    do = "They take no part in training"
    return [Finding("no-answer", WARNING, (answers.name,), what, from_one(rows), do)]


def _unreadable(answers: Answers) -> list[Finding]:
    rows = sorted(answers.unreadable)
    if not rows:
        return []
    what = f"{share(len(rows), len(answers.texts))} answers cannot be read"
    evidence = tuple(
        f"row {row + 1}: {answers.unreadable[row]}" for row in rows[:_SHOWN]
    )
    do = "Mend them, or leave the cells empty"
    return [
        Finding(
            "unreadable-answers",
            ERROR,
            (answers.name,),
            f"{what}, as a target of the kind {answers.kind}: {evidence[0]}",
            from_one(rows),
            do,
            evidence,
        )
    ]


def _balance(answers: Answers) -> list[Finding]:
    different = {text for text in answers.texts if text is not None}
    if len(different) < 2:
        what = f"{len(different)} different answers: there is nothing to learn"
        return [Finding("one-class", ERROR, (answers.name,), what)]
    counts = answers.counts
    if not counts:
        return []
    found = []
    rare = {name for name, rows in counts.items() if rows < _RARE}
    if rare:
        named = ", ".join(f"'{name}' ({counts[name]})" for name in sorted(rare)[:8])
        what = f"{len(rare)} of {len(counts)} classes have fewer than {_RARE} rows"
        rows = [r for r, names in enumerate(answers.classes) if rare & {*names}]
        found.append(
            Finding(
                "rare-classes",
                WARNING,
                (answers.name,),
                f"{what}: {named}",
                from_one(rows),
                "Add rows or merge classes: so few can be neither learned nor judged",
            )
        )
    largest, smallest = max(counts.values()), min(counts.values())
    if answers.exclusive and largest >= _UNEVEN * smallest:
        what = f"the largest class has {largest:,} rows, the smallest {smallest:,}"
        do = "Judge by macro F1; try --set head.class_weights=balanced"
        found.append(Finding("unbalanced", NOTE, (answers.name,), what, (), do))
    return found


def _joined(answers: Answers) -> list[Finding]:
    """Cells that are written in several ways and are one class."""
    several = {n: cells for n, cells in answers.spellings.items() if len(cells) > 1}
    if not several:
        return []
    evidence = tuple(
        f"'{name}': " + ", ".join(f"{cell!r} ({n})" for cell, n in cells.most_common(4))
        for name, cells in list(several.items())[:_SHOWN]
    )
    what = f"{len(several)} classes are written in several ways, and count as one each"
    return [
        Finding(
            "joined-labels",
            NOTE,
            (answers.name,),
            f"{what}: {evidence[0]}",
            (),
            "",
            evidence,
        )
    ]


def _look_alike(answers: Answers) -> list[Finding]:
    """Classes that differ in case, width, accents or punctuation only."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in answers.counts:
        groups[_skeleton(name)].append(name)
    alike = [names for key, names in groups.items() if key and len(names) > 1]
    if not alike:
        return []
    counts = answers.counts
    evidence = tuple(
        " and ".join(f"'{name}' ({counts[name]})" for name in sorted(names))
        for names in alike[:_SHOWN]
    )
    chosen = set(chain.from_iterable(alike))
    rows = [r for r, names in enumerate(answers.classes) if chosen & {*names}]
    return [
        Finding(
            "look-alike-labels",
            WARNING,
            (answers.name,),
            f"{len(chosen)} classes look alike and are different: {evidence[0]}",
            from_one(rows),
            "Write them alike if they are meant to be one",
            evidence,
        )
    ]


def _skeleton(name: str) -> str:
    """The letters and digits of a name, without case, width and accents.

    Signs count where a sign before a number or between digits makes it another number.
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    if any(letter.isdigit() for letter in letters):
        return "".join(each for each in letters if not each.isspace())
    return "".join(each for each in letters if each.isalnum())


def _contradictions(inspection: Inspection, answers: Answers) -> list[Finding]:
    """The same content, or nearly, with different answers."""
    found = []
    for name, seen in inspection.seen.items():
        if seen.modality not in ("image", "audio", "video", "text"):
            continue
        groups = equal_groups(seen.digests)
        pairs = [(group[0], row) for group in groups for row in group[1:]]
        for kind, chosen in (("same", pairs), ("nearly the same", near_of(seen))):
            different = [pair for pair in chosen if differ(answers, *pair)]
            if different:
                found.append(_contradiction(answers, name, kind, different))
    return found


def _contradiction(answers: Answers, name: str, kind: str, pairs: list) -> Finding:
    texts = answers.texts
    what = f"{len(pairs):,} pairs of {kind} content have different answers"
    evidence = tuple(
        f"row {a + 1} '{texts[a]}', row {b + 1} '{texts[b]}'" for a, b in pairs[:_SHOWN]
    )
    rows = from_one(row for pair in pairs for row in pair)
    do = "One of each two is wrong, or this column alone cannot tell"
    shown = tuple((a + 1, b + 1) for a, b in pairs[:_SHOWN])
    return Finding(
        "contradicting-labels",
        WARNING,
        (name, answers.name),
        what,
        rows,
        do,
        evidence,
        shown,
    )


def _lonely(inspection: Inspection, answers: Answers) -> list[Finding]:
    """Rows whose nearest neighbours all agree on another answer than theirs.

    Cosine distance of simple vectors (small pictures, band power, counted words).
    Wilson, "Asymptotic properties of nearest neighbor rules using edited data", 1972.
    Said only where the neighbours are mostly right at all.
    """
    found = []
    for name, seen in inspection.seen.items():
        rows = [r for r in seen.vectors if answers.texts[r] is not None]
        if len(rows) < 10 * _NEIGHBOURS:
            continue
        texts = np.array([answers.texts[row] for row in rows])
        near = nearest(np.stack([seen.vectors[row] for row in rows]), _NEIGHBOURS)
        right = (texts[near] == texts[:, None]).mean(axis=1)
        agreed = (texts[near] == texts[near[:, :1]]).all(axis=1)
        if (right > 0.5).mean() < _SEPARABLE:
            continue
        odd = [place for place in np.flatnonzero(agreed) if right[place] == 0]
        if odd:
            found.append(_stranger((name, answers.name), rows, texts, near, odd))
    return found


def _stranger(
    columns: tuple, rows: list, texts: np.ndarray, near: np.ndarray, odd: list
) -> Finding:
    what = f"{len(odd):,} rows lie among rows of one other class"
    evidence = tuple(
        f"row {rows[p] + 1} '{texts[p]}' among '{texts[near[p, 0]]}' "
        f"(rows {', '.join(str(rows[n] + 1) for n in near[p, :3])})"
        for p in odd[:_SHOWN]
    )
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
