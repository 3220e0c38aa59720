"""The plain model of a trained network: fitted, and given its share in the answers."""

from dataclasses import replace

import numpy as np

from homodal.answering.plain_model import fit_plain_model, fit_shares
from homodal.model.model import Model
from homodal.model.predict import PREDICT_BATCH
from homodal.training.session import Session


def with_plain(model: Model, session: Session) -> Model:
    """`model` with the plain model of the training rows, where one can answer.

    Its share and the network's are those that the validation rows like best.
    """
    train, valid, target = session.train, session.valid, session.preparation.target
    if not session.recipe.training.plain or isinstance(train.truth, dict):
        return model
    plain = fit_plain_model(
        session.preparation,
        train.columns,
        train.truth,
        train.numbers,
        train.weights,
        session.recipe.training.seed,
    )
    if plain is None:
        return model
    batches = replace(model, plain=None).logits(valid.batches(PREDICT_BATCH))
    rows, logits, truth = (np.concatenate(e) for e in zip(*batches, strict=True))
    known = plain_known(truth)
    scores = plain.scores(session.preparation, valid.columns, rows[known])
    shares = fit_shares(
        logits[known], scores, truth[known], target.reader(), target.facts
    )
    return replace(model, plain=replace(plain, shares=shares))


def refitted(model: Model, session: Session) -> Model:
    """`model` with its plain model fitted once more, to the held-out rows as well.

    They have chosen shares and temperature by then, and were scored; a few more rows
    make the plain model better. Its penalty stays the one that folds have chosen. Rows
    of a validation table stay unseen.
    """
    train, valid = session.train, session.valid
    if model.plain is None or valid.table is not train.table:
        return model
    plain = fit_plain_model(
        session.preparation,
        train.columns,
        train.truth,
        np.sort(np.concatenate([train.numbers, valid.numbers])),
        train.weights,
        session.recipe.training.seed,
        model.plain.strength,
    )
    return replace(model, plain=replace(plain, shares=model.plain.shares))


def plain_known(truth: np.ndarray) -> np.ndarray:
    """Which of the answers are known, `(rows,)`."""
    flat = truth.reshape(len(truth), -1)
    known = np.isfinite(flat) if flat.dtype.kind == "f" else flat >= 0
    return known.any(axis=1)
