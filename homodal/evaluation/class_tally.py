"""One of several classes, scored beside answers of other kinds."""

import numpy as np

from homodal.contracts import UNLABELLED
from homodal.evaluation.intervals import intervals
from homodal.evaluation.ordinal_scores import ordinal_intervals
from homodal.evaluation.scores import Tally

_WATCHED = ("accuracy", "f1_macro")
_SCORED = ("accuracy", "balanced_accuracy", "f1_macro", "log_loss")


class ClassTally:
    """Counts of classes; see `evaluation.tallies` for what a tally does."""

    def __init__(self, target):
        self._target = target
        self._tally = Tally(len(target.facts["classes"]))
        self._right = [np.zeros(0, bool)]

    @property
    def rows(self):
        """How many rows were shown."""
        return self._tally.rows

    @property
    def unlabelled(self):
        """How many of them have no answer."""
        return self._tally.unlabelled

    @property
    def right(self):
        """`(labelled,)`; a class that training never saw is always wrong."""
        return np.concatenate(self._right)

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        reader, facts = self._target.reader(), self._target.facts
        truth = np.array(
            [UNLABELLED if v is None else reader.encode(v, facts) for v in values], int
        )
        probabilities = np.asarray(answers["probabilities"]).reshape(len(truth), -1)
        self._tally.add(probabilities, truth, values)
        labelled = truth != UNLABELLED
        self._right.append((probabilities.argmax(axis=1) == truth)[labelled])

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        classes = self._target.facts["classes"]
        sure = np.zeros((rows, len(classes)))
        sure[:, classes.index(guess)] = 1.0
        return {"label": [guess] * rows, "probabilities": sure}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        scores = self._tally.scores()
        return {name: scores[name] for name in _WATCHED}

    @staticmethod
    def goodness(value: float) -> float:
        """See `evaluation.tallies`."""
        return value

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`."""
        found = intervals(self._tally, seed=seed)
        found = {name: found[name] for name in _SCORED}
        if self._target.reader().ordered:
            found |= ordinal_intervals(self._tally.confusion, seed=seed)
        return found

    def details(self):
        """Classes that training never saw."""
        return {"unseen": dict(self._tally.unseen)} if self._tally.unseen else {}
