"""Several targets of a row, scored each by itself and together."""

import numpy as np

from homodal.evaluation.intervals import share_interval
from homodal.tables.answer_columns import join_figures, split_figures

TOGETHER = "all_right"
MEAN = "mean"  # of how good each target's answers are


class SeveralTally:
    """A tally for each target, and whether all that can be right are so at once.

    tallies: `{name: tally}`; see `evaluation.tallies` for what a tally does.
    """

    def __init__(self, tallies):
        self._tallies = tallies
        self._right = [np.zeros(0, bool)]
        self.rows = 0
        self.unlabelled = 0

    @property
    def right(self):
        """`(scored,)`, of the rows that have every answer."""
        return np.concatenate(self._right)

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        complete = np.array(
            [v is not None and len(v) == len(self._tallies) for v in values], bool
        )
        right = np.ones(len(values), bool)
        answered = split_figures(answers, self._tallies)
        for name, tally in self._tallies.items():
            own = [None if v is None else v.get(name) for v in values]
            before = 0 if tally.right is None else len(tally.right)
            tally.add(answered[name], own)
            labelled = np.array([v is not None for v in own], bool)
            if tally.right is not None:
                right[labelled] &= tally.right[before:]
        self.rows += len(values)
        self.unlabelled += sum(value is None for value in values)
        self._right.append(right[complete])

    @property
    def _can_be_right(self):
        return any(tally.right is not None for tally in self._tallies.values())

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        return join_figures(
            {n: tally.repeated(guess[n], rows) for n, tally in self._tallies.items()}
        )

    def quick(self):
        """`{score: value}`, the mean of how good each target's answers are first.

        Each tally brings its own first score to 0 (worst) to 1 (best), so that none
        outweighs the others by its scale. Targets without an answer in these rows are
        in no mean.
        """
        found = {}
        if self._can_be_right and len(self.right):
            found[TOGETHER] = float(self.right.mean())
        goodness = []
        for name, tally in self._tallies.items():
            first, value = next(iter(tally.quick().items()))
            found[f"{name}: {first}"] = value
            if tally.rows > tally.unlabelled:
                goodness.append(tally.goodness(value))
        return {MEAN: float(np.mean(goodness)) if goodness else np.nan} | found

    @staticmethod
    def goodness(value: float) -> float:
        """See `evaluation.tallies`."""
        return value

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`."""
        right = self.right
        found = {}
        if self._can_be_right:
            hits = int(right.sum())
            found[TOGETHER] = share_interval(hits, len(right), seed=seed)
        for name, tally in self._tallies.items():
            own = tally.scores(seed)
            found |= {f"{name}: {score}": value for score, value in own.items()}
        return found

    def details(self):
        """Each target's own."""
        found = {name: tally.details() for name, tally in self._tallies.items()}
        return {name: own for name, own in found.items() if own}
