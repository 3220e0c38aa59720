"""The plain model of a trained network: fitted, and given its share in the answers."""

from dataclasses import replace
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from homodal.answering.plain_model import PlainModel, fit_plain_model, fit_shares
from homodal.answering.plain_rows import PlainRows
from homodal.data.answers import answered
from homodal.model.model import Model
from homodal.model.predict import PREDICT_BATCH
from homodal.training.session import Session


@final
class PlainFit:
    """Fits the plain model of a session's rows, each summarised once.

    Where the recipe leaves it out, or none can answer, models stay as they are.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        train, valid = session.train, session.valid
        self._train = PlainRows(session.preparation, train.columns, remember=True)
        self._valid = self._train
        if valid.columns is not train.columns:
            self._valid = PlainRows(session.preparation, valid.columns)

    def added(self, model: Model) -> Model:
        """`model` with the plain model of the training rows.

        Its share and the network's are those that the validation rows like best.
        """
        session = self._session
        train, target = session.train, session.preparation.target
        if not session.recipe.training.plain or isinstance(train.truth, dict):
            return model
        plain = self._fitted(train.numbers)
        if plain is None:
            return model
        valid = session.valid.batches(PREDICT_BATCH)
        batches = replace(model, plain=None).logits(valid)
        rows, logits, truth = (np.concatenate(e) for e in zip(*batches, strict=True))
        known = answered(truth)
        scores = plain.scores(self._valid, rows[known])
        shares = fit_shares(
            logits[known], scores, truth[known], target.reader(), target.facts
        )
        return replace(model, plain=replace(plain, shares=shares))

    def refitted(self, model: Model) -> Model:
        """`model` with its plain model fitted once more, to the held-out rows as well.

        They have chosen shares and temperature by then, and were scored; a few more
        rows make the plain model better. Its penalty stays the one that folds have
        chosen. Rows of a validation table stay unseen.
        """
        train, valid = self._session.train, self._session.valid
        if model.plain is None or valid.table is not train.table:
            return model
        rows = np.sort(np.concatenate([train.numbers, valid.numbers]))
        plain = self._fitted(rows, model.plain.strength)
        if plain is None:
            return model
        return replace(model, plain=replace(plain, shares=model.plain.shares))

    def _fitted(
        self, rows: NDArray[Any], strength: float | None = None
    ) -> PlainModel | None:
        train = self._session.train
        return fit_plain_model(
            self._session.preparation.target,
            self._train,
            train.truth,
            rows,
            train.weights,
            self._session.recipe.training.seed,
            strength,
        )
