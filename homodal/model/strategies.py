"""Training strategies of a network of several columns, each off unless asked for."""

import itertools
import math

import keras
import numpy as np
from keras import ops

from homodal.errors import RecipeError
from homodal.layers.balance import (
    KINDS,
    REHEARSED,
    STRENGTHS,
    Balance,
    mean_over_present,
)
from homodal.layers.contrast import Contrast
from homodal.layers.imputation import Imputation
from homodal.layers.pooling import Pooling
from homodal.layers.seeds import seed_for

_BY_OWN_ANSWERS = ("ogm", "ogm_ge", "opm", *REHEARSED)
_MOST_FOR_ALL_SUBSETS = 3  # columns; with more, AGM's shares are approximated


class Strategies(keras.layers.Layer):
    """What acts between encoders and fusion in training, and its part of the loss.

    training: the recipe's; count: entries of the fusion; classes, width: of the
    prototypes. Raises `RecipeError` where settings do not fit each other.
    """

    def __init__(self, training, count, classes, width):
        super().__init__(dtype="float32", autocast=False)
        kind = training.balance if training.balance in KINDS else "none"
        _check(training, kind, classes)
        strength = training.balance_strength
        if strength == "auto":
            strength = STRENGTHS.get(kind, 0.0)
        self.kind = kind if count > 1 else "none"
        self.pool = Pooling()
        self.strength = strength
        self.balance = self.contrast = self.imputation = self.mix = None
        self.contrastive_weight = training.contrastive_weight
        self.imputation_weight = training.imputation_weight
        if self.kind in REHEARSED:
            self.mix = self._mix([1.0, *[training.auxiliary_weight] * count])
        elif self.kind != "none":
            self.balance = Balance(
                kind, strength, count, classes, 2 * width, training.seed
            )
            self.balance.build()
        if self.kind == "opm":
            own = seed_for(training.seed, "hiding of leading columns")
            self.generator = keras.random.SeedGenerator(own)
        if count > 1 and training.contrastive_weight:
            self.contrast = Contrast(width)
            self.contrast.build((None, count, 2 * width), (None, count))
        if count > 1 and training.imputation_weight:
            self.imputation = Imputation()
            self.imputation.build({}, (None, count, 2 * width), (None, count))

    def _mix(self, start):
        """Weights of the joint loss and of each column's own `(1 + M,)`."""
        return self.add_weight(
            shape=(len(start),),
            initializer=keras.initializers.Constant(np.array(start)),
            trainable=False,
            dtype="float32",
            name="mix",
        )

    def together(self, joint, own, auxiliary_weight):
        """One loss of the joint answer's and the list of the columns' own."""
        if self.mix is None:
            return joint + auxiliary_weight * sum(own)
        losses = ops.stack([joint, *own])
        return ops.sum(ops.convert_to_tensor(self.mix) * losses)

    def hide(self, present):
        """`present` after the columns that lead are hidden more often (OPM)."""
        if self.kind != "opm":
            return present
        draws = keras.random.uniform(
            ops.shape(present), dtype="float32", seed=self.generator
        )
        return self.balance.hidden(present, draws)

    def imputed(self, streams, present):
        """The streams, absent ones guessed from the others where that was asked for."""
        if self.imputation is None:
            return streams
        return self.imputation(streams, self.pooled(streams), present)

    def damped(self, streams):
        """The streams of a training batch, their gradients scaled."""
        return streams if self.balance is None else self.balance(streams)

    def pooled(self, streams):
        """`(batch, M, 2 width)`."""
        return ops.stack([self.pool(stream) for stream in streams.values()], axis=1)

    @property
    def active(self):
        """Whether any strategy was asked for."""
        parts = (self.balance, self.contrast, self.imputation, self.mix)
        return any(part is not None for part in parts)

    @property
    def needs_pooled(self):
        """Whether the loss asks for the columns' pooled vectors."""
        parts = (self.contrast, self.imputation)
        return self.kind in ("pmr", "umt") or any(part is not None for part in parts)

    def loss(self, truth, found, own, taught=None):
        """The strategies' part of the loss; also judges the columns for the next batch.

        found: what the network answered in training; own `{column: logits}` by which
        the columns are judged; taught `(batch, M, 2 width)`, what teachers make of the
        columns.
        """
        there, total = found["shown"], 0.0
        if self.contrast is not None:
            total += self.contrastive_weight * self.contrast(found["pooled"], there)
        if self.imputation is not None:
            missed = self.imputation.loss(found["pooled"], there)
            total += self.imputation_weight * missed
        if self.kind == "umt" and taught is not None:
            total += self.strength * distance(found["pooled"], taught, there)
        if self.kind == "pmr":
            total += self.balance.pull(found["pooled"], truth, there)
        elif self.balance is not None:
            said = ops.stack([_given(o, truth) for o in own.values()], axis=1)
            known = ops.logical_and(there, ops.cast(truth, "int32")[:, None] >= 0)
            self.balance.judge(said, known)
        return total


def distance(pooled, taught, there):
    """The sum over columns of the mean square between them and their teachers.

    pooled, taught `(batch, M, width)`; there `(batch, M)`, the cells that count. Du et
    al., "On Uni-Modal Feature Learning in Supervised Multi-Modal Learning", 2023,
    arXiv:2305.01233.
    """
    gaps = ops.square(ops.cast(pooled, "float32") - ops.cast(taught, "float32"))
    return ops.sum(mean_over_present(ops.mean(gaps, axis=-1), there))


def shares(answer, present):
    """Each column's share in the fused logits: `(M arrays (batch, classes))`.

    answer: logits of a presence `(batch, M)`. Shapley values over the columns; with
    more than three columns the mean of joining none and of joining all others, which
    for two columns is the same.
    """
    count = present.shape[1]
    columns = range(count)
    if count <= _MOST_FOR_ALL_SUBSETS:
        subsets = [s for n in columns for s in itertools.combinations(columns, n + 1)]
    else:
        subsets = [(m,) for m in columns]
        subsets += [tuple(j for j in columns if j != m) for m in columns]
        subsets.append(tuple(columns))
    worth = {s: answer(_only(present, s)) for s in subsets}
    nothing = ops.zeros_like(worth[tuple(columns)])
    return [_share(m, count, {**worth, (): nothing}) for m in columns]


def _share(column, count, worth):
    total = 0.0
    for subset, value in worth.items():
        if column not in subset:
            continue
        without = tuple(j for j in subset if j != column)
        if count > _MOST_FOR_ALL_SUBSETS and len(subset) not in (1, count):
            continue
        total = total + _weight(len(without), count) * (value - worth[without])
    return total


def _weight(others, count):
    if count > _MOST_FOR_ALL_SUBSETS:
        return 0.5
    return 1 / (count * math.comb(count - 1, others))


def _only(present, subset):
    kept = [place in subset for place in range(present.shape[1])]
    return ops.logical_and(present, ops.convert_to_tensor([kept]))


def _given(logits, truth):
    """Log-probability `(batch,)` of the truth."""
    wanted = ops.one_hot(ops.cast(truth, "int32"), logits.shape[-1], dtype="float32")
    return ops.sum(ops.log_softmax(ops.cast(logits, "float32")) * wanted, axis=-1)


def _check(training, kind, classes):
    if kind in _BY_OWN_ANSWERS and not training.auxiliary_weight:
        raise RecipeError(
            f"'training.balance: {kind}' judges columns by their own answers, which "
            "are not trained",
            expected="training.auxiliary_weight above 0",
            got=training.auxiliary_weight,
        )
    if kind not in ("none", *REHEARSED) and not classes:
        raise RecipeError(
            f"'training.balance: {kind}' is for targets of classes",
            do="Set training.balance=none",
        )
