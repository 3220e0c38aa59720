"""A model measured on the rows of a table: batch by batch, and what it amounts to."""

import dataclasses

import numpy as np

from homodal.calibration import Calibration, fit_calibration
from homodal.data import accounting
from homodal.evaluation.evaluation import evaluation_of
from homodal.evaluation.outcomes import Outcomes
from homodal.evaluation.scores import Tally
from homodal.evaluation.slices import slices_of
from homodal.model.predict import PREDICT_BATCH, logits


def measure(model, rows, seed=0):
    """`(Evaluation, Outcomes)` of a `Model` on `Rows`, and of each column alone."""
    columns = model.preparation.columns
    alone = {}
    if len(columns) > 1:
        alone = {c.name: tally_of(model, rows, only=(c.slug,)) for c in columns}
    named = {c.name: rows.columns[c.slug] for c in columns}
    counted = accounting.summary(named, rows.numbers)
    outcomes = Outcomes(model.calibration)
    evaluation = evaluation_of(
        tally_of(model, rows, outcomes=outcomes),
        model.classes,
        alone=alone,
        majority=int(np.argmax(model.preparation.target.facts["counts"])),
        bad_cells={n: c["reasons"] for n, c in counted.items() if c["bad"]},
        outcomes=outcomes,
        calibration=model.calibration,
        seed=seed,
    )
    slices = slices_of(model, rows, outcomes, seed)
    return dataclasses.replace(evaluation, slices=slices), outcomes


def tally_of(model, rows, only=(), outcomes=None):
    """The `Tally` of a model's answers; `outcomes` is added to on the way."""
    target = model.preparation.target
    reader = target.reader()
    tally = Tally(len(model.classes))
    batches = rows.batches(PREDICT_BATCH, only=only)
    for numbers, batch, truth in logits(model.network, batches):
        scaled = model.calibration.scaled(batch)
        probabilities = reader.decode(scaled, target.facts)["probabilities"]
        tally.add(probabilities, truth, rows.table.cells(target.name, numbers))
        if outcomes is not None:
            outcomes.add(numbers, probabilities, truth)
    return tally


def calibrated(model, rows):
    """`model` with the `Calibration` of these validation rows."""
    if model.preparation.target.part != "label":
        return model
    parts = [
        (batch, truth)
        for _, batch, truth in logits(model.network, rows.batches(PREDICT_BATCH))
    ]
    found = Calibration()
    if parts:
        batches, truth = zip(*parts, strict=True)
        found = fit_calibration(np.concatenate(batches), np.concatenate(truth))
    return dataclasses.replace(model, calibration=found)
