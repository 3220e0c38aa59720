"""Rules about leakage: what tells the answer and will not be there in real use."""

import re
from collections import Counter, defaultdict
from datetime import date, time

import numpy as np

from homodal.checks.findings import ERROR, NOTE, WARNING, Finding, share
from homodal.data.schema import TARGET

_PURE = 0.95  # of the rows that a value's commonest answer gets right
_LIFT = 0.5  # of what the always commonest answer gets wrong, to be explained
_EXPLAINED = 0.5  # of the variance of a duration, by the class
_FEWEST = 20  # rows
_PIECES = re.compile(r"[/\\_\-. ]+")
_DIGITS = re.compile(r"\d+")
_MOST_PLACES = 8  # pieces of a path that are looked at


def leakage_findings(inspection):
    """What tells the target: copies of it, names of files, groups, durations."""
    answers = inspection.answers
    if not answers or len({a for a in answers if a is not None}) < 2:
        return []
    found = _columns(inspection) + _texts(inspection)
    return found + _file_names(inspection) + _durations(inspection)


def purity(values, answers):
    """`(share right, values, share right without)`: of the commonest answer a value.

    values, answers: of each row; rows where either is None do not count. Values must
    stand in half of the rows and each in two on average, or nothing was shown.
    """
    groups: dict = defaultdict(Counter)
    for value, answer in zip(values, answers, strict=True):
        if value is not None and answer is not None:
            groups[value][answer] += 1
    rows = sum(sum(counts.values()) for counts in groups.values())
    few = rows < max(_FEWEST, len(answers) / 2) or rows < 2 * len(groups)
    if few or len(groups) < 2:
        return 0.0, len(groups), 1.0
    right = sum(counts.most_common(1)[0][1] for counts in groups.values())
    all_answers: Counter = sum(groups.values(), Counter())
    return right / rows, len(groups), all_answers.most_common(1)[0][1] / rows


def tells(values, answers):
    """True when a value's commonest answer is nearly always right, and that is news."""
    pure, _, majority = purity(values, answers)
    return pure >= _PURE and pure - majority >= _LIFT * (1 - majority)


def _columns(inspection):
    """Whole columns: copies of the target, and groups that have one answer each."""
    found = []
    targets = [c.name for c in inspection.schema.columns if c.role == TARGET]
    classes = len({a for a in inspection.answers if a is not None})
    for name in inspection.table.columns:
        if name in targets:
            continue
        seen = inspection.seen.get(name)
        if seen is not None and seen.media:
            continue
        values = [_plain(cell) for cell in inspection.table.cells(name)]
        if not tells(values, inspection.answers):
            continue
        pure, different, _ = purity(values, inspection.answers)
        known = {value for value in values if value is not None}
        copy = different == classes and pure > 0.999
        words = "is a copy of" if copy else "tells"
        what = f"{words} the target in {100 * pure:.3g} % of the rows"
        severity = ERROR if copy and seen is not None else WARNING
        do = f"Leave it out if it is not known in use: --set columns.{name}=ignored"
        if seen is None:
            do = "It is no input, and training does not use it"
        found.append(
            Finding(
                "copy-of-target" if copy else "group-tells-target",
                severity,
                (name,),
                f"{what} ({len(known)} different values)",
                (),
                do,
            )
        )
    return found


def _texts(inspection):
    """Texts in which the name of the answer stands as a word."""
    found = []
    for name, seen in inspection.seen.items():
        if seen.modality != "text":
            continue
        texts = inspection.table.cells(name)
        both = [
            (text.casefold(), answer.casefold())
            for text, answer in zip(texts, inspection.answers, strict=True)
            if isinstance(text, str) and answer is not None
        ]
        held = sum(_holds(text, answer) for text, answer in both)
        if len(both) >= _FEWEST and held >= _PURE * len(both):
            what = f"the name of the answer stands in {share(held, len(both))} texts"
            do = f"Leave it out, unless that is meant: --set columns.{name}=ignored"
            found.append(Finding("text-tells-target", WARNING, (name,), what, (), do))
    return found


def _holds(text, answer):
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", text) is not None


def _file_names(inspection):
    """A piece of the media's path that tells the answer: no model sees it, people do.

    It is a leak where a tool reads names, and it shows how the table was made: a split
    by file name would then be a split by class.
    """
    found = []
    for name, seen in inspection.seen.items():
        paths = inspection.table.cells(name) if seen.media else []
        if not any(isinstance(path, str) for path in paths):
            continue
        pieces = [_pieces(path) for path in paths]
        for place in range(max(map(len, pieces), default=0)):
            values = [p[place] if place < len(p) else None for p in pieces]
            if tells(values, inspection.answers):
                pure, different, _ = purity(values, inspection.answers)
                example = next(p for p in paths if len(_pieces(p)) > place)
                what = (
                    f"part {place + 1} of the file names tells the target in "
                    f"{100 * pure:.3g} % of the rows ({different} values, "
                    f"e.g. '{_pieces(example)[place]}' in '{example[:60]}')"
                )
                found.append(Finding("file-name-tells-target", NOTE, (name,), what))
                break
    return found


def _pieces(path):
    """The pieces of a path; in each, letters and digits apart."""
    if not isinstance(path, str):
        return []
    pieces = []
    for piece in _PIECES.split(path):
        letters, digits = _DIGITS.sub("", piece), _DIGITS.search(piece)
        pieces += [letters] if letters else []
        pieces += [digits[0]] if digits else []
    return pieces[:_MOST_PLACES]


def _durations(inspection):
    found = []
    for name, seen in inspection.seen.items():
        explained = variance_explained(
            seen.figures.get("seconds", []), inspection.answers
        )
        if explained >= _EXPLAINED:
            what = f"the class explains {100 * explained:.0f} % of the durations"
            do = "See whether the recordings were cut by class"
            found.append(
                Finding("duration-tells-target", WARNING, (name,), what, (), do)
            )
    return found


def variance_explained(values, answers):
    """Correlation ratio eta squared: variance between classes over all, 0 to 1."""
    groups = defaultdict(list)
    for value, answer in zip(values, answers, strict=False):
        if value is not None and answer is not None:
            groups[answer].append(value)
    everything = np.array([v for group in groups.values() for v in group], float)
    if len(everything) < max(_FEWEST, 3 * len(groups)) or everything.std() == 0:
        return 0.0
    mean = everything.mean()
    between = sum(len(g) * (np.mean(g) - mean) ** 2 for g in groups.values())
    return float(between / ((everything - mean) ** 2).sum())


def _plain(cell):
    return cell if isinstance(cell, (str, int, float, bool, date, time)) else None
