"""What each column is worth to a model: the whole explanation from one encoding.

Removal, Shapley values and interactions come from the score of every subset of columns,
each answered by the one model, its other columns absent. The permutation (perceptual)
score: Gat, Schwartz, Schwing, 2021, arXiv:2110.14375. EMAP, the nearest model without
interaction of columns: Hessel and Lee, 2020, arXiv:2010.06572.
"""

import json
import sys
from dataclasses import asdict, dataclass, field

import numpy as np

from homodal.errors import TableError
from homodal.evaluation import contributions
from homodal.evaluation.encodings import Encodings
from homodal.evaluation.files import replace
from homodal.evaluation.intervals import SHARE, mean_interval
from homodal.evaluation.noise import disturb
from homodal.training.session import Rows

MOST_ROWS = 1000
NOISES = (0.0, 0.5, 1.0)
REMOVED = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
_PERMUTED = 5  # times that each column's cells are shuffled
_MOST_SUBSETS = 1024  # that are listed, the best ones; all of ten columns
_GRID = 20_000  # answers of the additive projection
_GAIN = (-1.0, 1.0)  # bounds of what one column does to a row that is right or wrong
_GAIN_OF_TWO = (-2.0, 2.0)  # and of what two do less what each does
_DRAWS = 30  # of other rows for each row, where the whole grid is too large


@dataclass(frozen=True)
class Explanation:
    """What the columns are worth, measured on `rows` of the table's `of` rows.

    A measured value is `{"value", "low", "high"}`, 95 % interval (BCa over rows).
    subsets: `[{"columns", "accuracy"}]`, best first, 1,024 at most; `nothing`: of no
        column at all.
    shapley: `{column: measured}`, shares of accuracy; with `nothing` they add up to
        the accuracy. exact: all subsets were asked, not a sample.
    by_class: `{label: {column: measured}}`. interactions: `[{"columns", measured}]`.
    permutation: `{column: measured}`, accuracy lost when its cells are shuffled.
    emap: `{"additive": measured, "interaction": measured, "exact"}`; the second is the
        accuracy less the first.
    noise: `{column: [{"noise", "accuracy"}]}`. removal: `[{"removed", "accuracy"}]`,
        every cell removed with this probability.
    each_row: `[{"row", "label", "predicted", "probability", "columns",
        "right_without"}]`, Shapley values of the probability of the truth, and of a
        wrong row the columns without which it would be right; rows count from 1.
    """

    rows: int
    of: int
    columns: list
    accuracy: dict
    nothing: dict
    subsets: list
    shapley: dict
    exact: bool
    by_class: dict = field(default_factory=dict)
    interactions: list = field(default_factory=list)
    permutation: dict = field(default_factory=dict)
    emap: dict = field(default_factory=dict)
    noise: dict = field(default_factory=dict)
    removal: list = field(default_factory=list)
    each_row: list = field(default_factory=list)

    def to_dict(self):
        """The fields in their order; every value is JSON-able."""
        return asdict(self)

    def to_json(self, path):
        """Write `to_dict()` to the file `path`: all of it or nothing."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        replace(path, f"{text}\n".encode())


def explain_rows(model, rows, *, most_rows=MOST_ROWS, seed=0):
    """The `Explanation` of a `Model` on `Rows`, of at most `most_rows` of them.

    Raises `TableError` when no row has an answer that the model knows.
    """
    known = rows.numbers[rows.truth[rows.numbers] >= 0]
    if not len(known):
        target = model.preparation.target.name
        raise TableError(
            f"No row of {rows.table.name} has an answer in '{target}' that the model "
            "knows",
            expected="labelled rows to measure on",
        )
    chosen = known
    if len(known) > most_rows:
        rng = np.random.default_rng(seed)
        chosen = np.sort(rng.choice(known, most_rows, replace=False))
    part = Rows(rows.table, rows.columns, rows.truth, chosen)
    return _Study(model, Encodings(model, part), seed).explanation(len(known))


def additive_of_two(logits, slugs, rows, shifts):
    """The additive projection of two columns: `(rows, classes)`.

    logits: a function of `{slug: places}`. Row i meets the rows i + shift, in a ring;
    with all shifts from 0 on that is every pair, and the projection is exact.
    """
    first, second = slugs
    places = np.arange(rows)
    of_first = of_second = 0.0
    for shift in shifts:
        answers = logits({first: places, second: (places + shift) % rows})
        of_first = of_first + answers / len(shifts)
        of_second = of_second + np.roll(answers, shift, axis=0) / len(shifts)
    return of_first + of_second - of_first.mean(axis=0)


def _say_sampled(columns, orders, subsets):
    print(
        f"{columns} columns have too many subsets to ask all of them: their values are "
        f"estimated from {orders} orders of the columns, {subsets:,} subsets",
        file=sys.stderr,
    )


class _Study:
    """One pass of questions over encoded rows."""

    def __init__(self, model, encodings, seed):
        self.model = model
        self.encodings = encodings
        self.seed = seed
        self.truth = encodings.truth.astype(np.int64)
        self.names = model.columns
        self.whole = encodings.logits()
        self.right = self._hits(self.whole)

    def explanation(self, of):
        columns = len(self.names)
        exact = columns <= contributions.MOST_EXACT
        orders = None if exact else contributions.sampled_orders(columns, self.seed)
        codes = range(2**columns) if exact else contributions.needed(orders)
        if not exact:
            _say_sampled(columns, len(orders), len(codes))
        hits, likely = self._subset_figures(codes)
        if exact:
            stacked = np.stack([hits[code] for code in range(2**columns)])
            phi = contributions.shapley(stacked)
            phi_likely = contributions.shapley(np.stack(list(likely.values())))
        else:
            phi = contributions.sampled_shapley(hits, orders)
            phi_likely = contributions.sampled_shapley(likely, orders)
        return Explanation(
            rows=len(self.encodings),
            of=of,
            columns=self.names,
            accuracy=self._mean(self.right),
            nothing=self._mean(hits[0]),
            subsets=self._subsets(hits),
            shapley=self._named(phi),
            exact=exact,
            by_class=self._by_class(phi),
            interactions=self._interactions(stacked) if exact and columns > 1 else [],
            permutation=self._permutation(),
            emap=self._emap() if columns > 1 else {},
            noise=self._noise(),
            removal=self._removal(stacked) if exact else [],
            each_row=self._each_row(phi_likely, hits),
        )

    def _mean(self, values, bounds=SHARE):
        return mean_interval(values, bounds, seed=self.seed)

    def _named(self, phi):
        pairs = zip(self.names, phi, strict=True)
        return {name: self._mean(row, _GAIN) for name, row in pairs}

    def _hits(self, logits):
        return (logits.argmax(axis=1) == self.truth).astype(float)

    def _likely(self, logits):
        """Probability of the truth, at the model's temperature: `(rows,)`."""
        scaled = self.model.calibration.scaled(logits.astype(np.float64))
        shifted = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return shifted[np.arange(len(shifted)), self.truth] / shifted.sum(axis=1)

    def _subset_figures(self, codes):
        """`{code: (rows,)}` of hits and of the truth's probability, by subset."""
        hits, likely = {}, {}
        for code in codes:
            shown = contributions.shown_by(code, len(self.names))
            logits = self.encodings.logits(present=shown)
            hits[code], likely[code] = self._hits(logits), self._likely(logits)
        return hits, likely

    def _subsets(self, hits):
        means = {code: values.mean() for code, values in hits.items() if code}
        best = sorted(means, key=lambda code: (-means[code], code.bit_count()))
        found = []
        for code in best[:_MOST_SUBSETS]:
            shown = contributions.shown_by(code, len(self.names))
            names = [self.names[place] for place in np.flatnonzero(shown)]
            found.append({"columns": names, "accuracy": self._mean(hits[code])})
        return found

    def _by_class(self, phi):
        classes = self.model.classes
        return {
            classes[c]: self._named(phi[:, self.truth == c])
            for c in np.unique(self.truth)
        }

    def _interactions(self, hits):
        found = contributions.interactions(hits)
        pairs = [(i, j) for j in range(len(self.names)) for i in range(j)]

        def measured(i, j):
            return self._mean(found[i, j], _GAIN_OF_TWO)

        return [
            {"columns": [self.names[i], self.names[j]], **measured(i, j)}
            for i, j in pairs
        ]

    def _permutation(self):
        rng = np.random.default_rng(self.seed)
        lost = {}
        for slug, name in zip(self.encodings.slugs, self.names, strict=True):
            picks = [rng.permutation(len(self.truth)) for _ in range(_PERMUTED)]
            hits = [self._hits(self.encodings.logits(picks={slug: p})) for p in picks]
            lost[name] = self._mean(self.right - np.mean(hits, axis=0), _GAIN)
        return lost

    def _emap(self):
        additive, exact = self._projection()
        hits = self._hits(additive)
        return {
            "additive": self._mean(hits),
            "interaction": self._mean(self.right - hits, _GAIN),
            "exact": exact,
        }

    def _projection(self):
        """Logits of the nearest additive model, and whether all rows were mixed.

        f(x) = sum_m E[f | x_m] - (M - 1) E[f], columns drawn independently. With two
        columns each row meets all others, or, of many, evenly spaced ones; with more
        columns it meets random ones.
        """
        count, columns = len(self.truth), len(self.names)
        if columns == 2:
            shifts = np.arange(count)
            if count**2 > _GRID:
                shifts = np.unique(np.linspace(0, count - 1, _GRID // count, dtype=int))
            logits = self.encodings.logits
            slugs = self.encodings.slugs
            additive = additive_of_two(
                lambda picks: logits(picks=picks), slugs, count, shifts
            )
            return additive, len(shifts) == count
        rng = np.random.default_rng(self.seed)
        draws = max(2, min(_DRAWS, _GRID // (count * columns)))
        total, overall = 0.0, 0.0
        for _ in range(draws):
            picks = {s: rng.permutation(count) for s in self.encodings.slugs}
            overall = overall + self.encodings.logits(picks=picks).mean(axis=0)
            for slug in self.encodings.slugs:
                kept = picks | {slug: np.arange(count)}
                total = total + self.encodings.logits(picks=kept)
        additive = total / draws - (columns - 1) * overall / draws
        return additive, False

    def _noise(self):
        curves = {}
        for slug, name in zip(self.encodings.slugs, self.names, strict=True):
            rng = np.random.default_rng(self.seed)
            curve = [{"noise": 0.0, "accuracy": self._mean(self.right)}]
            for strength in NOISES[1:]:
                others = self.encodings.disturbed(
                    slug, lambda a, mask, s=strength, r=rng: disturb(a, mask, s, r)
                )
                hits = self._hits(self.encodings.logits(others=others))
                curve.append({"noise": strength, "accuracy": self._mean(hits)})
            curves[name] = curve
        return curves

    def _removal(self, hits):
        by_row = contributions.removal_curve(hits, REMOVED)
        return [
            {"removed": rate, "accuracy": self._mean(values)}
            for rate, values in zip(REMOVED, by_row, strict=True)
        ]

    def _each_row(self, phi, hits):
        every = (1 << len(self.names)) - 1
        without = {  # a sample of subsets may lack some of these
            name: hits[every ^ 1 << c]
            for c, name in enumerate(self.names)
            if every ^ 1 << c in hits
        }
        classes = self.model.classes
        predicted = self.whole.argmax(axis=1)
        likely = self._likely(self.whole)
        return [
            {
                "row": int(row) + 1,
                "label": classes[self.truth[place]],
                "predicted": classes[predicted[place]],
                "probability": round(float(likely[place]), 6),
                "columns": {
                    name: round(float(phi[c, place]), 6)
                    for c, name in enumerate(self.names)
                },
                "right_without": [
                    name
                    for name, right in without.items()
                    if right[place] and not self.right[place]
                ],
            }
            for place, row in enumerate(self.encodings.rows)
        ]
