"""Perceptual prints: numbers that are alike for what looks or reads alike.

A picture's print is the signs of the 64 lowest frequencies of a 32 x 32 grey version
but for the mean, against their median, as in Zauner, "Implementation and benchmarking
of perceptual image hash functions", 2010. Re-saved, resized or slightly recoloured
pictures differ in a few bits.
"""

import hashlib
import re
import unicodedata
from itertools import pairwise

import numpy as np

NEAR_BITS = 4  # of 64: re-saved and resized pictures stay within, others seldom do
_SIDE = 32
_LOW = 8
_LETTERS = re.compile(r"[^\w]+|_")
_FLAT = 2.0  # grey levels; less contrast has no frequencies to speak of


def picture_print(grey):
    """64 bits of a grey picture `(height, width)`; None where it is nearly flat."""
    if grey.std() < _FLAT:
        return None
    small = _resized(np.asarray(grey, np.float32))
    cosines = _cosines()
    low = (cosines @ small @ cosines.T).ravel()[1 : _LOW * _LOW + 1]
    bits = np.zeros(64, bool)
    bits[: len(low)] = low > np.median(low)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def text_print(text):
    """64 bits of the letters and digits of a text, whatever their case and spacing.

    None where it has none. Equal prints are near duplicates; unequal ones say nothing.
    """
    letters = _LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())
    if not letters:
        return None
    digest = hashlib.sha256(letters.encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:8], "big")


def near_pairs(prints, bits=NEAR_BITS):
    """Pairs of places `(i, j)`, i < j, whose prints differ in at most `bits` bits.

    prints: int or None for each place. By the pigeonhole principle two such prints
    agree in one of `bits + 1` parts, so that only those are compared.
    """
    groups: dict[int, list[int]] = {}
    for place, value in enumerate(prints):
        if value is not None:
            groups.setdefault(value, []).append(place)
    values = sorted(groups)
    near = {(a, b) for a, b in _candidates(values, bits + 1) if _apart(a, b) <= bits}
    found = []
    for value in values:  # chains, not all pairs, of what is equal
        found += [(a, b) for a, b in pairwise(groups[value])]
    for one, other in near:
        pair = sorted((groups[one][0], groups[other][0]))
        found.append((pair[0], pair[1]))
    return sorted(found)


def _candidates(values, parts):
    edges = [round(64 * i / parts) for i in range(parts + 1)]
    for low, high in pairwise(edges):
        bins: dict[int, list[int]] = {}
        for value in values:
            bins.setdefault(value >> low & (1 << high - low) - 1, []).append(value)
        for bin_ in bins.values():
            for i, one in enumerate(bin_):
                yield from ((one, other) for other in bin_[i + 1 : i + 200])


def _apart(one, other):
    return (one ^ other).bit_count()


def _resized(grey):
    rows = np.linspace(0, grey.shape[0], _SIDE + 1)
    columns = np.linspace(0, grey.shape[1], _SIDE + 1)
    return _averages(_averages(grey, rows).T, columns).T


def _averages(values, edges):
    """Means of the rows of `values` between (broken) edges: area averaging."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    whole = np.minimum(edges.astype(int), len(values) - 1)
    at = sums[whole] + (edges - whole)[:, None] * values[whole]
    return np.diff(at, axis=0) / np.diff(edges)[:, None]


def _cosines():
    """The lowest rows of the discrete cosine transform of 32 points, `(9, 32)`."""
    place = (np.arange(_SIDE) + 0.5) * np.pi / _SIDE
    return np.cos(np.outer(np.arange(_LOW + 1), place))
