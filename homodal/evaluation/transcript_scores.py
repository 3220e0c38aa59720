"""Error rates of transcripts, by the fewest edits from the truth to the answer."""

from typing import NamedTuple

import numpy as np

from homodal.evaluation.intervals import bootstrap_weights, interval_of, share_interval

_EDIT = 1_000_000  # and one more for a substitution: few of them, if that costs nothing


class Edits(NamedTuple):
    """What turns a truth into an answer.

    substitutions: `[(true, said)]`; deletions, insertions: lists; length: of the truth.
    """

    substitutions: list
    deletions: list
    insertions: list
    length: int

    @property
    def errors(self):
        """How many edits there are."""
        return len(self.substitutions) + len(self.deletions) + len(self.insertions)


def edits(truth, said):
    """The fewest `Edits` between two sequences (Levenshtein, 1966).

    Of equally few, those that leave the most as it was.
    """
    cost = [[_EDIT * place for place in range(len(said) + 1)]]
    for wanted in truth:
        above, left = cost[-1], cost[-1][0] + _EDIT
        line = [left]
        for place, heard in enumerate(said):
            kept = above[place] + (wanted != heard and _EDIT + 1)
            left = min(kept, above[place + 1] + _EDIT, left + _EDIT)
            line.append(left)
        cost.append(line)
    return _traced(truth, said, cost)


def _traced(truth, said, cost):
    substitutions, deletions, insertions = [], [], []
    row, place = len(truth), len(said)
    while row or place:
        here = cost[row][place]
        if row and place:
            differ = truth[row - 1] != said[place - 1]
            if here == cost[row - 1][place - 1] + (differ and _EDIT + 1):
                row, place = row - 1, place - 1
                if differ:
                    substitutions.append((truth[row], said[place]))
                continue
        if row and here == cost[row - 1][place] + _EDIT:
            row -= 1
            deletions.append(truth[row])
        else:
            place -= 1
            insertions.append(said[place])
    return Edits(substitutions[::-1], deletions[::-1], insertions[::-1], len(truth))


def rate_interval(errors, lengths, *, resamples=1000, seed=0):
    """`{"value", "low", "high"}` of errors a unit over rows that are drawn anew.

    errors, lengths: `(rows,)`. NaN where there are no rows.
    """
    errors, lengths = np.asarray(errors, float), np.asarray(lengths, float)
    if not lengths.sum():
        return dict.fromkeys(("value", "low", "high"), float("nan"))
    weights = bootstrap_weights(len(errors), resamples, seed)
    drawn = (weights @ errors) / np.maximum(weights @ lengths, 1)
    value = errors.sum() / lengths.sum()
    if not errors.any():  # every resample is perfect: that of a share is no wider
        bound = share_interval(0, len(errors), seed=seed)
        return bound | {"value": 0.0}
    return interval_of(float(value), drawn)
