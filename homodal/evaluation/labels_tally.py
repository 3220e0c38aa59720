"""Several labels a row, scored."""

from collections import Counter

import numpy as np

from homodal.calibration import THRESHOLD
from homodal.evaluation.intervals import share_interval
from homodal.evaluation.multilabel_scores import (
    multilabel_intervals,
    multilabel_scores,
)

_WATCHED = ("average_precision_macro", "f1_micro")


class LabelsTally:
    """Truth and probabilities of each row; see `evaluation.tallies` for what it does.

    Labels that training never saw are in no score but `subset_accuracy`: a row that
    bears one is not answered exactly. `details` counts their rows.
    """

    def __init__(self, target):
        self._target = target
        size = len(target.facts["labels"])
        self._truth = [np.zeros((0, size), int)]
        self._probabilities = [np.zeros((0, size))]
        self._right = [np.zeros(0, bool)]
        self._unseen = Counter()
        self.rows = 0
        self.unlabelled = 0

    @property
    def right(self):
        """`(scored,)` True where all labels are given, and no others."""
        return np.concatenate(self._right)

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        reader, facts = self._target.reader(), self._target.facts
        known = [row for row, value in enumerate(values) if value is not None]
        self.rows += len(values)
        self.unlabelled += len(values) - len(known)
        given = next(iter(answers.values()))
        size = len(facts["labels"])
        probabilities = np.asarray(answers["probabilities"]).reshape(-1, size)
        truth = [reader.encode(values[row], facts) for row in known]
        self._truth.append(np.array(truth, int).reshape(-1, size))
        self._probabilities.append(probabilities[known])
        right = [set(given[row]) == set(values[row]) for row in known]
        self._right.append(np.array(right, bool))
        places = set(facts["labels"])
        for row in known:
            self._unseen.update(set(values[row]) - places)

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        own = self._target.reader().encode(guess, self._target.facts)
        return {
            "labels": [list(guess)] * rows,
            "probabilities": np.tile(own.astype(float), (rows, 1)),
        }

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        scores = multilabel_scores(*self._pair, self._thresholds)
        return {name: scores[name] for name in _WATCHED}

    @staticmethod
    def goodness(value: float) -> float:
        """See `evaluation.tallies`."""
        return value

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`."""
        found = multilabel_intervals(*self._pair, self._thresholds, seed=seed)
        right = self.right
        found["subset_accuracy"] = share_interval(
            int(right.sum()), len(right), seed=seed
        )
        names = self._target.reader().scores(self._target.facts)
        return {name: found[name] for name in names}

    def details(self):
        """Labels that training never saw."""
        return {"unseen": dict(self._unseen.most_common())} if self._unseen else {}

    @property
    def _pair(self):
        return np.concatenate(self._truth), np.concatenate(self._probabilities)

    @property
    def _thresholds(self):
        return np.asarray(self._target.facts.get("thresholds", THRESHOLD))
