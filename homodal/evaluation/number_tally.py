"""Numbers, scored."""

import numpy as np

from homodal.evaluation.regression_scores import (
    regression_intervals,
    regression_scores,
)

_WATCHED = ("r2", "mae")


class NumberTally:
    """Truth and answer of each row; see `evaluation.tallies` for what a tally does."""

    right = None  # a number is near or far, not right

    def __init__(self, target):
        self._pairs = [np.zeros((0, 2))]
        self.rows = 0
        self.unlabelled = 0

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        found = next(iter(answers.values()))
        pairs = [
            pair for pair in zip(values, found, strict=True) if pair[0] is not None
        ]
        self.rows += len(values)
        self.unlabelled += len(values) - len(pairs)
        self._pairs.append(np.array(pairs, float).reshape(-1, 2))

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        return {"number": [guess] * rows}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        scores = regression_scores(*np.concatenate(self._pairs).T)
        return {name: scores[name] for name in _WATCHED}

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`."""
        return regression_intervals(*np.concatenate(self._pairs).T, seed=seed)

    def details(self):
        """Nothing more."""
        return {}
