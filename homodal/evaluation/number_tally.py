"""Numbers, scored."""

import numpy as np

from homodal.evaluation.interval_scores import interval_scores
from homodal.evaluation.regression_scores import (
    regression_intervals,
    regression_scores,
)

_WATCHED = ("r2", "mae")
_RANGE = ("low", "high")


class NumberTally:
    """Truth and answer of each row; see `evaluation.tallies` for what a tally does.

    Of several numbers in a row every score is the mean over the numbers, as
    scikit-learn's `uniform_average`; `details` has those of each.
    """

    right = None  # a number is near or far, not right

    def __init__(self, target):
        self._target = target
        self._truth: list = []
        self._found: dict = {}
        self.rows = 0
        self.unlabelled = 0

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        known = [row for row, value in enumerate(values) if value is not None]
        self.rows += len(values)
        self.unlabelled += len(values) - len(known)
        self._truth += [values[row] for row in known]
        first = next(iter(answers.values()))
        given = {"number": first} | {n: answers[n] for n in _RANGE if n in answers}
        for name, said in given.items():
            self._found.setdefault(name, []).extend(said[row] for row in known)

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        return {"number": [guess] * rows}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first.

        Of rows that are not far from all others: one of those would choose the epoch.
        """
        truth, answers = self._pair
        near = self._near(truth)
        scores = regression_scores(truth[near], answers[near])
        return {name: scores[name] for name in _WATCHED}

    @staticmethod
    def goodness(value: float) -> float:
        """Of R2, by the variance that is left: see `evaluation.tallies`."""
        return 1.0 / (2.0 - value)

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`."""
        truth, found = self._pair
        scores = regression_intervals(truth, found, seed=seed)
        if set(_RANGE) <= set(self._found):
            low, high = (np.array(self._found[name], float) for name in _RANGE)
            scores |= interval_scores(truth, low, high, seed)
        return scores

    def details(self):
        """each: the scores of each number, where there are several."""
        truth, found = self._pair
        if truth.ndim == 1:
            return {}
        return {
            "each": [
                regression_scores(own, said)
                for own, said in zip(truth.T, found.T, strict=True)
            ]
        }

    def _near(self, truth):
        """`(rows,)` True where the target does not call a row an outlier."""
        if self._target is None or "fences" not in self._target.facts:
            return np.ones(len(truth), bool)
        reader, facts = self._target.reader(), self._target.facts
        encoded = [reader.encode(value, facts) for value in self._truth]
        near = np.ones(len(truth), bool)
        near[list(reader.outliers(encoded, facts))] = False
        return near if near.any() else ~near

    @property
    def _pair(self):
        found = self._found.get("number", [])
        return np.array(self._truth, float), np.array(found, float)
