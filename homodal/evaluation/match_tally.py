"""Columns that belong together, scored by finding each from each of the others."""

import itertools

import numpy as np

from homodal.evaluation.intervals import SHARE, mean_interval
from homodal.evaluation.retrieval_scores import (
    MRR,
    by_chance,
    places_of,
    retrieval_figures,
)


class MatchTally:
    """Every row's vectors; see `evaluation.tallies` for what a tally does.

    The gallery is all rows that have the column that is looked for; a query is a row
    that has both. `mrr`, the first score, is the mean over all ways.
    """

    right = None

    def __init__(self, target):
        self._names = list(target.options.get("names", ()))
        self._vectors = {name: [] for name in self._names}
        self.rows = 0
        self.unlabelled = 0

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        self.rows += len(values)
        for name in self._names:
            self._vectors[name] += list(answers[name])

    def repeated(self, guess, rows):
        """Nothing is said blindly; `details` has what chance finds."""
        return {name: [None] * rows for name in self._names}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        found = [figures[MRR].mean() for _, figures, _ in self._ways() if len(figures)]
        return {MRR: float(np.mean(found)) if found else 0.0}

    @staticmethod
    def goodness(value: float) -> float:
        """See `evaluation.tallies`."""
        return value

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`."""
        ways = list(self._ways())
        together = [figures[MRR] for _, figures, _ in ways]
        every = np.concatenate(together) if together else []
        found = {MRR: mean_interval(every, SHARE, seed=seed)}
        for way, figures, _ in ways:
            for name, each in figures.items():
                found[f"{way}: {name}"] = mean_interval(each, SHARE, seed=seed)
        return found

    def details(self):
        """chance: what each score is worth of a blind choice; queries: their number."""
        chance, queries = {}, {}
        for way, figures, gallery in self._ways():
            queries[way] = len(figures[MRR])
            for name, value in by_chance(gallery).items():
                chance[f"{way}: {name}"] = value
        if not chance:
            return {}
        asked = sum(queries.values())
        every = (chance[f"{way}: {MRR}"] * n / asked for way, n in queries.items())
        return {"chance": {MRR: sum(every)} | chance, "queries": queries}

    def _ways(self):
        """`(way, figures, rows of the gallery)` of every column from every other."""
        for query, of in itertools.permutations(self._names, 2):
            given, wanted = self._vectors[query], self._vectors[of]
            there = [row for row, vector in enumerate(wanted) if vector is not None]
            place = {row: number for number, row in enumerate(there)}
            asked = [row for row in there if given[row] is not None]
            if asked:
                before, equal = places_of(
                    np.array([given[row] for row in asked]),
                    np.array([wanted[row] for row in there]),
                    np.array([place[row] for row in asked]),
                )
                figures = retrieval_figures(before, equal, len(there))
                yield f"{query} to {of}", figures, len(there)
