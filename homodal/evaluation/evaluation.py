"""What a model is worth on a table: an `Evaluation`, and its JSON."""

import json
import math
from dataclasses import dataclass, field, fields

import numpy as np

from homodal.errors import BundleError
from homodal.evaluation.calibration import calibration_of
from homodal.evaluation.files import replace
from homodal.evaluation.intervals import class_intervals, intervals, share_interval
from homodal.evaluation.ordinal_scores import ordinal_intervals
from homodal.evaluation.verification_scores import verification_intervals


@dataclass(frozen=True)
class Evaluation:
    """Scores of a model on a table, and what they must be compared with.

    A measured value is `{"value", "low", "high"}`, a score with its 95 % interval; all
    three are None where no row could be scored.

    rows: all rows of the table; `scored` of them have an answer known to the model.
    scores: `{score: measured}` of the model with all its columns.
    columns_alone: `{column: {score: measured}}`, the model given one column only.
    plain: `{score: measured}` of the plain model alone on the same rows
        (`answering.plain_model`); empty where there is none.
    baseline: `{"label", "accuracy": measured}`, always answering the label that was the
        most frequent in training.
    per_class: `{label: {"precision": measured, "recall": measured, "f1": measured,
        "rows": count}}`.
    confusion: `{"classes": labels, "matrix": counts}`, truth by prediction.
    unseen: `{label: rows}` of classes that training had not shown: not in the scores.
    unlabelled: number of rows without an answer: not in the scores.
    bad_cells: `{column: {reason: cells}}` that could not be read and count as absent.
    calibration: temperature, calibration errors, Brier score, diagrams, coverage curve
        and conformal sets (`evaluation.calibration.calibration_of`).
    details: of answers that are not one class a row (`evaluation.tallies`).
    slices: accuracy by columns and properties of media (`evaluation.slices.slices_of`).
    """

    rows: int
    scores: dict
    columns_alone: dict = field(default_factory=dict)
    plain: dict = field(default_factory=dict)
    baseline: dict = field(default_factory=dict)
    per_class: dict = field(default_factory=dict)
    confusion: dict = field(default_factory=dict)
    unseen: dict = field(default_factory=dict)
    unlabelled: int = 0
    bad_cells: dict = field(default_factory=dict)
    calibration: dict = field(default_factory=dict)
    slices: list = field(default_factory=list)
    details: dict = field(default_factory=dict)

    @property
    def scored(self):
        """How many rows the scores are of."""
        return self.rows - self.unlabelled - sum(self.unseen.values())

    def to_dict(self):
        """The fields in their order, then `scored`; every value is JSON-able."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**known, "scored": self.scored}

    @classmethod
    def from_dict(cls, saved):
        """The evaluation that `to_dict` gave. Raises `BundleError`."""
        known = {each.name for each in fields(cls)}
        if not isinstance(saved, dict) or not {"rows", "scores"} <= saved.keys():
            raise BundleError(
                "This is no evaluation",
                expected="an object with 'rows' and 'scores'",
                do="Run 'homodal evaluate' again",
            )
        return cls(**{name: saved[name] for name in known & saved.keys()})

    def to_json(self, path):
        """Write `to_dict()` to the file `path`: all of it or nothing."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False)
        replace(path, f"{text}\n".encode())


def evaluation_of(
    tally,
    labels,
    *,
    alone=None,
    plain=None,
    majority=0,
    bad_cells=None,
    outcomes=None,
    calibration=None,
    ordered=False,
    seed=0,
):
    """The `Evaluation` that a `Tally` over all rows amounts to.

    labels: the classes' names, `(classes,)`, in the order of the tally's indices.
    alone: `{column: scores_of(Tally)}`, the same rows with only this column present.
    plain: `scores_of` the same rows by the plain model alone.
    majority: index of the class that was the most frequent in training.
    bad_cells: `{column: {reason: cells}}`. outcomes, calibration: the same rows'
    `Outcomes` and the model's `Calibration`. ordered: the classes are in their order.
    """
    labels = [str(label) for label in labels]
    return Evaluation(
        rows=tally.rows,
        scores=scores_of(tally, seed, ordered) | _told_apart(outcomes, labels, seed),
        columns_alone=alone or {},
        plain=plain or {},
        baseline=_baseline(tally, labels, majority, seed),
        per_class=_per_class(tally, labels, seed),
        confusion={"classes": labels, "matrix": tally.confusion.tolist()},
        unseen=dict(tally.unseen.most_common()),
        unlabelled=tally.unlabelled,
        bad_cells=bad_cells or {},
        calibration=calibration_of(outcomes, calibration, seed) if outcomes else {},
    )


def general_evaluation(
    tally, *, alone=None, plain=None, guess=None, bad_cells=None, seed=0
):
    """The `Evaluation` that a tally of any kind amounts to (`evaluation.tallies`).

    alone: `{column: tally}`; plain: the tally of the plain model alone; guess:
    `(answer, tally)` of always answering the same.
    """
    baseline = {}
    if guess is not None:
        said, constant = guess
        scores = _entries(constant.scores(seed))
        main = next(iter(scores))
        shown = said if isinstance(said, (str, int, float)) else json.dumps(said)
        baseline = {"label": str(shown), main: scores[main]}
    return Evaluation(
        rows=tally.rows,
        scores=_entries(tally.scores(seed)),
        columns_alone={
            name: _entries(one.scores(seed)) for name, one in (alone or {}).items()
        },
        plain=_entries(plain.scores(seed)) if plain is not None else {},
        baseline=baseline,
        unlabelled=tally.unlabelled,
        bad_cells=bad_cells or {},
        details=tally.details(),
    )


def _entries(scores):
    return {name: _without_nan(entry) for name, entry in scores.items()}


def scores_of(tally, seed=0, ordered=False, resamples=1000):
    """`{score: measured}` of a `Tally`, whose losses may then be let go of."""
    entries = intervals(tally, seed=seed, resamples=resamples)
    if ordered:
        entries |= ordinal_intervals(tally.confusion, seed=seed)
    return {name: _without_nan(entry) for name, entry in entries.items()}


def _told_apart(outcomes, labels, seed):
    """Of two classes, how well the probability of the second tells them apart."""
    if outcomes is None or len(labels) != 2:
        return {}
    sure = outcomes.confidence
    second = np.where(outcomes.predicted == 1, sure, 1 - sure)
    return _entries(verification_intervals(outcomes.truth, second, seed=seed))


def _baseline(tally, labels, majority, seed):
    hits = int(tally.confusion[majority].sum())
    entry = share_interval(hits, tally.scored, seed=seed)
    return {"label": labels[majority], "accuracy": _without_nan(entry)}


def _per_class(tally, labels, seed):
    measures = class_intervals(tally, seed=seed)
    rows = tally.confusion.sum(axis=1).tolist()
    return {
        label: {name: _without_nan(found[index]) for name, found in measures.items()}
        | {"rows": rows[index]}
        for index, label in enumerate(labels)
    }


def _without_nan(entry):
    """JSON has no NaN, and a program that reads ours must not stumble over one."""
    return {name: None if math.isnan(v) else v for name, v in entry.items()}
