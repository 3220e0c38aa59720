"""Regression: how much."""

from typing import ClassVar

import keras
from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.contracts import Head
from homodal.layers.pooling import Pooling

_FIGURES = {"none": 1, "gaussian": 2, "quantile": 3}  # of each number
_LEVELS = (0.5, 0.05, 0.95)
_BOUND, _FARTHEST = 1.0, 10.0  # deviations, of a robust loss
_NARROWEST, _WIDEST = -6.0, 6.0  # log standard deviations; e^-2s stays finite


class Regress(Head):
    """A Stream to numbers, in standard deviations from the training rows' mean.

    call(stream, training): `(batch, steps, width)` to `(batch, numbers * figures)`, the
    figures of one number side by side. spread "none": the number, loss half the squared
    error. "gaussian": the mean m and the log standard deviation s, loss
    s + (y - m)^2 / (2 e^2s) (Nix, Weigend, 1994), the likelihood up to a constant.
    "quantile": the median m, a and b, of which m - softplus(a) is the 5 % and
    m + softplus(b) the 95 % quantile, so that none crosses another; loss the sum of the
    three pinball losses max(q e, (q - 1) e), e = y - quantile (Koenker, Bassett, 1978).
    robust: squares grow linearly beyond 1 deviation (Huber, 1964), and a truth beyond
    10 counts as 10, so that no row far from the rest rules the others.
    Summed over the numbers `(batch,)`; rows whose truth is NaN cost nothing.
    Parameters: (2 width + 1) numbers * figures.
    """

    progress_name = "error"
    adds_up = True
    tunable: ClassVar = {"dropout": [0.0, 0.1, 0.3]}

    def __init__(self, numbers=1, spread="none", dropout=0.1, robust=False):
        super().__init__()
        self.robust = robust
        self.numbers = numbers
        self.spread = spread
        self.dropout = dropout

    def build(self, stream_shape):
        if self.spread not in _FIGURES:
            raise PartError(
                "Unknown spread of head 'regress'",
                expected=one_of(_FIGURES),
                got=self.spread,
            )
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        size = self.numbers * _FIGURES[self.spread]
        self.out = keras.layers.Dense(size, dtype="float32")
        self.out.build((None, 2 * stream_shape.values[-1]))

    def call(self, stream, training=False):
        return self.out(self.drop(self.pool(stream), training=training))

    def loss(self, logits, truth):
        """Of each row, summed over its numbers: `(batch,)`."""
        figures, truth, known = self._split(logits, truth)
        if self.robust:
            truth = ops.clip(truth, -_FARTHEST, _FARTHEST)
        square = _bounded_square if self.robust else _half_square
        each = _LOSSES[self.spread](figures, truth, square)
        return ops.sum(ops.where(known, each, 0.0), axis=-1)

    def progress(self, logits, truth):
        """Mean absolute error of each row, in standard deviations: `(batch,)`."""
        figures, truth, known = self._split(logits, truth)
        off = ops.abs(figures[..., 0] - truth)
        return ops.mean(ops.where(known, off, 0.0), axis=-1)

    def _split(self, logits, truth):
        """Figures `(batch, numbers, figures)`; truth and known `(batch, numbers)`."""
        shape = (-1, self.numbers, _FIGURES[self.spread])
        truth = ops.reshape(ops.cast(truth, "float32"), shape[:2])
        known = ops.logical_not(ops.isnan(truth))
        return ops.reshape(logits, shape), ops.where(known, truth, 0.0), known


def _half_square(off):
    return 0.5 * off**2


def _bounded_square(off):
    """Half the square up to `_BOUND`, a line beyond."""
    size = ops.abs(off)
    near = ops.minimum(size, _BOUND)
    return near * (size - 0.5 * near)


def _squared(figures, truth, square):
    return square(figures[..., 0] - truth)


def _gaussian(figures, truth, square):
    log_deviation = ops.clip(figures[..., 1], _NARROWEST, _WIDEST)
    off = (truth - figures[..., 0]) * ops.exp(-log_deviation)
    return log_deviation + square(off)


def _pinball(figures, truth, square):
    middle = figures[..., 0]
    low = middle - ops.softplus(figures[..., 1])
    high = middle + ops.softplus(figures[..., 2])
    total = 0.0
    for level, found in zip(_LEVELS, (middle, low, high), strict=True):
        off = truth - found
        total = total + ops.maximum(level * off, (level - 1.0) * off)
    return total


_LOSSES = {"none": _squared, "gaussian": _gaussian, "quantile": _pinball}
