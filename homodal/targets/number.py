"""Number cells: how much, how many; one or several, with how sure the answer is."""

import numpy as np

from homodal.calibration import quantile
from homodal.contracts import Evidence, Target
from homodal.errors import BadCell, TargetError, one_of
from homodal.media.files import shown, try_each
from homodal.media.lists import listed
from homodal.media.number_forms import recognise_form
from homodal.media.numbers import NumberForm
from homodal.media.places import recognise_places

_MOSTLY = 0.9  # of the cells; where so many are numbers, the others are mistakes
_FEW = 20  # different numbers; below, they may well be names of classes
_SEPARATORS = (";", "|")  # a comma may be a decimal sign, and is told
_SKEWED = 3.0  # times the median that the mean is
_SCALES = ("linear", "log")
_SPREADS = ("none", "gaussian", "quantile")  # of 1, 2, 3 figures for a number
_LEVEL = 0.9
_NORMAL = 1.6448536269514722  # standard deviations that hold 90 % of a Gaussian
_FENCE = 10.0  # interquartile ranges beyond the quartiles; what is past is an outlier
_FEWEST_ROWS = 20  # with fewer nothing is far from the rest
_MOST_OUTLIERS = 0.01  # of the rows, or one; more are a long tail, and are learned
_FARTHEST = 1e18  # standard deviations; their squares are finite in single precision
_LARGEST = 1e100  # whose squares are finite in double precision
_NARROWEST, _WIDEST = -6.0, 6.0  # log standard deviations, as the head clips them


class Number(Target):
    """A number to estimate, or several in a cell, as many in every row.

    A cell is a number, a list of numbers, a JSON list in text, or numbers joined by
    `separator`: ";" or "|", found from the data where it is not told. How the column
    writes numbers is found, too, or told: decimal: "." or ","; thousands: the sign
    between groups of digits (",", ".", " ", "'", "_"), or ""; strip: currencies and
    units around the number, `["$"]`. Answers are in that unit: 12% is 12. spread
    "quantile" or "gaussian" (a standard deviation for each row): answers have `low` and
    `high`, widened on the validation rows so that they hold the truth in 90 %. scale
    "log" estimates the logarithm of numbers above zero: what is off by a factor counts
    alike for small and large ones.

    Widening: the distance to the middle times one factor, the split-conformal quantile
    of what each validation row would have needed. Romano, Patterson, Candes,
    "Conformalized Quantile Regression", 2019, arXiv:1905.03222; the factor in place of
    their sum: Sesia, Candes, 2020, arXiv:1909.05433 (CQR-m).
    """

    head = "regress"
    dtype = "float32"
    fits = True

    def __init__(
        self,
        separator=None,
        spread="none",
        scale="linear",
        decimal=None,
        thousands=None,
        strip=None,
    ):
        self.separator = separator
        self.spread = spread
        self.scale = scale
        self.decimal = decimal
        self.thousands = thousands
        self.strip = strip

    def recognise(self, cells):
        places = recognise_places(cells)
        if places is not None:
            return Evidence(0.3, places.describe())
        reader, writing = self._reader_of(cells)
        numbers, reason = try_each(cells, reader.read)
        why = f"{len(numbers)} of {len(cells)} cells are numbers"
        if writing.kind or len(numbers) < _MOSTLY * len(cells) or not numbers:
            why = writing.clause(why)
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        odd = f"; {why}; {reason}" if len(numbers) < len(cells) else ""
        sizes = {np.size(number) for number in numbers}
        if len(sizes) > 1:
            return Evidence(0.1, "different counts of numbers in a cell")
        options = {"separator": reader.separator} if reader.separator else {}
        options |= writing.options
        if sizes != {1}:
            why = f"{sizes.pop()} numbers in every cell"
            if all(float(each).is_integer() for row in numbers for each in row):
                why += ", all whole: labels, if they are numbers of labels"
            return Evidence(0.97, writing.clause(why) + odd, options)
        different = len(set(numbers))
        why = writing.clause(f"{different} different numbers in {len(numbers)} cells")
        whole = sum(number == int(number) for number in numbers)
        if different > _FEW or whole < len(numbers) / 2:
            return Evidence(0.96, why + odd + _skew(numbers), options)
        return Evidence(0.3, why + odd, options)

    def _reader_of(self, cells):
        """`(the target with the options that these cells show, their Writing)`."""
        told = dict(vars(self))
        told["separator"] = self.separator or _separator_of(cells)
        bare = type(self)(**told)
        pieces = [
            piece
            for cell in cells
            if isinstance(cell, str)
            for piece in bare._pieces(cell)
        ]
        writing = recognise_form(pieces, self.decimal, self.thousands, self.strip)
        return type(self)(**told | writing.options), writing

    def read(self, cell):
        """A float, or a list of them where there are several."""
        found = [self._one(each) for each in self._pieces(cell)]
        if not found:
            raise BadCell(f"not a number: {shown(cell)}")
        return found[0] if len(found) == 1 else found

    def learn(self, values):
        """Facts of the training rows: mean, deviation (standard) and median.

        On the log scale the first two are of the logarithms. Of several numbers, lists,
        and `numbers`, how many. A few rows that are far from the rest have no part in
        mean and deviation; then there are `fences`, `[low, high]` of each number on the
        scale, and `robust` is True.
        """
        _check_option("scale", self.scale, _SCALES)
        _check_option("spread", self.spread, _SPREADS)
        numbers, size = _numbers(list(values))
        scaled = self._scaled(numbers)
        fences = low, high = _fences(scaled)
        near = np.where((scaled < low) | (scaled > high), np.nan, scaled)
        deviation = np.nanstd(near, axis=0)
        for place in np.flatnonzero(deviation == 0):
            raise TargetError(
                "The target is one number in every row",
                got=f"{numbers[0, place]:g} in all {len(numbers)} rows",
                do="Name another column as the target",
            )
        facts = {
            "mean": np.nanmean(near, axis=0),
            "deviation": deviation,
            "median": np.median(numbers, axis=0),
        }
        robust = {}
        if np.isfinite(fences).any():
            pairs = [_finite_pair(*pair) for pair in zip(*fences, strict=True)]
            robust = {"robust": True, "fences": pairs}
        if size == 1:
            return {name: float(each[0]) for name, each in facts.items()} | robust
        listed = {name: each.tolist() for name, each in facts.items()}
        return listed | {"numbers": size} | robust

    def encode(self, value, facts):
        """Standard deviations from the mean, a float or `(numbers,)`.

        Raises `TargetError` for another count of numbers than in training.
        """
        if np.size(value) != facts.get("numbers", 1):
            raise TargetError(
                "A row has another count of numbers than those of training",
                expected=str(facts.get("numbers", 1)),
                got=str(np.size(value)),
            )
        scaled = self._scaled(np.asarray(value, float))
        found = (scaled - facts["mean"]) / facts["deviation"]
        found = np.clip(found, -_FARTHEST, _FARTHEST)
        return float(found) if np.ndim(value) == 0 else found

    def outliers(self, truth, facts):
        if "fences" not in facts:
            return {}
        truth = np.asarray(truth, float).reshape(len(truth), -1)
        scaled = truth * facts["deviation"] + facts["mean"]
        fences = [pair or (-np.inf, np.inf) for pair in facts["fences"]]
        low, high = np.transpose(fences)
        far = (scaled < low) | (scaled > high)
        numbers = np.exp(scaled) if self.scale == "log" else scaled
        return {
            int(row): ", ".join(f"{number:.6g}" for number in numbers[row, far[row]])
            for row in np.flatnonzero(far.any(axis=1))
        }

    def blank(self, facts):
        size = facts.get("numbers")
        return np.full(() if size is None else size, np.nan, np.float32)

    def fit(self, batches, facts):
        """widening: of each number, by how much the distances to low and high grow.

        The largest that a row needed where there are too few rows for the promise.
        """
        pairs = [
            (self._figures(logits, facts), truth.reshape(len(truth), -1))
            for logits, truth in batches
        ]
        if not pairs or len(pairs[0][0]) == 1:
            return {}
        parts = zip(*(found for found, _ in pairs), strict=True)
        figures = [np.concatenate(each) for each in parts]
        truth = np.concatenate([own for _, own in pairs])
        known = ~np.isnan(truth[:, 0])
        if not known.any():
            return {}
        middle, low, high = (each[known] for each in figures)
        off = truth[known] - middle
        needed = np.where(off < 0, -off / (middle - low), off / (high - middle))
        found = [(quantile(own, _LEVEL), own.max()) for own in needed.T]
        return {"widening": [float(most if q is None else q) for q, most in found]}

    def decode(self, logits, facts):
        """number, and low and high where there is a spread, in the unit of the cells.

        logits `(rows, numbers * figures)`: of each number the middle; with it the log
        standard deviation (gaussian); or how far low and high are (quantile, through a
        softplus). Lists a row where there are several numbers.
        """
        figures = self._figures(logits, facts)
        if len(figures) == 3:
            middle, low, high = figures
            factor = np.asarray(facts.get("widening", 1.0))
            low = middle - factor * (middle - low)
            figures = (middle, low, middle + factor * (high - middle))
        names = ("number", "low", "high")
        return {
            name: self._told(each, facts)
            for name, each in zip(names, figures, strict=False)
        }

    def nothing(self, facts):
        figures = _SPREADS.index(self.spread) + 1
        return self.decode(np.zeros((0, figures * facts.get("numbers", 1))), facts)

    def guess(self, facts):
        """The median: it has the least mean error of all constants."""
        return facts["median"]

    def plain_loss(self, facts):
        return "bounded" if facts.get("robust") else "squares"

    def scores(self, facts):
        found = ("mae", "rmse", "r2", "bias", "median_error", "correlation")
        return found if self.spread == "none" else (*found, "coverage", "width")

    def _pieces(self, cell):
        pieces = listed(cell)
        if pieces is not None:
            return pieces
        if isinstance(cell, str) and self.separator and self.separator in cell:
            return cell.split(self.separator)
        return [cell]

    def _one(self, cell):
        if isinstance(cell, bool):
            raise BadCell(f"not a number: {shown(cell)}")
        form = NumberForm.of(
            "number", self.decimal, self.thousands, self.strip, "target"
        )
        number = form.read(cell)
        if abs(number) > _LARGEST:
            raise BadCell(f"not a number that can be learned: {shown(cell)}")
        if self.scale == "log" and number <= 0:
            raise BadCell(f"not above zero, as the log scale needs: {shown(cell)}")
        return number

    def _scaled(self, numbers):
        return np.log(numbers) if self.scale == "log" else numbers

    def _figures(self, logits, facts):
        """`(middle,)` or `(middle, low, high)`, each `(rows, numbers)`, not scaled."""
        size = facts.get("numbers", 1)
        logits = np.asarray(logits, float)
        each = logits.reshape(len(logits), size, logits.shape[1] // size)
        middle = each[..., 0]
        if each.shape[-1] == 1:
            return (middle,)
        if each.shape[-1] == 2:
            deviation = np.exp(np.clip(each[..., 1], _NARROWEST, _WIDEST))
            return middle, middle - _NORMAL * deviation, middle + _NORMAL * deviation
        below, above = (np.logaddexp(0.0, each[..., place]) for place in (1, 2))
        return middle, middle - below, middle + above

    def _told(self, standardised, facts):
        found = standardised * facts["deviation"] + facts["mean"]
        if self.scale == "log":
            found = np.exp(found)
        return found.tolist() if "numbers" in facts else found[:, 0].tolist()


def _numbers(values):
    """`((rows, numbers) in order, numbers)`. Raises `TargetError` for none or mixed."""
    if not values:
        raise TargetError(
            "The target has no answers",
            expected="numbers in the training rows",
            do="Name another column as the target, or fill this one",
        )
    sizes = {np.size(value) for value in values}
    if len(sizes) > 1:
        raise TargetError(
            "The target has different counts of numbers in its rows",
            expected="as many in every row",
            got=", ".join(map(str, sorted(sizes))),
        )
    numbers = np.array(values, float).reshape(len(values), -1)
    return numbers[np.lexsort(numbers.T)], sizes.pop()  # sums round alike in any order


def _fences(numbers):
    """`(low, high)`, each `(numbers,)`; infinite where no few rows are far away.

    numbers `(rows, numbers)`. Far: ten interquartile ranges beyond the quartiles.
    """
    low = np.full(numbers.shape[1], -np.inf)
    high = -low
    for place, column in enumerate(numbers.T):
        below, above = np.quantile(column, [0.25, 0.75])
        reach = _FENCE * (above - below)
        beyond = (column < below - reach) | (column > above + reach)
        most = max(1, _MOST_OUTLIERS * len(column))
        if reach and len(column) >= _FEWEST_ROWS and 0 < beyond.sum() <= most:
            low[place], high[place] = below - reach, above + reach
    return low, high


def _finite_pair(low, high):
    """`[low, high]`, JSON-able: None where there is no fence."""
    return [float(low), float(high)] if np.isfinite(low) else None


def _separator_of(cells):
    """The sign that joins equally many numbers in every cell, or None."""
    for separator in _SEPARATORS:
        if cells and all(isinstance(c, str) and separator in c for c in cells):
            return separator
    return None


def _skew(numbers):
    numbers = np.asarray(numbers)
    if numbers.min() <= 0 or numbers.mean() < _SKEWED * np.median(numbers):
        return ""
    return "; a few are much larger: scale=log may suit them"


def _check_option(name, value, known):
    if value not in known:
        raise TargetError(
            f"Unknown {name} of a target of numbers", expected=one_of(known), got=value
        )
