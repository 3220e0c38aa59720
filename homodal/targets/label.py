"""Label cells: one of a few answers, and its probability."""

from bisect import bisect_left
from collections import Counter

import numpy as np

from homodal.calibration import softmax
from homodal.contracts import Evidence, Sample, Target
from homodal.errors import BadCell, TargetError
from homodal.media.files import shown, try_each
from homodal.media.names import name_of
from homodal.media.places import names_of_ones, recognise_places

_ONE_HOT = (
    0.98  # confidence; above that of numbers, of which there are as many in a cell
)
_TOO_FEW_TO_TELL = 20  # rows; below, every row may well have a class of its own


class Label(Target):
    """One of several classes; 1, 1.0 and "1" are the same class.

    places: of cells that are lists of 0 and 1 with one 1 in each (one-hot) how long
    they are; found from the data. names: of the places; without them the classes are
    their numbers, from 0.
    """

    head = "classify"
    exclusive = True

    def __init__(self, places=None, names=None):
        self.places = places
        self.names = names

    def recognise(self, cells):
        seen = recognise_places(cells)
        if seen is not None and seen.single:
            return Evidence(_ONE_HOT, seen.describe(), {"places": seen.size})
        names, reason = try_each(cells, name_of)
        if len(names) < len(cells) or not names:
            why = f"{len(names)} of {len(cells)} cells are names"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        sample = Sample.of(cells)
        different = sample.different(names)
        repeated = 1 - different / sample.rows
        why = f"{different:,} different answers in {sample.rows:,} cells"
        return Evidence(0.4 + 0.55 * repeated, why)

    def read(self, cell):
        """The name of the class, a str."""
        if self.places is None:
            return name_of(cell)
        names = names_of_ones(cell, self.places, self.names)
        if len(names) != 1:
            raise BadCell(f"{len(names)} ones, where one is the class: {shown(cell)}")
        return name_of(names[0])

    def learn(self, values):
        """Facts: classes, in the order of the alphabet, and counts, one for each."""
        found = Counter(values)
        classes = sorted(found)
        _check_classes(classes, found.total())
        return {"classes": classes, "counts": [found[name] for name in classes]}

    def classes_in(self, value: str) -> tuple[str, ...]:
        return (value,)

    def encode(self, value, facts):
        """The place of the class, an int; -1 for one that training never saw."""
        classes = facts["classes"]
        place = bisect_left(classes, value)
        return place if place < len(classes) and classes[place] == value else -1

    def decode(self, logits, facts):
        """label and probability of the likeliest class, and all probabilities.

        logits: float `(rows, classes)`; probabilities: float64 `(rows, classes)`.
        """
        probabilities = softmax(np.asarray(logits, np.float64))
        best = probabilities.argmax(axis=1)
        return {
            "label": [facts["classes"][place] for place in best],
            "probability": probabilities.max(axis=1).tolist(),
            "probabilities": probabilities,
        }

    def nothing(self, facts):
        return self.decode(np.zeros((0, len(facts["classes"]))), facts)

    def guess(self, facts):
        """The most frequent class of the training rows."""
        return facts["classes"][int(np.argmax(facts["counts"]))]

    def plain_loss(self, facts):
        return "softmax"

    def scores(self, facts):
        top = ("top_3",) if len(facts["classes"]) > 3 else ()
        return (
            "accuracy",
            "balanced_accuracy",
            "f1_macro",
            "f1_micro",
            "f1_weighted",
            "precision_macro",
            "recall_macro",
            *top,
            "log_loss",
        )


def _check_classes(classes, rows):
    if rows == 0:
        raise TargetError(
            "The target has no answers",
            expected="two classes or more in the training rows",
            do="Name another column as the target, or fill this one",
        )
    if len(classes) == 1:
        raise TargetError(
            "The target has one class only",
            expected="two classes or more in the training rows",
            got=f"'{classes[0]}' in all {rows} rows",
            do="Name another column as the target, or add rows of another class",
        )
    if len(classes) == rows > _TOO_FEW_TO_TELL:
        raise TargetError(
            "Every row has a label of its own: is the target an identifier?",
            expected="classes that several rows share",
            got=f"{rows} classes in {rows} rows, such as '{classes[0]}'",
            do="Name another column as the target",
        )
