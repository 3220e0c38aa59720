"""Where a model is better or worse: accuracy by any column and by properties of media.

Rows are grouped by what their cells are (a name, a quarter of a range) and by what they
have: length, loudness, brightness, duration, gaps.
"""

import contextlib
from collections import Counter
from itertools import pairwise

import numpy as np

from homodal.data.reading import usable
from homodal.errors import BadCell
from homodal.evaluation.intervals import share_interval
from homodal.evaluation.paired import fisher, holm
from homodal.media import frames as film

_MOST_GROUPS = 20  # values of a column that are slices, the most frequent ones
_OTHER = "(another)"
_FEWEST_ROWS = 5
_READ_ROWS = 2000  # media cells that are looked at
_QUARTERS = 4
_SILENCE = 1e-5


def slices_of(model, rows, outcomes, seed=0):
    """`[{"by", "slice", "rows", "accuracy": measured, "rest", "p"}]`, worst first.

    rest: accuracy of the other rows that have the property at all; p: Fisher's exact
    test of the two, after Holm over all slices.
    """
    numbers, right = outcomes.row.astype(int), outcomes.right
    found = []
    for by, groups in _properties(model, rows, numbers, seed):
        names = sorted({g for g in groups if g is not None}, key=str)
        codes = {name: code for code, name in enumerate(names)} | {None: -1}
        place = np.array([codes[group] for group in groups])
        for name in names:
            inside = place == codes[name]
            outside = (place >= 0) & ~inside
            if inside.sum() >= _FEWEST_ROWS and outside.any():
                found.append(_slice(by, name, right[inside], right[outside], seed))
    for each, p in zip(found, holm([each["p"] for each in found]), strict=True):
        each["p"] = p
    return sorted(found, key=lambda each: each["accuracy"]["value"] - each["rest"])


def quarters(values):
    """Texts `"12 to 40"`, one for each value, by quarters of the values; None for NaN.

    Of too few different values to be ranges, the values; all None where there is one.
    """
    values = np.asarray(values, float)
    known = values[np.isfinite(values)]
    different = len(np.unique(known))
    if different <= _QUARTERS:
        shown = np.isfinite(values) & (different > 1)
        return [f"{v:.3g}" if s else None for v, s in zip(values, shown, strict=True)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _QUARTERS + 1)))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    texts = [f"{a:.3g} to {b:.3g}" for a, b in pairwise(edges)]
    return [
        texts[p] if np.isfinite(v) else None for p, v in zip(place, values, strict=True)
    ]


def _slice(by, group, inside, outside, seed):
    hits, rows = int(inside.sum()), len(inside)
    return {
        "by": by,
        "slice": str(group),
        "rows": rows,
        "accuracy": share_interval(hits, rows, seed=seed),
        "rest": float(outside.mean()),
        "p": fisher(hits, rows, int(outside.sum()), len(outside)),
    }


def _properties(model, rows, numbers, seed):
    """Yield `(what, groups)`, one group or None for each of the rows `numbers`."""
    yield from _gaps(model, rows, numbers)
    yield from _values(model, rows, numbers)
    for column in model.preparation.columns:
        stored = rows.columns[column.slug]
        looked_at = numbers
        if len(numbers) > _READ_ROWS:
            rng = np.random.default_rng(seed)
            looked_at = rng.choice(numbers, _READ_ROWS, replace=False)
        measures = _measures(column)
        figures = np.full((len(measures), len(numbers)), np.nan)
        seen = set(looked_at.tolist())
        for place, row in enumerate(numbers):
            # one cell at a time: those of a table of films are more than memory holds
            array = stored.array(row) if measures and row in seen else None
            if array is not None:
                figures[:, place] = [measure(array) for _, measure in measures]
        for (what, _), values in zip(measures, figures, strict=True):
            yield f"{what} of {column.name}", quarters(values)
        if column.modality == "video":
            seconds = _film_seconds(rows.table, column, stored, numbers, seen)
            yield f"seconds of {column.name}", quarters(seconds)


def _film_seconds(table, column, stored, numbers, seen):
    """As the files say, `(rows,)`: a stored film is a few frames, however long it was.

    NaN for cells that are not usable, not looked at, or whose files say nothing.
    """
    found = np.full(len(numbers), np.nan)
    cells = table.cells(column.name, numbers)
    for place, (row, cell) in enumerate(zip(numbers, cells, strict=True)):
        if row in seen and usable(stored.status[row]):
            with contextlib.suppress(BadCell):
                found[place] = film.probe(table.locate(cell)).seconds or np.nan
    return found


def _gaps(model, rows, numbers):
    there = []
    for column in model.preparation.columns:
        ok = usable(rows.columns[column.slug].status[numbers])
        there.append(ok)
        if not ok.all():
            yield f"{column.name} is", ["present" if o else "absent" for o in ok]
    count = np.sum(there, axis=0)
    if len(there) > 1 and len(np.unique(count)) > 1:
        yield "columns present", [int(n) for n in count]


def _values(model, rows, numbers):
    """By the cells themselves, of every column but the target and media."""
    media = {c.name for c in model.preparation.columns if c.reader().media}
    for name in rows.table.columns:
        if name in media or name == model.preparation.target.name:
            continue
        cells = rows.table.cells(name, numbers)
        plain = [c if isinstance(c, (str, int, float, bool)) else None for c in cells]
        counts = Counter(c for c in plain if c is not None)
        if len(counts) <= _MOST_GROUPS:
            yield name, [None if c is None else str(c) for c in plain]
        elif all(isinstance(c, (int, float)) for c in counts):
            yield name, quarters([np.nan if c is None else c for c in plain])
        else:
            common = counts.most_common(_MOST_GROUPS)
            kept = {c for c, times in common if times >= _FEWEST_ROWS}
            named = {c: str(c) if c in kept else _OTHER for c in counts} | {None: None}
            yield name, [named[c] for c in plain]


def _measures(column):
    """`(name, function of an array)` of a modality's stored cells."""
    if column.modality == "text":
        return [("tokens", len)]
    if column.modality == "audio":
        rate = column.reader().rate_hz
        return [("seconds", lambda a: len(a) / rate), ("loudness (dB)", _loudness)]
    if column.modality == "image":
        return [("brightness", np.mean), ("contrast", np.std)]
    if column.modality == "images":
        return [("pictures", len), ("brightness", np.mean)]
    if column.modality == "video":
        return [("frames", len), ("brightness", np.mean)]
    return []


def _loudness(samples):
    power = np.mean(np.square(samples.astype(np.float64))) if len(samples) else 0.0
    return 10 * np.log10(max(power, _SILENCE**2))
