"""No column of answers: that the columns of one row belong together is the answer."""

import numpy as np

from homodal.contracts import Evidence, Target
from homodal.errors import BadCell, TargetError


class Match(Target):
    """Which cells belong to the same row; every row is an example by itself.

    names: of the input columns, in the order of the logits. Answers are the columns'
    places in one common space, by which rows are found (`homodal retrieve`).
    """

    head = "match"
    only_told = True
    from_one_column = False

    def __init__(self, names=()):
        self.names = names

    def recognise(self, cells):
        return Evidence(0.0, "no column holds it: the rows themselves do")

    def read(self, cell):
        """True, for the row itself."""
        if cell is not True:
            raise BadCell("the answer is the row itself, and no cell")
        return cell

    def learn(self, values):
        """Facts: none; a row needs no answer to be one."""
        if not any(True for _ in values):
            raise TargetError(
                "There are no rows to match",
                expected="rows with two columns or more",
                do="Name another column as an input",
            )
        return {}

    def encode(self, value, facts):
        """0: the loss compares rows, and each is its own answer."""
        return 0

    def decode(self, logits, facts):
        """`{column: vectors}`, a list a row; None where the column is absent.

        logits: float `(rows, columns, width)`, zeros where a column is absent.
        """
        logits = np.asarray(logits, float)
        return {
            name: [row.tolist() if row.any() else None for row in logits[:, place]]
            for place, name in enumerate(self.names)
        }

    def nothing(self, facts):
        return {name: [] for name in self.names}

    def scores(self, facts):
        return ("mrr",)
