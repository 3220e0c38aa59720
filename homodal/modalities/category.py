"""Category cells: one of a few names in, its number out."""

from bisect import bisect_left
from collections import Counter

import numpy as np

from homodal.contracts import Evidence, Modality, Sample
from homodal.media import repairs
from homodal.media.files import shown, try_each
from homodal.media.names import name_of
from homodal.media.options import between
from homodal.media.words import count_words
from homodal.plain.features import OneOf

_NAMES = ("north", "south", "east", "west")


class Category(Modality):
    """One of a few names; 1, 1.0 and "1" are the same name.

    max_categories: only the commonest ones of the training rows are learned; the
    others count as unknown.
    min_count: categories that the training rows have less often count as unknown.

    A cell of an unknown category is read as such, and noted as repaired.
    """

    block = "table"
    repeats = True
    dtype = "int32"

    def __init__(self, max_categories=1000, min_count=1):
        self.max_categories = between(
            "category", "max_categories", max_categories, 1, 1_000_000
        )
        self.min_count = between("category", "min_count", min_count, 1, 1_000_000)

    def recognise(self, cells):
        names, reason = try_each(cells, name_of)
        if not names or len(names) < 0.9 * len(cells):
            return Evidence(0.0, f"{len(names)} of {len(cells)} are names: {reason}")
        sample = Sample.of(cells)
        different = sample.different(names)
        length = sum(map(count_words, names)) / len(names)
        why = f"{different:,} different values in {sample.rows:,} cells"
        if different / sample.rows > 0.5 or length > 6:
            return Evidence(0.2, why)
        return Evidence(_confidence(names, different), why)

    def read(self, cell):
        """The name as a 0-d array of str."""
        return np.array(name_of(cell))

    def learn(self, arrays):
        """Facts: categories, the learned names in the order of the alphabet."""
        counts = Counter(array.item() for array in arrays)
        frequent = [name for name, count in counts.items() if count >= self.min_count]
        commonest = sorted(frequent, key=lambda name: (-counts[name], name))
        return {"categories": sorted(commonest[: self.max_categories])}

    def encode(self, array, facts):
        """Place of the name among the categories, from 1, int32 `(1,)`; 0: unknown."""
        name, known = array.item(), facts["categories"]
        place = bisect_left(known, name)
        if place < len(known) and known[place] == name:
            return np.array([place + 1], np.int32)
        repairs.note(f"unknown category: {shown(name)}")
        return np.array([0], np.int32)

    def shape(self, facts):
        return (1,)

    def figures(self, array):
        """The name itself."""
        return {"name": array.item()}

    def plain(self, facts):
        return OneOf(1 + len(facts["categories"]))

    def example(self, folder, rng):
        return str(rng.choice(_NAMES))


def _confidence(names, different):
    if different == 1:
        return 0.6
    if different > 2 and all(_is_number(name) for name in names):
        return 0.4  # few different numbers are still numbers: their order counts
    return 0.95 if different <= 2 else 0.85


def _is_number(name):
    try:
        float(name)
    except ValueError:
        return False
    return True
