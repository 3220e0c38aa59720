"""Cells of several labels: any number of them, or none, and their probabilities."""

from collections import Counter

import numpy as np

from homodal.calibration import THRESHOLD, best_thresholds
from homodal.contracts import UNLABELLED, Evidence, Target
from homodal.errors import BadCell, TargetError
from homodal.media.files import shown, try_each
from homodal.media.lists import listed
from homodal.media.names import name_of
from homodal.media.places import names_of_ones, recognise_places

_SEPARATORS = (";", "|", ",")
_FEWEST_JOINED = 0.2  # of the cells; below, the sign stands in them by chance
# of the labels, those that stand in cells that differ; a comma may be part of a name
_SHARED = {";": 0.1, "|": 0.1, ",": 0.5}
_MOVING = 0.2  # of the shared labels' uses, those of labels with several places
_MULTI_HOT = 0.98  # confidence; above that of as many numbers in every cell
_SINGLE = 0.9  # where a class says the same
_MOST_WORDS = 4  # of a label; more is a sentence


class Labels(Target):
    """Any number of labels, independent of each other.

    A cell is a list of names or of whole numbers, such a list in text, or names joined
    by `separator`: ";", "|" or ",", found from the data where it is not told. An empty
    list (`[]` in text) is an answer: no label; an absent cell is none. places: of cells
    that are lists of 0 and 1 (multi-hot) how long they are, found from the data; names:
    of the places, their numbers from 0 without them. Labels of fewer than `fewest`
    training rows are not learned.
    """

    head = "labels"
    fits = True
    takes_empty = True

    def __init__(self, separator=None, fewest=1, places=None, names=None):
        self.separator = separator
        self.fewest = fewest
        self.places = places
        self.names = names

    def recognise(self, cells):
        if not cells:
            return Evidence(0.0, "no cells")
        seen = recognise_places(cells)
        if seen is not None:
            sure = _SINGLE if seen.single else _MULTI_HOT
            return Evidence(sure, seen.describe(), {"places": seen.size})
        if all(listed(cell) is not None for cell in cells):
            return self._recognised(cells)
        if self.separator is not None:
            return self._recognised(cells, {"separator": self.separator})
        for separator in _SEPARATORS:
            if _joins(separator, cells):
                return self._told(separator)._recognised(
                    cells, {"separator": separator}
                )
        found = self._recognised(cells)
        return Evidence(min(found.confidence, 0.2), found.why)

    def read(self, cell):
        """The names, a sorted list without repetition."""
        return sorted(set(self._names(cell)))

    def learn(self, values):
        """Facts: labels in the order of the alphabet, their counts, rows, commonest.

        commonest: the most frequent set of labels; of equals the first one in order.
        """
        values = [list(value) for value in values]
        found = Counter(name for value in values for name in value)
        labels = sorted(name for name, rows in found.items() if rows >= self.fewest)
        if not labels:
            raise TargetError(
                "The target has no labels",
                expected=f"labels that {self.fewest} training rows or more bear",
                got=f"{len(values)} rows with {len(found)} different labels",
                do="Name another column as the target, or fill this one",
            )
        known = set(labels)
        sets = Counter(tuple(n for n in value if n in known) for value in values)
        commonest = min(sets, key=lambda each: (-sets[each], each))
        return {
            "labels": labels,
            "counts": [found[name] for name in labels],
            "rows": len(values),
            "commonest": list(commonest),
        }

    def classes_in(self, value: list[str]) -> tuple[str, ...]:
        return tuple(value)

    def encode(self, value, facts):
        """1 for each label that the row bears, else 0: `(labels,)`.

        A label that training never saw has no place; evaluation counts it.
        """
        chosen = set(value)
        return np.array([name in chosen for name in facts["labels"]], np.int32)

    def blank(self, facts):
        return np.full(len(facts["labels"]), UNLABELLED, np.int32)

    def fit(self, batches, facts):
        """thresholds: for each label the probability of the highest F1 on these rows.

        A label that none of these rows bears keeps 0.5.
        """
        pairs = [(_sigmoid(logits), truth) for logits, truth in batches]
        if not pairs:
            return {}
        probabilities, truth = (
            np.concatenate(each) for each in zip(*pairs, strict=True)
        )
        known = truth[:, 0] != UNLABELLED
        if not known.any():
            return {}
        found = best_thresholds(truth[known], probabilities[known])
        return {"thresholds": [float(f"{each:.6g}") for each in found]}

    def decode(self, logits, facts):
        """labels: a list a row; sure: the probability of each; and all probabilities.

        A label is given where its probability reaches its threshold. logits: float
        `(rows, labels)`; probabilities: float64 `(rows, labels)`.
        """
        probabilities = _sigmoid(logits)
        chosen = probabilities >= np.asarray(facts.get("thresholds", THRESHOLD))
        places = [np.flatnonzero(row) for row in chosen]
        return {
            "labels": [[facts["labels"][place] for place in row] for row in places],
            "sure": [
                own[row].tolist()
                for own, row in zip(probabilities, places, strict=True)
            ],
            "probabilities": probabilities,
        }

    def nothing(self, facts):
        return self.decode(np.zeros((0, len(facts["labels"]))), facts)

    def guess(self, facts):
        """The most frequent set of labels of the training rows."""
        return list(facts["commonest"])

    def plain_loss(self, facts):
        return "sigmoid"

    def scores(self, facts):
        return (
            "average_precision_macro",
            "f1_micro",
            "f1_macro",
            "f1_samples",
            "precision_micro",
            "recall_micro",
            "subset_accuracy",
            "hamming_loss",
        )

    def _told(self, separator):
        return type(self)(separator, self.fewest)

    def _names(self, cell):
        if self.places is not None:
            return [name_of(n) for n in names_of_ones(cell, self.places, self.names)]
        found = listed(cell)
        if found is not None:
            return [_label_name(each) for each in found]
        if isinstance(cell, str) and self.separator and self.separator in cell:
            return [name_of(each) for each in _pieces(cell, self.separator)]
        if isinstance(cell, (str, int, float, bool)):
            return [name_of(cell)]
        raise BadCell(f"no labels: {shown(cell)}")

    def _recognised(self, cells, options=None):
        sets, reason = try_each(cells, self.read)
        if len(sets) < len(cells):
            why = f"{len(sets)} of {len(cells)} cells are lists of names"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        found = [name for each in sets for name in each]
        if not found or any(
            len(self._names(c)) > len(set(self._names(c))) for c in cells
        ):
            return Evidence(0.1, "labels repeat in a cell, or there are none")
        repeated = 1 - len(set(found)) / len(found)
        each = len(found) / len(sets)
        why = f"{len(set(found))} different labels, {each:.1f} in a cell"
        if options:
            return Evidence(0.96, f"{why}, joined by '{options['separator']}'", options)
        return Evidence(0.6 + 0.36 * repeated, why)


def _label_name(each):
    """The name of one of a list; a label is no fraction."""
    if isinstance(each, float) and not each.is_integer():
        raise BadCell(f"no labels: {shown(each)}")
    return name_of(each)


def _pieces(cell, separator):
    return [piece for piece in cell.split(separator) if piece.strip()]


def _joins(separator, cells):
    """True where a sign joins names that also stand in other cells, elsewhere in them.

    "Portland, OR" and "Salem, OR" share a piece, and each piece has its one place: a
    sign between such pieces is part of a name.
    """
    if not all(isinstance(cell, str) for cell in cells):
        return False
    joined = [cell for cell in cells if separator in cell]
    if len(joined) < max(2, _FEWEST_JOINED * len(cells)):
        return False
    sets: dict[str, set] = {}
    places: dict[str, set] = {}
    for cell in set(cells):
        pieces = [piece.strip() for piece in _pieces(cell, separator)]
        if any(len(piece.split()) > _MOST_WORDS for piece in pieces):
            return False
        for place, piece in enumerate(pieces):
            sets.setdefault(piece, set()).add(frozenset(pieces))
            places.setdefault(piece, set()).add(place)
    shared = [piece for piece in sets if len(sets[piece]) > 1]
    if len(shared) < max(2, _SHARED[separator] * len(sets)):
        return False
    moving = sum(len(sets[piece]) for piece in shared if len(places[piece]) > 1)
    return moving >= _MOVING * sum(len(sets[piece]) for piece in shared)


def _sigmoid(logits):
    """Of float64; exp never overflows."""
    logits = np.asarray(logits, np.float64)
    below = np.exp(-np.abs(logits))
    return np.where(logits >= 0, 1.0, below) / (1.0 + below)
