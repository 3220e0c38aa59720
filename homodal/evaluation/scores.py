"""Measures for single-label classification, from class counts that batches add up to.

All definitions are those of scikit-learn with `zero_division=0`: a macro average is
over the classes that occur in the truth or among the predictions. Of classes with the
same probability the first is the prediction, for accuracy and for top-k alike.
"""

from collections import Counter

import numpy as np

from homodal.contracts import UNLABELLED
from homodal.errors import HomodalError
from homodal.evaluation.growing import Growing

_UNNAMED = "(not named)"


def names(classes, top=3):
    """Names of the scores for so many classes.

    Top-k is left out where k covers all classes: it would always be 1 and tell nothing.
    """
    averaged = [
        f"{measure}_{average}"
        for average in ("macro", "micro", "weighted")
        for measure in ("precision", "recall", "f1")
    ]
    ranked = [f"top_{top}_accuracy"] if top < classes else []
    return ["accuracy", "balanced_accuracy", *averaged, *ranked, "log_loss"]


class Tally:
    """What the scores need of all rows so far: class counts and one loss a row.

    rows: all rows shown, scored or not.
    confusion: `(classes, classes)` int64, truth by prediction, of the scored rows.
    hits: how many scored rows have their truth among the `top` most probable classes.
    unseen: `{label: rows}` that were not scored, their class unknown to the model.
    unlabelled: how many rows were not scored since they have no answer.
    """

    def __init__(self, classes, top=3):
        self.classes = classes
        self.top = top
        self.rows = 0
        self.confusion = np.zeros((classes, classes), np.int64)
        self.hits = 0
        self.unseen = Counter()
        self.unlabelled = 0
        self._losses = Growing(np.float64)

    @property
    def scored(self):
        """How many rows the scores are of."""
        return int(self.confusion.sum())

    @property
    def losses(self):
        """`-log(probability of the truth)` of every scored row: `(scored,)` float64."""
        return self._losses.values

    def add(self, probabilities, truth, answers=None):
        """Count a batch: `probabilities (rows, classes)`, `truth (rows,)` indices.

        truth: `UNSEEN` and `UNLABELLED` mark rows that are counted but not scored.
        answers: the rows' labels; names the unseen classes. None: no answer.
        """
        probabilities, truth = self._checked(probabilities, truth)
        self.rows += len(truth)
        self._count_unscored(truth, answers)
        known = truth >= 0
        self._count_scored(probabilities[known], truth[known])

    def scores(self):
        """`{name: float}` for all `names`; NaN where no row was scored."""
        values = class_scores(*class_counts(self.confusion))
        scored = self.scored or np.nan
        if self.top < self.classes:
            values[f"top_{self.top}_accuracy"] = self.hits / scored
        values["log_loss"] = self.losses.sum() / scored
        return {name: float(values[name]) for name in names(self.classes, self.top)}

    def _checked(self, probabilities, truth):
        probabilities, truth = np.asarray(probabilities), np.asarray(truth)
        shape = (len(truth), self.classes)
        if probabilities.shape != shape or truth.ndim != 1:
            got = f"{probabilities.shape} and {truth.shape}"
            raise ValueError(f"Expected shapes {shape} and {shape[:1]}, got {got}")
        if len(truth) and not UNLABELLED <= truth.min() <= truth.max() < self.classes:
            raise ValueError(f"Expected truth from -2 to {self.classes - 1}")
        if not np.isfinite(probabilities).all():
            raise HomodalError(
                "The model's probabilities are not all finite",
                do="Train again with a lower learning rate",
            )
        return probabilities, truth

    def _count_unscored(self, truth, answers):
        for row in np.flatnonzero(truth < 0):
            label = _UNNAMED if answers is None else answers[row]
            if truth[row] == UNLABELLED or label is None:
                self.unlabelled += 1
            else:
                self.unseen[str(label)] += 1

    def _count_scored(self, probabilities, truth):
        if not len(truth):
            return
        np.add.at(self.confusion, (truth, probabilities.argmax(axis=1)), 1)
        self.hits += int((_ranks(probabilities, truth) < self.top).sum())
        self._losses.add(_losses(probabilities, truth))


def class_counts(confusion):
    """`correct, truth, predicted`, each `(classes,)`, of a confusion matrix."""
    return np.diagonal(confusion), confusion.sum(axis=1), confusion.sum(axis=0)


def class_scores(correct, truth, predicted):
    """`{name: (...)}` of counts `(..., classes)`: all scores that need no ranking.

    The leading axes are there for the intervals, which score many resamples at once.
    """
    per_class = each_class(correct, truth, predicted)
    share = _ratio(correct.sum(-1), truth.sum(-1), np.nan)
    occurs = (truth + predicted) > 0
    values = {
        "accuracy": share,
        "balanced_accuracy": _average(per_class["recall"], truth > 0),
    }
    for measure, value in per_class.items():
        values[f"{measure}_macro"] = _average(value, occurs)
        values[f"{measure}_micro"] = share  # one answer a row: all three are the same
        values[f"{measure}_weighted"] = _average(value, truth)
    return values


def each_class(correct, truth, predicted):
    """Precision, recall and F1 of each class: `{measure: (..., classes)}`."""
    return {
        "precision": _ratio(correct, predicted, 0.0),
        "recall": _ratio(correct, truth, 0.0),
        "f1": _ratio(2 * correct, truth + predicted, 0.0),
    }


def _ratio(part, whole, empty):
    whole = np.asarray(whole)
    filled = np.full(whole.shape, empty)
    return np.divide(part, whole, out=filled, where=whole > 0)


def _average(values, weights):
    return _ratio((values * weights).sum(-1), weights.sum(-1), np.nan)


def _ranks(probabilities, truth):
    """How many classes come before the truth: `(rows,)`; the first of equals leads."""
    own = np.take_along_axis(probabilities, truth[:, None], axis=1)
    earlier = np.arange(probabilities.shape[1]) < truth[:, None]
    before = (probabilities > own) | ((probabilities == own) & earlier)
    return before.sum(axis=1)


def _losses(probabilities, truth):
    """Clipped at the dtype's resolution, so that a sure error costs much, not all."""
    own = probabilities[np.arange(len(truth)), truth]
    floating = own.dtype if own.dtype.kind == "f" else np.float64
    tiny = float(np.finfo(floating).eps)
    return -np.log(np.clip(own.astype(np.float64), tiny, 1 - tiny))
