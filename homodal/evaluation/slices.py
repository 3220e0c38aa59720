"""Where a model is better or worse: accuracy by any column and by properties of media.

Rows are grouped by what their cells are (a name, a quarter of a range) and by what they
have: length, loudness, brightness, duration, gaps.
"""

import contextlib
import hashlib
from itertools import pairwise

import numpy as np

from homodal.data.preparation import PIECE_ROWS
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
    for by, names, place in _properties(model, rows, numbers, seed):
        for code in sorted(range(len(names)), key=lambda code: str(names[code])):
            inside = place == code
            outside = (place >= 0) & ~inside
            if inside.sum() >= _FEWEST_ROWS and outside.any():
                name = names[code]
                found.append(_slice(by, name, right[inside], right[outside], seed))
    for each, p in zip(found, holm([each["p"] for each in found]), strict=True):
        each["p"] = p
    return sorted(found, key=lambda each: each["accuracy"]["value"] - each["rest"])


def quarters(values):
    """`(texts, place)`: `"12 to 40"` and others, and which of them each value is in.

    place: `(rows,)`, -1 for NaN. Of too few different values to be ranges, the values;
    no text where there is but one.
    """
    values = np.asarray(values, float)
    finite = np.isfinite(values)
    known = values[finite]
    different = np.unique(known)
    if len(different) <= _QUARTERS:
        shown = different if len(different) > 1 else different[:0]
        place = np.searchsorted(different, values) if len(shown) else -1
        return [f"{v:.3g}" for v in shown], np.where(finite, place, -1)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _QUARTERS + 1)))
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return [f"{a:.3g} to {b:.3g}" for a, b in pairwise(edges)], np.where(
        finite, place, -1
    )


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
    """Yield `(what, names, place)`: the index of its name for each row, or -1."""
    yield from _gaps(model, rows, numbers)
    yield from _values(model, rows, numbers)
    for column in model.preparation.columns:
        stored = rows.columns[column.slug]
        looked_at = np.arange(len(numbers))
        if len(numbers) > _READ_ROWS:
            rng = np.random.default_rng(seed)
            looked_at = rng.choice(len(numbers), _READ_ROWS, replace=False)
        measures = _measures(column)
        figures = np.full((len(measures), len(numbers)), np.nan)
        for place in looked_at if measures else ():
            # one cell at a time: those of a table of films are more than memory holds
            array = stored.array(numbers[place])
            if array is not None:
                figures[:, place] = [measure(array) for _, measure in measures]
        for (what, _), values in zip(measures, figures, strict=True):
            yield f"{what} of {column.name}", *quarters(values)
        if column.modality == "video":
            seconds = _film_seconds(rows.table, column, stored, numbers, looked_at)
            yield f"seconds of {column.name}", *quarters(seconds)


def _film_seconds(table, column, stored, numbers, looked_at):
    """As the files say, `(rows,)`: a stored film is a few frames, however long it was.

    NaN for cells that are not usable, not looked at, or whose files say nothing.
    """
    found = np.full(len(numbers), np.nan)
    cells = table.cells(column.name, numbers[looked_at])
    for place, cell in zip(looked_at, cells, strict=True):
        if usable(stored.status[numbers[place]]):
            with contextlib.suppress(BadCell):
                found[place] = film.probe(table.locate(cell)).seconds or np.nan
    return found


def _gaps(model, rows, numbers):
    count = np.zeros(len(numbers), int)
    for column in model.preparation.columns:
        ok = usable(rows.columns[column.slug].status[numbers])
        count += ok
        if not ok.all():
            yield f"{column.name} is", ["absent", "present"], ok.astype(int)
    different, place = np.unique(count, return_inverse=True)
    if len(model.preparation.columns) > 1 and len(different) > 1:
        yield "columns present", different.tolist(), place


def _values(model, rows, numbers):
    """By the cells themselves, of every column but the target and media."""
    media = {c.name for c in model.preparation.columns if c.reader().media}
    for name in rows.table.columns:
        if name not in media and name != model.preparation.target.name:
            yield name, *_grouped(rows.table, name, numbers)


def _grouped(table, column, numbers):
    """`(names, place)` of a column's cells, which are looked at a piece at a time.

    The values, where they are few; quarters of numbers; of many names the most frequent
    ones, and one group of all others.
    """
    values = _values_of(table, column, numbers)
    numeric = values.dtype.kind == "f"
    known = ~np.isnan(values) if numeric else values != 0
    different, counts = np.unique(values[known], return_counts=True)
    few = len(different) <= _MOST_GROUPS
    if not few and numeric:
        return quarters(values)
    kept = np.argsort(-counts, kind="stable")[:_MOST_GROUPS]
    kept = kept if few else kept[counts[kept] >= _FEWEST_ROWS]
    place, names = np.where(known, len(kept), -1), []
    for code, value in enumerate(different[kept]):
        inside = values == value
        place[inside] = code
        names.append(str(table.cells(column, numbers[inside.argmax()][None])[0]))
    return [*names, *[_OTHER] * (not few)], place


def _values_of(table, column, numbers):
    """`(rows,)` float64, NaN for none; of texts int64 that tell them apart, 0 for none.

    A million texts are too many to keep, 8 bytes of their hashes are not.
    """
    figures = np.full(len(numbers), np.nan)
    prints = np.zeros(len(numbers), np.int64)
    for begin in range(0, len(numbers), PIECE_ROWS):
        cells = table.cells(column, numbers[begin : begin + PIECE_ROWS])
        for place, cell in enumerate(cells, start=begin):
            if isinstance(cell, (int, float)):
                figures[place] = cell
            elif isinstance(cell, str):
                prints[place] = _print(cell)
    return prints if prints.any() else figures


def _print(text):
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), signed=True) or 1


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
