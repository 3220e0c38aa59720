"""Number cells: a quantity in, a standardised value out."""

import math
import re

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell
from homodal.media.files import shown, try_each

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)
_LIMIT = 10.0  # standard deviations; one wild value must not blow up a network
_TAIL = 0.01  # of the training values, on each side, drawn in before measuring


class Number(Modality):
    """A quantity, standardised by the mean and spread of the training rows."""

    block = "table"

    def recognise(self, cells):
        numbers, reason = try_each(cells, self.read)
        share = len(numbers) / max(1, len(cells))
        why = f"{len(numbers)} of {len(cells)} cells are numbers"
        if share < 0.9 or any(isinstance(c, bool) for c in cells):
            return Evidence(0.3 * share, f"{why}; {reason}" if reason else why)
        values = [number.item() for number in numbers]
        if _is_count(values):
            return Evidence(0.3, f"{why}, but they only count the rows")
        different = len(set(values))
        if different <= 2:
            return Evidence(0.55, f"{why}, only {different} different")
        return Evidence(0.9 * share, why)

    def read(self, cell):
        """The number as a 0-d float64 array; text is read with a decimal point."""
        if isinstance(cell, str):
            text = cell.strip()
            if not _NUMBER.fullmatch(text):
                raise BadCell(f"not a number: {shown(cell)}")
            cell = float(text)
        elif isinstance(cell, np.ndarray) and cell.size == 1:
            cell = cell.item()
        if not isinstance(cell, (bool, int, float, np.number)):
            raise BadCell(f"not a number: {shown(cell)}")
        return np.array(_finite(cell))

    def learn(self, arrays):
        """Facts: location and scale, after the extreme values are drawn in."""
        values = np.array([array.item() for array in arrays], np.float64)
        if not len(values):
            return {"location": 0.0, "scale": 1.0}
        unit = float(np.abs(values).max()) or 1.0  # sums of huge values overflow
        values = values / unit
        drawn_in = np.clip(values, *np.quantile(values, [_TAIL, 1 - _TAIL]))
        # All but a few values equal: those few are what tells
        scale = drawn_in.std() or values.std()
        # A spread below rounding is a constant column
        constant = scale <= 1e-9 * np.abs(drawn_in).max()
        return {
            "location": float(drawn_in.mean()) * unit,
            "scale": 1.0 if constant else float(scale) * unit,
        }

    def encode(self, array, facts):
        """Standard deviations from the mean, float32 `(1,)`, within -10 and 10."""
        value = (array.item() - facts["location"]) / facts["scale"]
        return np.array([min(max(value, -_LIMIT), _LIMIT)], np.float32)

    def shape(self, facts):
        return (1,)

    def example(self, folder, rng):
        return round(float(rng.normal(20.0, 5.0)), 3)


def _finite(cell):
    try:
        value = float(cell)
    except (OverflowError, TypeError):  # a huge int; a complex number
        raise BadCell(f"not a number: {shown(cell)}") from None
    if not math.isfinite(value):
        raise BadCell(f"not a finite number: {cell}")
    return value


def _is_count(values):
    """True for n different whole numbers in a row: numbers of rows, no quantity."""
    if len(values) < 5 or not all(value.is_integer() for value in values):
        return False
    return len(set(values)) == len(values) == max(values) - min(values) + 1
