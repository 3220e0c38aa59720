"""Two or more models on the same rows: is one better, or was it luck?

McNemar, 1947 (its exact form, the sign test on the rows where one of two is right);
the paired bootstrap; Holm, 1979, for several comparisons; Fisher's exact test for two
groups of rows.
"""

import json
from dataclasses import asdict, dataclass
from itertools import combinations
from math import exp, lgamma, log

import numpy as np

from homodal.errors import TableError
from homodal.evaluation.files import replace
from homodal.evaluation.intervals import SHARE, mean_interval

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Comparison:
    """Models on the rows that all of them could be scored on.

    rows: how many. models: `[{"name", "accuracy": measured, "log_loss": measured}]`,
    best first. pairs: `[{"better", "worse", "difference": measured, "only_better",
    "only_worse", "p", "p_holm", "differ"}]`: the difference of accuracy with its paired
    interval, rows that only one has right, McNemar's p before and after Holm.
    verdict: what that means, a sentence.
    """

    rows: int
    models: list
    pairs: list
    verdict: str

    def to_dict(self):
        """The fields in their order; every value is JSON-able."""
        return asdict(self)

    def to_json(self, path):
        """Write `to_dict()` to the file `path`: all of it or nothing."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        replace(path, f"{text}\n".encode())


def compared(outcomes, seed=0):
    """The `Comparison` of `{name: Outcomes}` of the same table.

    Raises `TableError` when no row was scored by all of them.
    """
    shared = set.intersection(*(set(o.row.astype(int)) for o in outcomes.values()))
    if not shared:
        raise TableError(
            "No row can be scored by all of the models",
            expected="models of one target, and rows with their answers",
        )
    chosen = {name: np.isin(o.row, sorted(shared)) for name, o in outcomes.items()}
    right = {n: o.right[chosen[n]].astype(float) for n, o in outcomes.items()}
    models = [
        {
            "name": name,
            "accuracy": mean_interval(right[name], SHARE, seed=seed),
            "log_loss": mean_interval(
                -np.log(np.maximum(each.of_truth[chosen[name]], 1e-12)), seed=seed
            ),
        }
        for name, each in outcomes.items()
    ]
    models.sort(key=lambda each: -each["accuracy"]["value"])
    names = [each["name"] for each in models]
    pairs = [_pair(a, b, right, seed) for a, b in combinations(names, 2)]
    for pair, p in zip(pairs, holm([pair["p"] for pair in pairs]), strict=True):
        pair |= {"p_holm": p, "differ": p < SIGNIFICANT}
    return Comparison(len(shared), models, pairs, _verdict(models, pairs, len(shared)))


def mcnemar(only_first, only_second):
    """Two-sided exact p of two counts of rows that only one of two has right."""
    total = only_first + only_second
    fewer = min(only_first, only_second)
    tail = sum(exp(_log_choose(total, k) - total * log(2)) for k in range(fewer + 1))
    return min(1.0, 2 * tail)


def holm(values):
    """Holm's p values: the smallest times n, the next times n - 1, never falling."""
    values = np.asarray(values, float)
    order = np.argsort(values, kind="stable")
    factors = len(values) - np.arange(len(values))
    adjusted = np.minimum(np.maximum.accumulate(values[order] * factors), 1.0)
    found = np.empty_like(adjusted)
    found[order] = adjusted
    return found.tolist()


def fisher(hits, rows, other_hits, other_rows):
    """Two-sided exact p that two groups of rows have one accuracy.

    The sum over all tables of these margins that are as unlikely as this one.
    """
    total, right = rows + other_rows, hits + other_hits
    lowest, highest = max(0, right - other_rows), min(rows, right)
    logs = np.array(
        [
            _log_choose(rows, k) + _log_choose(other_rows, right - k)
            for k in range(lowest, highest + 1)
        ]
    ) - _log_choose(total, right)
    likely = np.exp(logs)
    return float(min(1.0, likely[likely <= likely[hits - lowest] * (1 + 1e-7)].sum()))


def _pair(better, worse, right, seed):
    first, second = right[better], right[worse]
    only_better = int(((first == 1) & (second == 0)).sum())
    only_worse = int(((first == 0) & (second == 1)).sum())
    return {
        "better": better,
        "worse": worse,
        "difference": mean_interval(first - second, (-1.0, 1.0), seed=seed),
        "only_better": only_better,
        "only_worse": only_worse,
        "p": mcnemar(only_better, only_worse),
    }


def _verdict(models, pairs, rows):
    best = models[0]["name"]
    against = [pair for pair in pairs if pair["better"] == best]
    beaten = [pair["worse"] for pair in against if pair["differ"]]
    level = [pair["worse"] for pair in against if not pair["differ"]]
    said = []
    if beaten:
        said.append(f"{best} is better than {_and(beaten)}")
    if level:
        said.append(f"{best} and {_and(level)} cannot be told apart")
    return "; ".join(said) + f" on these {rows:,} rows."


def _and(names):
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _log_choose(n, k):
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
