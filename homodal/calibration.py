"""What a model learns about its own certainty: a temperature and conformal sets.

NumPy only: a deployed model applies it to every answer. Fitted on validation rows after
training; `evaluation/calibration.py` measures how well it holds on others.

Temperature: Guo et al., "On Calibration of Modern Neural Networks", 2017,
arXiv:1706.04599. Sets that hold the truth with probability `level` or more, whatever
the model is worth, as long as the rows are exchangeable with those it was fitted on: a
poor model pays with large sets. Vovk et al., 2005; Sadinle, Lei, Wasserman, 2019,
arXiv:1609.00451 (split, per class); Romano, Sesia, Candes, 2020, arXiv:2006.02544
(adaptive prediction sets, APS; without its random last class).
"""

import math
from dataclasses import dataclass, field

import numpy as np

from homodal.errors import HomodalError

THRESHOLD = 0.5  # of a label's probability, where none was fitted
METHODS = ("split", "aps", "per_class")
LEVELS = (0.8, 0.9, 0.95)
_COLDEST, _HOTTEST = 0.05, 20.0
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Calibration:
    """A temperature, and thresholds of conformal sets by method and level.

    temperature: logits are divided by it; above 1 the network was too sure.
    thresholds: `{method: {level: threshold}}`, levels as text, for JSON. split: a class
        is in the set if its probability is at least 1 - threshold. per_class: the same
        with a threshold for each class, so that each class on its own is held as often
        as promised. aps: the likeliest classes, as long as theirs and the likelier
        ones' probability does not exceed it. None: every class is in the set, since
        there were too few rows. The likeliest class always is.
    rows: how many rows it was fitted on; 0 where nothing was fitted.
    answers: what a target of another kind than classes fitted (`Target.fit`).
    """

    temperature: float = 1.0
    thresholds: dict = field(default_factory=dict)
    rows: int = 0
    answers: dict = field(default_factory=dict)

    def scaled(self, logits):
        """Logits `(rows, classes)` over the temperature."""
        return logits if self.temperature == 1.0 else logits / self.temperature

    def sets(self, probabilities, level=0.9, method="split"):
        """`(rows, classes)` True where a class is in the row's set.

        Raises `HomodalError` for a method or a level that was not learned.
        """
        probabilities = np.asarray(probabilities, np.float64)
        threshold = self.threshold(method, level)
        if method == "aps":
            values = _masses(probabilities)
        else:
            values = 1 - probabilities
        limits = np.array(
            [np.inf if t is None else t for t in np.atleast_1d(threshold)], float
        )
        inside = values <= limits + 1e-12
        best = probabilities.argmax(axis=1)
        inside[np.arange(len(best)), best] = True
        return inside

    def all_sets(self, probabilities):
        """Yield `((method, level), sets)` of everything learned."""
        for method, levels in self.thresholds.items():
            for level in levels:
                yield (method, level), self.sets(probabilities, float(level), method)

    def to_dict(self):
        """JSON-able form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values):
        """The `Calibration` that `to_dict` described. Raises `ValueError`."""
        made = cls(**values)
        if not 0 < float(made.temperature) < math.inf:
            raise ValueError(f"no temperature: {made.temperature}")
        return made

    def threshold(self, method, level):
        """What was learned. Raises `HomodalError` where nothing was."""
        levels = self.thresholds.get(method, {})
        if f"{level:g}" not in levels:
            raise HomodalError(
                f"No conformal sets of method '{method}' and level {level:g}",
                expected=f"methods {', '.join(self.thresholds)}; levels "
                + ", ".join(f"{each:g}" for each in LEVELS),
            )
        return levels[f"{level:g}"]


def fit_calibration(logits, truth):
    """The `Calibration` of validation rows: `(rows, classes)`, indices `(rows,)`.

    Rows whose truth is negative are passed over.
    """
    known = np.asarray(truth) >= 0
    logits, truth = np.asarray(logits, np.float64)[known], np.asarray(truth)[known]
    if not len(truth):
        return Calibration()
    truth = truth.astype(np.int64)
    temperature = fit_temperature(logits, truth)
    thresholds = fit_sets(softmax(logits / temperature), truth)
    return Calibration(temperature, thresholds, len(truth))


def fit_temperature(logits, truth):
    """The temperature T that makes softmax(logits / T) likeliest for `truth`.

    logits `(rows, classes)`, truth `(rows,)` indices; 1.0 without rows.
    The cost is the rows' log loss plus (log T)^2 / 2, the weight of about one row: a
    few rows that are all right must not make the model certain.
    """
    if not len(truth):
        return 1.0

    def cost(log_temperature):
        losses = log_losses(logits / math.exp(log_temperature), truth)
        return losses.sum() + log_temperature**2 / 2

    found = math.exp(_lowest(cost, math.log(_COLDEST), math.log(_HOTTEST)))
    return float(f"{found:.4g}")


def softmax(logits):
    """Probabilities `(rows, classes)` of logits; exp never overflows."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def log_losses(logits, truth):
    """`-log softmax(logits)[truth]`: `(rows,)`."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    normaliser = np.log(np.exp(shifted).sum(axis=1))
    return normaliser - shifted[np.arange(len(truth)), truth]


def fit_sets(probabilities, truth, levels=LEVELS):
    """Thresholds `{method: {level: threshold}}` of `(rows, classes)` and `(rows,)`."""
    own = probabilities[np.arange(len(truth)), truth]
    masses = _masses(probabilities)[np.arange(len(truth)), truth]
    thresholds: dict = {method: {} for method in METHODS}
    for level in levels:
        name = f"{level:g}"
        thresholds["split"][name] = quantile(1 - own, level)
        thresholds["aps"][name] = quantile(masses, level)
        thresholds["per_class"][name] = [
            quantile(1 - own[truth == index], level)
            for index in range(probabilities.shape[1])
        ]
    return thresholds


def quantile(scores, level):
    """The ceil((n + 1) level)-th smallest of n scores; None where there is none."""
    rank = math.ceil((len(scores) + 1) * level - 1e-9)
    return None if rank > len(scores) else float(np.sort(scores)[rank - 1])


def best_thresholds(truth, probabilities):
    """For each label the threshold of the highest F1 on these rows: `(labels,)`.

    truth `(rows, labels)` of 0 and 1. Half-way between two probabilities; 0.5 for a
    label that never occurs.
    """
    truth, probabilities = np.asarray(truth, int), np.asarray(probabilities, float)
    found = np.full(truth.shape[1], THRESHOLD)
    for label in range(truth.shape[1]):
        if not truth[:, label].any():
            continue
        order = np.argsort(-probabilities[:, label], kind="stable")
        sure, hits = probabilities[order, label], truth[order, label].cumsum()
        f1 = 2 * hits / (np.arange(1, len(hits) + 1) + truth[:, label].sum())
        f1[:-1][sure[:-1] == sure[1:]] = -1  # equals are chosen together
        best = int(f1.argmax())
        below = sure[best + 1] if best + 1 < len(sure) else 0.0
        found[label] = (sure[best] + below) / 2
    return found


def _masses(probabilities):
    """Probability of each class and of the likelier ones: `(rows, classes)`.

    Of equal ones the first counts as likelier, as everywhere in homodal.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    sums = np.cumsum(np.take_along_axis(probabilities, order, axis=1), axis=1)
    masses = np.empty_like(sums)
    np.put_along_axis(masses, order, sums, axis=1)
    return masses


def _lowest(cost, low, high, steps=60):
    """Where a function of one valley is lowest, by golden sections."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = cost(left), cost(right)
    for _ in range(steps):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = cost(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = cost(right)
    return (low + high) / 2
