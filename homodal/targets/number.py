"""Number cells: how much, how many."""

import math

import numpy as np

from homodal.contracts import Evidence, Target
from homodal.errors import BadCell, TargetError
from homodal.media.files import shown, try_each

_FEW = 20  # different numbers; below, they may well be names of classes


class Number(Target):
    """A number to estimate."""

    head = "regress"
    dtype = "float32"

    def recognise(self, cells):
        numbers, reason = try_each(cells, self.read)
        if len(numbers) < len(cells) or not numbers:
            why = f"{len(numbers)} of {len(cells)} cells are numbers"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        different = len(set(numbers))
        whole = sum(number == int(number) for number in numbers)
        why = f"{different} different numbers in {len(numbers)} cells"
        if different > _FEW or whole < len(numbers) / 2:
            return Evidence(0.96, why)
        return Evidence(0.3, why)

    def read(self, cell):
        """A float."""
        if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
            raise BadCell(f"not a number: {shown(cell)}")
        try:
            number = float(cell)
        except ValueError:
            raise BadCell(f"not a number: {shown(cell)}") from None
        if not math.isfinite(number):
            raise BadCell(f"not a finite number: {shown(cell)}")
        return number

    def learn(self, values):
        """Facts: mean, spread (standard deviation) and median of the training rows."""
        numbers = np.array(list(values), float)
        if not len(numbers):
            raise TargetError(
                "The target has no answers",
                expected="numbers in the training rows",
                do="Name another column as the target, or fill this one",
            )
        spread = float(numbers.std())
        if spread == 0:
            raise TargetError(
                "The target is one number in every row",
                got=f"{numbers[0]:g} in all {len(numbers)} rows",
                do="Name another column as the target",
            )
        return {
            "mean": float(numbers.mean()),
            "spread": spread,
            "median": float(np.median(numbers)),
        }

    def encode(self, value, facts):
        """Standard deviations from the mean, a float."""
        return (value - facts["mean"]) / facts["spread"]

    def blank(self, facts):
        return np.asarray(np.nan, np.float32)

    def decode(self, logits, facts):
        """number: logits `(rows, 1)` in the unit of the cells."""
        found = np.asarray(logits, float)[:, 0] * facts["spread"] + facts["mean"]
        return {"number": found.tolist()}

    def nothing(self, facts):
        return self.decode(np.zeros((0, 1)), facts)

    def guess(self, facts):
        """The median: it has the least mean error of all constants."""
        return facts["median"]

    def scores(self, facts):
        return ("mae", "rmse", "r2", "bias", "median_error", "correlation")
