"""What became of each scored row: a few figures a row, added up batch by batch.

Calibration, thresholds, slices, failures and comparisons of models are all computed
from these; the probabilities themselves are let go of, so that memory grows by about
50 bytes a row whatever the number of classes.
"""

import numpy as np

from homodal.evaluation.growing import Growing

_FIELDS = {
    "row": np.int64,
    "truth": np.int32,
    "predicted": np.int32,
    "confidence": np.float64,
    "of_truth": np.float32,
    "brier": np.float32,
}


class Outcomes:
    """Figures of the scored rows, each `(scored,)`.

    row: the row's number in its table. truth, predicted: indices of classes.
    confidence: the prediction's probability; of_truth: the truth's.
    brier: sum over classes of (probability - truth)^2, 0 to 2 (Brier, 1950).
    sizes, covered: `{(method, level): (scored,)}` of the conformal sets asked for.
    """

    def __init__(self, calibration=None):
        self._calibration = calibration
        self._figures = {name: Growing(dtype) for name, dtype in _FIELDS.items()}
        self._sets = {}

    def add(self, rows, probabilities, truth):
        """A batch: row numbers `(rows,)`, `(rows, classes)`, indices `(rows,)`.

        Rows whose truth is negative (no answer, or never seen) are passed over.
        """
        known = np.asarray(truth) >= 0
        if not known.any():
            return
        truth = np.asarray(truth)[known]
        probabilities = np.asarray(probabilities, np.float64)[known]
        own = probabilities[np.arange(len(truth)), truth]
        figures = {
            "row": np.asarray(rows)[known],
            "truth": truth,
            "predicted": probabilities.argmax(axis=1),
            "confidence": probabilities.max(axis=1),
            "of_truth": own,
            "brier": (probabilities**2).sum(axis=1) - 2 * own + 1,
        }
        for name, values in figures.items():
            self._figures[name].add(values)
        self._add_sets(probabilities, truth)

    def _add_sets(self, probabilities, truth):
        if self._calibration is None:
            return
        small = np.min_scalar_type(probabilities.shape[1])
        for key, inside in self._calibration.all_sets(probabilities):
            made = Growing(small), Growing(bool)
            sizes, covered = self._sets.setdefault(key, made)
            sizes.add(inside.sum(axis=1))
            covered.add(inside[np.arange(len(truth)), truth])

    def __getattr__(self, name):
        if name not in _FIELDS:
            raise AttributeError(name)
        return self._figures[name].values

    def __len__(self):
        return len(self._figures["row"])

    @property
    def right(self):
        """`(scored,)` True where the prediction is the truth."""
        return self.truth == self.predicted

    @property
    def sizes(self):
        """`{(method, level): (scored,)}`, how many classes each row's set has."""
        return {key: sizes.values for key, (sizes, _) in self._sets.items()}

    @property
    def covered(self):
        """`{(method, level): (scored,)}`, whether the set holds the truth."""
        return {key: covered.values for key, (_, covered) in self._sets.items()}
