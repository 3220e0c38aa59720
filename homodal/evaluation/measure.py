"""A model measured on the rows of a table: batch by batch, and what it amounts to."""

import dataclasses
import sys

import numpy as np

from homodal.calibration import Calibration, fit_calibration
from homodal.data import accounting
from homodal.data.preparation import read_answers
from homodal.evaluation.columns_alone import tallies_alone
from homodal.evaluation.evaluation import (
    evaluation_of,
    general_evaluation,
    scores_of,
)
from homodal.evaluation.outcomes import Outcomes
from homodal.evaluation.scores import Tally
from homodal.evaluation.slices import slices_of
from homodal.evaluation.tallies import tally_for
from homodal.model.predict import PREDICT_BATCH

_WATCHED = ("accuracy", "f1_macro", "log_loss")  # of classes, after each epoch
_SOME = 10  # columns
_MANY = 50  # columns; the intervals of each alone are drawn from fewer resamples
_RESAMPLES, _FEWER_RESAMPLES = 1000, 200
_PREDICTIONS = 30_000  # of rows with one of many columns
_FEWEST_ROWS = 50


def measure(model, rows, seed=0):
    """`(Evaluation, Outcomes)` of a `Model` on `Rows`, and of each column alone.

    With many columns each of them alone is scored on fewer rows, which is said on
    stderr: all rows once for each column cost more than the training. Outcomes is None
    where the answers are not one class a row.
    """
    columns = model.preparation.columns
    named = {c.name: rows.columns[c.slug] for c in columns}
    counted = accounting.summary(named, rows.numbers)
    bad = {n: c["reasons"] for n, c in counted.items() if c["bad"]}
    if not model.preparation.target.reader().exclusive:
        return _measured(model, rows, bad, seed), None
    alone, ordered = {}, model.target.reader().ordered
    resamples = _RESAMPLES if len(columns) <= _MANY else _FEWER_RESAMPLES
    fewer = _rows_for_each(rows, len(columns), seed)
    for name, tally in _tallies_alone(model, fewer):
        alone[name] = scores_of(tally, seed, ordered, resamples)
    plain, plainly = None, model.plain_only()
    if plainly is not None:
        plain = scores_of(tally_of(plainly, rows), seed, ordered)
    outcomes = Outcomes(model.calibration)
    evaluation = evaluation_of(
        tally_of(model, rows, outcomes=outcomes),
        model.classes,
        alone=alone,
        plain=plain,
        majority=int(np.argmax(model.preparation.target.facts["counts"])),
        bad_cells=bad,
        outcomes=outcomes,
        calibration=model.calibration,
        ordered=ordered,
        seed=seed,
    )
    slices = slices_of(model, rows, outcomes, seed)
    return dataclasses.replace(evaluation, slices=slices), outcomes


def _tallies_alone(model, rows):
    """Yield `(column, Tally)`; of some columns or more all are asked together."""
    columns = model.preparation.columns
    if len(columns) > _SOME:
        yield from tallies_alone(model, rows)
    elif len(columns) > 1:
        for column in columns:
            yield column.name, tally_of(model, rows, only=(column.slug,))


def _rows_for_each(rows, columns, seed):
    """The rows that each column alone is scored on: all, or a sample of them."""
    most = max(_FEWEST_ROWS, _PREDICTIONS // columns)
    if columns <= _MANY or len(rows.numbers) <= most:
        return rows
    chosen = np.random.default_rng(seed).choice(rows.numbers, most, replace=False)
    print(
        f"Each of {columns} columns alone is scored on {most:,} of "
        f"{len(rows.numbers):,} rows",
        file=sys.stderr,
    )
    return dataclasses.replace(rows, numbers=np.sort(chosen))


def _measured(model, rows, bad, seed):
    columns, target = model.preparation.columns, model.target
    alone = {}
    if len(columns) > 1 and target.reader().from_one_column:
        fewer = _rows_for_each(rows, len(columns), seed)
        alone = {c.name: answers_tally(model, fewer, only=(c.slug,)) for c in columns}
    plainly = model.plain_only()
    return general_evaluation(
        answers_tally(model, rows),
        alone=alone,
        plain=None if plainly is None else answers_tally(plainly, rows),
        guess=_guessed(rows, target),
        bad_cells=bad,
        seed=seed,
    )


def _guessed(rows, target):
    """`(guess, tally)`: what always answering the same would be worth; or None."""
    guess = target.reader().guess(target.facts)
    if guess is None:
        return None
    tally = tally_for(target)
    values = read_answers(rows.table, target, rows.numbers)
    tally.add(tally.repeated(guess, len(values)), values)
    return guess, tally


def tally_of(model, rows, only=(), outcomes=None):
    """The `Tally` of a model's answers; `outcomes` is added to on the way."""
    target = model.preparation.target
    tally = Tally(len(model.classes))
    batches = rows.batches(PREDICT_BATCH, only=only)
    for numbers, answers, truth in model.answers_of(batches):
        probabilities = answers["probabilities"]
        tally.add(probabilities, truth, rows.table.cells(target.name, numbers))
        if outcomes is not None:
            outcomes.add(numbers, probabilities, truth)
    return tally


def answers_tally(model, rows, only=()):
    """The tally (`evaluation.tallies`) of answers of any kind."""
    target = model.target
    tally = tally_for(target)
    for numbers, answers, _ in model.answers_of(rows.batches(PREDICT_BATCH, only=only)):
        tally.add(answers, read_answers(rows.table, target, numbers))
    return tally


def quick_scores(model, rows):
    """`{score: value}` after an epoch, the one that judges it first."""
    if not model.preparation.target.reader().exclusive:
        return answers_tally(model, rows).quick()
    scores = tally_of(model, rows).scores()
    return {name: scores[name] for name in _WATCHED}


def calibrated(model, rows):
    """`model` with the `Calibration` of these validation rows."""
    target = model.preparation.target
    reader = target.reader()
    if not (reader.exclusive or reader.fits):
        return model
    batches = model.logits(rows.batches(PREDICT_BATCH))
    parts = [(batch, truth) for _, batch, truth in batches]
    if reader.fits:
        learned = reader.fit(parts, target.facts)
        found = Calibration(rows=len(rows.numbers), answers=learned)
        return dataclasses.replace(model, calibration=found)
    found = Calibration()
    if parts:
        batches, truth = zip(*parts, strict=True)
        found = fit_calibration(np.concatenate(batches), np.concatenate(truth))
    return dataclasses.replace(model, calibration=found)
