"""Number cells: a quantity in, a standardised value out."""

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.media import repairs
from homodal.media.number_forms import recognise_form
from homodal.media.numbers import NumberForm
from homodal.media.plain_numbers import plain_numbers, read_all
from homodal.plain.features import Flat

_LIMIT = 10.0  # standard deviations; one wild value must not blow up a network
_TAIL = 0.01  # of the training values, on each side, drawn in before measuring


class Number(Modality):
    """A quantity, standardised by the mean and spread of the training rows.

    How the column writes its numbers is recognised, or told: decimal: "." or ",";
    thousands: the sign between groups of digits (",", ".", " ", "'", "_"), or "";
    strip: currencies and units around the number, one or a list. 12% is 12.
    """

    block = "table"
    repeats = True

    def __init__(self, decimal=None, thousands=None, strip=None):
        self.decimal = decimal
        self.thousands = thousands
        self.strip = strip

    def recognise(self, cells):
        writing = recognise_form(cells, self.decimal, self.thousands, self.strip)
        numbers, reason = read_all(cells, writing.form)
        share = len(numbers) / max(1, len(cells))
        why = f"{len(numbers)} of {len(cells)} cells are numbers"
        if writing.kind:
            return Evidence(0.3 * share, writing.clause(why))
        if share < 0.9 or any(isinstance(c, bool) for c in cells):
            why = writing.clause(why)
            return Evidence(0.3 * share, f"{why}; {reason}" if reason else why)
        if _is_count(cells, numbers):
            return Evidence(0.3, f"{why}, but they only count the rows")
        different = len(set(_exact(cells, numbers)))
        if different <= 2:
            why = writing.clause(f"{why}, only {different} different")
            return Evidence(0.55, why, writing.options)
        why = writing.clause(why) + (f"; {reason}" if reason else "")
        surest = 0.95 if writing.options else 0.9  # no other kind is written so
        return Evidence(surest * share, why, writing.options)

    def read(self, cell):
        """The number as a 0-d float64 array; text is read in the column's form."""
        return np.array(self._form().read(cell))

    def read_many(self, cells):
        form = self._form()
        if form.strip or form.decimal != ".":
            return None
        values = plain_numbers(cells)
        return values, np.isfinite(values)

    def encode_many(self, arrays, facts):
        with np.errstate(over="ignore"):  # of a huge one, which is beyond in any case
            values = (arrays - facts["location"]) / facts["scale"]
        within = np.clip(values, -_LIMIT, _LIMIT).astype(np.float32)
        return within[:, None], np.abs(values) <= _LIMIT

    def learn(self, arrays):
        """Facts: location and scale, after the extreme values are drawn in."""
        if not isinstance(arrays, np.ndarray):
            arrays = [array.item() for array in arrays]
        values = np.array(arrays, np.float64)
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
        """Standard deviations from the mean, float32 `(1,)`, within -10 and 10.

        A value beyond is noted among the repairs.
        """
        value = (array.item() - facts["location"]) / facts["scale"]
        if abs(value) > _LIMIT:
            repairs.note(f"beyond ten deviations: {array.item():g}")
        return np.array([min(max(value, -_LIMIT), _LIMIT)], np.float32)

    def shape(self, facts):
        return (1,)

    def figures(self, array):
        """The number itself."""
        return {"value": array.item()}

    def plain(self, facts):
        return Flat()

    def written(self, array, facts):
        return f"{array.item() * facts['scale'] + facts['location']:.6g}"

    def example(self, folder, rng):
        return round(float(rng.normal(20.0, 5.0)), 3)

    def _form(self):
        return NumberForm.of("number", self.decimal, self.thousands, self.strip)


def _exact(cells, numbers):
    """The values to be counted: whole numbers beyond 2**53 are not rounded."""
    if len(numbers) < len(cells):
        return numbers
    return [
        cell if isinstance(cell, int) else number
        for cell, number in zip(cells, numbers, strict=True)
    ]


def _is_count(cells, numbers):
    """True for n different whole numbers in a row: numbers of rows, no quantity."""
    if len(numbers) < 5 or not all(float(value).is_integer() for value in numbers):
        return False
    values = [int(value) for value in _exact(cells, numbers)]
    return len(set(values)) == len(values) == max(values) - min(values) + 1
