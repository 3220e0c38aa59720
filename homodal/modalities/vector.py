"""Vector cells: numbers of one length in, standardised numbers out."""

import json
import re
from collections import Counter

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell
from homodal.media import repairs
from homodal.media.files import shown, try_each
from homodal.media.options import between
from homodal.plain.features import Flat

_LONGEST = 65_536  # numbers of a vector that is told
_EMBEDDING = 4096  # numbers; a longer row of them is a sound
_FEWEST = 2
_LIMIT = 10.0  # standard deviations; one wild value must not blow up a network
_MOST_READ = 2_000_000  # characters of a cell
_BETWEEN = re.compile(r"[\s,;]+")


class Vector(Modality):
    """Numbers of one length, e.g. an embedding, standardised one by one.

    A cell is a list or an array of numbers, or a text of them in brackets:
    `[0.1, 0.2]`, `[0.1 0.2]`.

    length: how many numbers a cell has; null: as many as most training cells.
    """

    block = "table"
    learn_from = 100_000

    def __init__(self, length=None):
        if length is not None:
            between("vector", "length", length, _FEWEST, _LONGEST)
        self.length = length

    def recognise(self, cells):
        vectors, reason = try_each(cells, _numbers_of)
        why = f"{len(vectors)} of {len(cells)} cells are lists of numbers"
        if not vectors or len(vectors) < 0.9 * len(cells):
            share = len(vectors) / max(1, len(cells))
            return Evidence(0.3 * share, f"{why}; {reason}" if reason else why)
        lengths = Counter(len(vector) for vector in vectors)
        length, cells_of_it = lengths.most_common(1)[0]
        share = cells_of_it / len(cells)
        if share < 0.9:
            shortest, longest = min(lengths), max(lengths)
            return Evidence(
                0.3, f"{why}, of {shortest} to {longest}: not of one length"
            )
        why = f"{cells_of_it} of {len(cells)} cells are {length} numbers each"
        if length > _EMBEDDING:
            return Evidence(0.3, f"{why}, as many as a sound has samples")
        binary = all(set(np.unique(v).tolist()) <= {0.0, 1.0} for v in vectors)
        why += ", all of them 0 or 1" if binary else ""
        return Evidence(0.99 * share, why, {"length": length})

    def read(self, cell):
        """The numbers, float64 `(length,)`."""
        numbers = _numbers_of(cell)
        if self.length not in (None, len(numbers)):
            raise BadCell(f"{len(numbers)} numbers, not {self.length}")
        return numbers

    def learn(self, arrays):
        """Facts: location and scale of each of the numbers, lists as long as a vector.

        Of arrays of several lengths the commonest one counts.
        """
        sums: dict[int, list] = {}
        for array in arrays:
            count, first, total, squares = sums.get(len(array), (0, array, 0.0, 0.0))
            away = array - first  # small sums of numbers that are far from zero
            sums[len(array)] = [count + 1, first, total + away, squares + away**2]
        if not sums:
            length = self.length or _FEWEST
            return {"location": [0.0] * length, "scale": [1.0] * length}
        count, first, total, squares = max(sums.values(), key=lambda each: each[0])
        mean = total / count
        scale = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
        constant = scale <= 1e-9 * np.abs(first + mean)
        return {
            "location": (first + mean).tolist(),
            "scale": np.where(constant, 1.0, scale).tolist(),
        }

    def encode(self, array, facts):
        """Standard deviations from the mean, float32 `(1, length)`, within 10."""
        location, scale = np.asarray(facts["location"]), np.asarray(facts["scale"])
        if len(array) != len(location):
            raise BadCell(f"{len(array)} numbers, not {len(location)} as in training")
        values = (array - location) / scale
        wild = int((np.abs(values) > _LIMIT).sum())
        if wild:
            repairs.note(
                f"numbers beyond {_LIMIT:g} deviations were drawn in: {wild} of "
                f"{len(values)}"
            )
        return np.clip(values, -_LIMIT, _LIMIT).astype(np.float32)[None]

    def shape(self, facts):
        return (1, len(facts["location"]))

    def figures(self, array):
        """The length of the vector: how far it is from zero."""
        return {"norm": float(np.linalg.norm(array))}

    def plain(self, facts):
        return Flat()

    def example(self, folder, rng):
        return [round(float(value), 4) for value in rng.normal(0.0, 1.0, 6)]


def _numbers_of(cell):
    """The numbers of a cell, float64 `(n,)`, two or more. Raises `BadCell`."""
    values = _from_text(cell) if isinstance(cell, str) else cell
    if isinstance(values, (list, tuple)):
        if not all(isinstance(v, (int, float, np.number)) for v in values):
            raise BadCell(f"not a list of numbers: {shown(cell)}")
    elif not (isinstance(values, np.ndarray) and values.dtype.kind in "biuf"):
        raise BadCell(f"not a list of numbers: {shown(cell)}")
    try:
        numbers = np.asarray(values, np.float64)
    except (ValueError, OverflowError, TypeError):
        raise BadCell(f"not a list of numbers: {shown(cell)}") from None
    if numbers.ndim != 1:
        raise BadCell(f"{numbers.ndim} dimensions, not a list of numbers")
    if len(numbers) < _FEWEST:
        raise BadCell(f"{len(numbers)} numbers, not {_FEWEST} or more")
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        raise BadCell(
            f"not a finite number at place {wrong[0] + 1}: {numbers[wrong[0]]}"
        )
    return numbers


def _from_text(text):
    """The list that a text writes out: JSON, or as NumPy prints it."""
    text = text.strip()
    if not text.startswith("[") or not text.endswith("]") or len(text) > _MOST_READ:
        raise BadCell(f"not a list of numbers: {shown(text)}")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [float(piece) for piece in _BETWEEN.split(text[1:-1].strip()) if piece]
    except ValueError:
        raise BadCell(f"not a list of numbers: {shown(text)}") from None
