"""Ordered classes: ratings, grades, sizes; a neighbour is nearer than a stranger."""

from collections import Counter

import numpy as np

from homodal.calibration import softmax
from homodal.contracts import Evidence, Target
from homodal.errors import BadCell, TargetError
from homodal.media.files import try_each
from homodal.media.names import name_of

_MOST = 11  # different whole numbers that look like a rating, 0 to 10
_FEWEST = 3


class Ordinal(Target):
    """One of several classes that have an order.

    Numbers are in theirs; other names are in the `order` told, from the lowest to the
    highest. Never chosen by itself: whole numbers may as well be names.
    """

    head = "ordinal"
    exclusive = True
    ordered = True
    only_told = True

    def __init__(self, order=None):
        self.order = order

    def recognise(self, cells):
        names, reason = try_each(cells, self.read)
        if len(names) < len(cells) or not names:
            why = f"{len(names)} of {len(cells)} cells have a place in an order"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        different = set(names)
        why = (
            f"{len(different)} different answers in {len(names)} cells, in their order"
        )
        if self.order:
            return Evidence(1.0, why)
        whole = all(float(name).is_integer() for name in different)
        rating = whole and _FEWEST <= len(different) <= _MOST < len(names)
        return Evidence(0.6 if rating else 0.3, why)

    def read(self, cell):
        """The name of the class, a str."""
        name = name_of(cell)
        if self.order:
            if name not in self._told():
                raise BadCell(f"not in the order that was told: '{name}'")
        elif _as_number(name) is None:
            raise BadCell(f"no number, and no order is told: '{name}'")
        return name

    def learn(self, values):
        """Facts: classes from the lowest to the highest, and counts, one for each.

        Of an order that was told, also those that no training row has.
        """
        found = Counter(values)
        classes = self._told() if self.order else sorted(found, key=float)
        if len(found) < 2 or len(classes) < 2:
            raise TargetError(
                "The target has fewer than two classes",
                expected="two classes or more in the training rows",
                got=", ".join(f"'{name}'" for name in found) or "no answers",
                do="Name another column as the target",
            )
        return {"classes": classes, "counts": [found[name] for name in classes]}

    def classes_in(self, value: str) -> tuple[str, ...]:
        return (value,)

    def encode(self, value, facts):
        """The rank of the class from 0, an int; -1 for one that training never saw."""
        classes = facts["classes"]
        return classes.index(value) if value in classes else -1

    def decode(self, logits, facts):
        """label and probability of the likeliest class, and all probabilities.

        logits: log probabilities, float `(rows, classes)`, up to a constant a row.
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
        return ("accuracy", "f1_macro", "mae_ranks", "kappa_quadratic", "log_loss")

    def _told(self):
        return [name_of(each) for each in self.order]


def _as_number(name):
    try:
        found = float(name)
    except ValueError:
        return None
    return found if np.isfinite(found) else None
