"""What the trials of a study say: scores with intervals, and which to choose.

Test rows are resampled with replacement, the same rows for every candidate, and so are
each candidate's seeds: the interval is about other rows and other seeds. A candidate is
behind the best fusion where the interval of their difference leaves out zero.
"""

from dataclasses import dataclass

import numpy as np

from homodal.evaluation.intervals import SHARE, interval_of
from homodal.evaluation.scores import class_counts, class_scores
from homodal.studies.candidates import ALONE, FUSION, LATE, ONE_TEXT

_RESAMPLES = 1000
_NEARLY_AS_QUICK = 1.5  # times the seconds of the quickest


@dataclass(frozen=True)
class Line:
    """One candidate's result over its seeds.

    accuracy, behind: `{"value", "low", "high"}`, `behind` the best fusion's lead.
    removed: `{share: accuracy}` with so many cells removed at prediction. seconds: of a
    training; step_ms: of one step with its share of validation; peak_bytes: added by
    the training, or None.
    """

    kind: str
    name: str
    title: str
    encoder: str
    seeds: int
    accuracy: dict
    f1_macro: float
    behind: dict
    removed: dict
    parameters: int
    seconds: float
    step_ms: float
    peak_bytes: int | None


def standing(trials, truth, classes, resamples=_RESAMPLES):
    """`Line`s of the finished trials, the best first.

    trials: dicts as the ledger keeps them, with "predicted" `(rows,)` for each share of
    removed cells; truth `(rows,)`, negative where a row is not scored.
    """
    groups = {}
    for trial in trials:
        if "predicted" in trial:
            groups.setdefault(trial["candidate"], []).append(trial)
    if not groups:
        return []
    known = np.asarray(truth) >= 0
    wanted = np.asarray(truth)[known]
    right = {
        key: np.array([np.asarray(t["predicted"]["0"])[known] == wanted for t in group])
        for key, group in groups.items()
    }
    drawn = _resampled(right, len(wanted), resamples)
    fused = [key for key, group in groups.items() if group[0]["kind"] == FUSION]
    best = max(fused or right, key=lambda key: right[key].mean())
    lines = [
        _line(group, right, drawn, best, known, wanted, classes)
        for group in groups.values()
    ]
    return sorted(lines, key=lambda line: -line.accuracy["value"])


def _resampled(right, rows, resamples):
    """`{candidate: (resamples,)}` accuracies over resampled rows and seeds."""
    rng = np.random.default_rng(0)
    weights = rng.multinomial(rows, np.full(rows, 1 / rows), size=resamples) / rows
    found = {}
    for key, hits in right.items():
        by_seed = weights @ hits.T  # (resamples, seeds)
        chosen = rng.integers(len(hits), size=by_seed.shape)
        found[key] = np.take_along_axis(by_seed, chosen, axis=1).mean(axis=1)
    return found


def _line(group, right, drawn, best, known, wanted, classes):
    first, key = group[0], group[0]["candidate"]
    value = float(right[key].mean())
    lead = float(right[best].mean()) - value
    return Line(
        kind=first["kind"],
        name=first["name"],
        title=first["title"],
        encoder=first["encoder"],
        seeds=len(group),
        accuracy=interval_of(value, drawn[key], rows=len(wanted), bounds=SHARE),
        f1_macro=_mean(_f1(t["predicted"]["0"], known, wanted, classes) for t in group),
        # the best is behind itself by nothing, and that is certain
        behind=interval_of(
            lead,
            drawn[best] - drawn[key],
            rows=len(wanted),
            bounds=None if key == best else (-1.0, 1.0),
        ),
        removed={
            share: _mean(
                np.mean(np.asarray(t["predicted"][share])[known] == wanted)
                for t in group
            )
            for share in first["predicted"]
            if share != "0"
        },
        parameters=first["parameters"],
        seconds=_mean(t["seconds"] for t in group),
        step_ms=_mean(t["step_ms"] for t in group),
        peak_bytes=_peak(group),
    )


def _f1(predicted, known, wanted, classes):
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (wanted, np.asarray(predicted)[known]), 1)
    return float(class_scores(*class_counts(confusion))["f1_macro"])


def _peak(group):
    peaks = [t["peak_bytes"] for t in group if t["peak_bytes"] is not None]
    return max(peaks, default=None)


def _mean(values):
    return float(np.mean(list(values)))


def advice(lines):
    """A few sentences: what to choose and why, from `standing`."""
    fusions = [line for line in lines if line.kind == FUSION]
    if not fusions:
        return "Nothing was trained to the end."
    best = fusions[0]
    level = [line for line in fusions if _level(line, best)]
    quickest = min(line.seconds for line in level)
    near = [line for line in level if line.seconds <= _NEARLY_AS_QUICK * quickest]
    chosen = max(near, key=lambda line: line.accuracy["value"])
    said = [_choice(chosen, best, len(level), len(fusions))]
    single = next((line for line in lines if line.kind == ALONE), None)
    if single is not None:
        said.append(_against(chosen, single, f"the best single column ({single.name})"))
    late = next((line for line in fusions if line.name == LATE), None)
    if late is not None and late is not chosen:
        said.append(_against(chosen, late, "the average of the columns' own answers"))
    text = next((line for line in lines if line.kind == ONE_TEXT), None)
    if text is not None:
        said.append(_against(chosen, text, "everything written as one text"))
    return " ".join(said)


def _level(line, best):
    """Not reliably behind the best of the fusions."""
    return line is best or line.behind["low"] <= 0


def _choice(chosen, best, level, count):
    name = f"{chosen.title} with {chosen.encoder}"
    score = _percent(chosen.accuracy)
    if level == 1:
        return f"Choose {name}: {score}, and no other of {count} reaches it."
    if chosen is best:
        return (
            f"Choose {name}: {score}, the best of {count}; of the {level - 1} that "
            "cannot be told from it none is much quicker."
        )
    return (
        f"Choose {name}: {score}; {best.title} with {best.encoder} has "
        f"{best.accuracy['value']:.1%}, but {level - 1} of the other {count - 1} "
        "cannot be told from it, and this is the best of the quickest "
        f"({chosen.seconds:.0f} s against {best.seconds:.0f})."
    )


def _against(chosen, other, what):
    gap = chosen.accuracy["value"] - other.accuracy["value"]
    # paired: the same test rows, against the best fusion, from which `chosen` cannot be
    # told
    apart = other.behind["low"] > 0 or other.behind["high"] < 0
    how = "points above" if gap >= 0 else "points below"
    sure = "" if apart else ", within the intervals"
    return f"That is {abs(gap) * 100:.1f} {how} {what}{sure}."


def _percent(entry):
    return f"{entry['value']:.1%} [{entry['low']:.1%}, {entry['high']:.1%}]"
