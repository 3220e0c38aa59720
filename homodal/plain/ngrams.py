"""Bags of neighbouring tokens, weighed by how rare they are."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from homodal.plain.features import Figures, Learned, PlainFeatures, Sparse

_MOST = 50_000  # of the n-grams that stand in most training cells
_FEWEST = 2  # training cells that have it
_KEYS = 2**62


class Ngrams(PlainFeatures):
    """TF-IDF of runs of tokens: (1 + log count) idf, a row of length one.

    idf = log((1 + cells) / (1 + cells that have it)) + 1. longest: tokens of the
    longest run; tokens: how many different ones there are. A cell is an array
    `(steps,)` of token numbers, or `(steps, ...)` whose first number is the token's;
    0 is padding. Runs that only one training cell has are not kept, and at most 50,000
    are.
    Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988.
    """

    def __init__(self, tokens: int, longest: int = 2) -> None:
        self._tokens = tokens
        fitting = int(np.log(_KEYS) / np.log(max(tokens, 2)))
        self._longest = min(longest, fitting)

    def learn(self, figures: Figures, there: NDArray[np.bool_]) -> Learned:
        """keys: of the runs, sorted; idf: of each."""
        rows = np.flatnonzero(there)
        found = [np.unique(self._keys(np.asarray(figures[int(row)]))) for row in rows]
        everything = np.concatenate([np.zeros(0, np.int64), *found])
        keys, counts = np.unique(everything, return_counts=True)
        if (counts >= _FEWEST).any():
            keys, counts = keys[counts >= _FEWEST], counts[counts >= _FEWEST]
        if len(keys) > _MOST:
            kept = np.sort(np.argsort(-counts, kind="stable")[:_MOST])
            keys, counts = keys[kept], counts[kept]
        idf = np.log((1 + len(rows)) / (1 + counts)) + 1
        return {"keys": keys, "idf": idf.astype(np.float32)}

    def size(self, learned: Learned) -> int:
        return len(learned["keys"])

    def matrix(
        self, figures: Figures, there: NDArray[np.bool_], learned: Learned
    ) -> Sparse:
        bags = list(self._bags(figures, there, learned))
        offsets = np.concatenate([[0], np.cumsum([len(n) for n, _ in bags])])
        numbers = np.concatenate([np.zeros(0, np.int64), *(n for n, _ in bags)])
        values = np.concatenate([np.zeros(0, np.float32), *(v for _, v in bags)])
        return Sparse(offsets.astype(np.int64), numbers, values, self.size(learned))

    def _bags(
        self, figures: Figures, there: NDArray[np.bool_], learned: Learned
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """The `(numbers, values)` of each row."""
        known, idf = learned["keys"], learned["idf"]
        for row, is_there in enumerate(there):
            if not is_there or not len(known):
                yield np.zeros(0, np.int64), np.zeros(0, np.float32)
                continue
            keys, counts = np.unique(
                self._keys(np.asarray(figures[int(row)])), return_counts=True
            )
            places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            kept = known[places] == keys
            places, counts = places[kept], counts[kept]
            values = (1 + np.log(counts)) * idf[places]
            length = np.sqrt((values**2).sum()) or 1.0
            yield places, (values / length).astype(np.float32)

    def _keys(self, cell: NDArray[np.integer]) -> NDArray[np.int64]:
        """One whole number for each run: its tokens as digits of a large base."""
        tokens = cell.reshape(len(cell), -1)[:, 0].astype(np.int64)
        runs: Sequence[NDArray[np.int64]] = [tokens]
        for length in range(2, self._longest + 1):
            longer = runs[-1][:-1] * self._tokens + tokens[length - 1 :]
            runs = [*runs, longer]
        return np.concatenate(runs)
