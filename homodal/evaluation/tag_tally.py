"""One tag for each word, scored: whole spans, words and whole rows."""

from collections import Counter

import numpy as np

from homodal.evaluation.intervals import (
    SHARE,
    bootstrap_weights,
    interval_of,
    leans_of,
)

_WATCHED = ("f1", "word_accuracy", "exact")
_RESAMPLES = 1000
_DRAWS_AT_ONCE = 2_000_000  # bounds memory: 16 MB of int64
# of each row: spans right, said, true; words right, all; the whole row right; 1
_COUNTS, _EXACT = 7, 5


class TagTally:
    """Counts of spans and words by row; see `evaluation.tallies`.

    A span counts as right where its type and both of its ends are. Precision, recall
    and F1 are of all rows' spans together (micro), 0 where there are none. A row's
    answer that has fewer tags than the truth has goes on with the target's guess, "O".
    """

    def __init__(self, target):
        self._reader = target.reader()
        self._plain = not self._reader.marks_spans
        self._guess = target.facts["common"]
        self._counts = [np.zeros((0, _COUNTS))]
        self._kinds = (Counter(), Counter(), Counter())  # right, said, true
        self.rows = 0
        self.unlabelled = 0

    @property
    def right(self):
        """`(labelled,)` True where every word of the row has its tag."""
        return np.concatenate(self._counts)[:, _EXACT].astype(bool)

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        said = next(iter(answers.values()))
        counted = [
            self._counted(one.split(), truth.split())
            for one, truth in zip(said, values, strict=True)
            if truth is not None
        ]
        self.rows += len(values)
        self.unlabelled += len(values) - len(counted)
        self._counts.append(np.array(counted, float).reshape(-1, _COUNTS))

    def _counted(self, said, truth):
        said = (said + [self._guess] * len(truth))[: len(truth)]
        hits = sum(a == b for a, b in zip(said, truth, strict=True))
        found = [0, 0, 0]
        if not self._plain:
            ours, theirs = (set(self._reader.spans_of(tags)) for tags in (said, truth))
            each = (ours & theirs, ours, theirs)
            for kinds, own in zip(self._kinds, each, strict=True):
                kinds.update(kind for kind, _, _ in own)
            found = [len(own) for own in each]
        return [*found, hits, len(truth), hits == len(truth), 1]

    def repeated(self, guess, rows):
        """Answers that all say `guess`, of every word."""
        return {"tags": [guess] * rows}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        scores = self._of(np.concatenate(self._counts).sum(axis=0, keepdims=True))
        return {n: float(scores[n][0]) for n in _WATCHED if n in scores}

    @staticmethod
    def goodness(value: float) -> float:
        """See `evaluation.tallies`."""
        return value

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`, rows resampled with replacement."""
        counts = np.concatenate(self._counts)
        values = self._of(counts.sum(axis=0, keepdims=True))
        if not len(counts):
            empty = {"value": np.nan, "low": np.nan, "high": np.nan}
            return {name: dict(empty) for name in values}
        size = max(_DRAWS_AT_ONCE // len(counts), 1)
        sums = [
            bootstrap_weights(len(counts), min(size, _RESAMPLES - begin), seed + begin)
            @ counts
            for begin in range(0, _RESAMPLES, size)
        ]
        drawn = self._of(np.concatenate(sums))
        leans = leans_of(lambda weights: self._of(weights @ counts), len(counts))
        rows = _rows_that_bear_on(counts)
        return {
            name: interval_of(
                value[0],
                drawn[name],
                leans.get(name),
                rows=rows.get(name, len(counts)),
                bounds=SHARE,
            )
            for name, value in values.items()
        }

    def _of(self, sums):
        """`{score: (n,)}` of summed counts `(n, 7)`."""
        right, said, true, words_right, words, exact, rows = sums.T
        words_only = {
            "word_accuracy": words_right / np.maximum(words, 1),
            "exact": exact / np.maximum(rows, 1),
        }
        if self._plain:
            return words_only
        return {
            "f1": 2 * right / np.maximum(said + true, 1),
            "precision": right / np.maximum(said, 1),
            "recall": right / np.maximum(true, 1),
        } | words_only

    def details(self):
        """F1, precision, recall and rows of each type of span, the commonest first."""
        right, said, true = self._kinds
        if not true + said:
            return {}
        return {
            "spans": {
                kind: {
                    "precision": right[kind] / max(said[kind], 1),
                    "recall": right[kind] / max(true[kind], 1),
                    "f1": 2 * right[kind] / max(said[kind] + true[kind], 1),
                    "spans": true[kind],
                }
                for kind, _ in (true + said).most_common()
            }
        }


def _rows_that_bear_on(counts):
    """`{score: rows}`: a row without a span says nothing about spans."""
    answered, true = counts[:, 1] > 0, counts[:, 2] > 0
    return {
        "f1": int((answered | true).sum()),
        "precision": int(answered.sum()),
        "recall": int(true.sum()),
    }
