"""Speech: a text's tokens to log-mel frames, all at once."""

from typing import ClassVar

import keras
import numpy as np
from keras import ops

from homodal.layers.contracts import Head
from homodal.layers.convolution import ResidualConvolution
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.regulation import regulated

_TYPICAL = 1.8  # log of one and the frames that a letter lasts, before any training


class Speak(Head):
    """A Stream of tokens to log-mel frames, in standard deviations from their mean.

    call(stream, training): `{"tokens": (batch, 2 + steps, width), "mask", "durations":
    (batch, 2 + steps), "mels": (batch, frames, mels), "frames": (batch, 1)}`, float32.
    Tokens are the silence before, those of the stream, and the silence after; durations
    log(1 + frames), 0 of padding; of `mels` only the first `frames` are meant. mels,
    frames: how many bands, and how many frames at most, learned by the target. In
    training there are no mels yet: the loss makes them, of tokens that last as long as
    they truly did.

    loss: the mean absolute error of the true frames, and the mean squared error of the
    true log durations, `(batch,)`. truth: `{"mels": (batch, frames, mels), "durations":
    (batch, 2 + any)}`, in frames, NaN past the end; or the mels alone, whose tokens are
    then taken to last alike. Rows that begin with NaN cost nothing. aligner: folder of
    a run that transcribes and tells the durations, once, before training. depth,
    kernel: of the decoder's residual convolutions over frames.

    Ren et al., "FastSpeech 2", 2021, arXiv:2006.04558, without pitch and energy.
    Parameters: about (depth + 1) (kernel + 1) width^2 + mels width.
    """

    progress_name = "duration_error"
    reads_steps = True
    alone_on: ClassVar = ("text",)
    tunable: ClassVar = {"dropout": [0.0, 0.1, 0.2], "depth": [2, 4, 6]}

    def __init__(self, mels, frames, aligner=None, depth=4, kernel=5, dropout=0.1):
        super().__init__()
        self.mels = mels
        self.frames = frames
        self.aligner = aligner
        self.depth = depth
        self.kernel = kernel
        self.dropout = dropout

    def build(self, stream_shape):
        width = stream_shape.values[-1]
        steps, frames = (None, None, width), (None, self.frames, width)
        self.edges = self.add_weight(
            shape=(2, width), initializer="random_normal", name="edge_token"
        )
        typical = keras.initializers.Constant(_TYPICAL)
        self.near = ResidualConvolution(self.kernel, self.dropout)
        self.lasting = keras.layers.Dense(1, bias_initializer=typical, dtype="float32")
        self.place = keras.layers.Dense(width)
        self.place.build((None, self.frames, 3))
        options = (self.kernel, self.dropout)
        self.blocks = [ResidualConvolution(*options) for _ in range(self.depth)]
        self.norm = RmsNorm()
        self.out = keras.layers.Dense(self.mels, dtype="float32")
        for layer in (self.near, self.lasting):
            layer.build(steps)
        for layer in (*self.blocks, self.norm, self.out):
            layer.build(frames)

    def call(self, stream, training=False):
        tokens, mask = self._edged(stream)
        seen = self.near(tokens, mask, training=training)
        durations = ops.maximum(self.lasting(seen)[..., 0], 0.0)
        found = {
            "tokens": ops.cast(tokens, "float32"),
            "mask": ops.cast(mask, "float32"),
            "durations": ops.where(mask, durations, 0.0),
        }
        if training:
            return found
        lasts = ops.expm1(found["durations"])
        mels, real = self._spoken(found["tokens"], lasts, False)
        count = ops.sum(ops.cast(real, "float32"), axis=1, keepdims=True)
        return found | {"mels": mels, "frames": count}

    def loss(self, logits, truth):
        mels, known, lasts, told = self._truth(logits, truth)
        found, _ = self._spoken(logits["tokens"], lasts, "mels" not in logits)
        off = _mean(ops.mean(ops.abs(found - mels), axis=-1), known)
        late = _mean((logits["durations"] - ops.log1p(lasts)) ** 2, told)
        return ops.where(known[:, 0], off + late, 0.0)

    def progress(self, logits, truth):
        """Mean absolute error of the true log durations: `(batch,)`."""
        _, known, lasts, told = self._truth(logits, truth)
        late = _mean(ops.abs(logits["durations"] - ops.log1p(lasts)), told)
        return ops.where(known[:, 0], late, 0.0)

    def _edged(self, stream):
        """Tokens with the silence before and after, and their mask: 2 more steps."""
        mask = ops.cast(stream.mask, "bool")
        values = zero_padding(stream.values, mask)
        before, after = ops.split(ops.cast(self.edges, values.dtype), 2)
        first = ops.zeros_like(values[:, :1])
        values = ops.concatenate([first + before[None], values, first], axis=1)
        none = ops.zeros_like(mask[:, :1])
        mask = ops.concatenate([ops.logical_not(none), mask, none], axis=1)
        # the first step that is padding
        ends = ops.logical_and(
            ops.logical_not(mask), ops.concatenate([none, mask[:, :-1]], axis=1)
        )
        values = ops.where(ends[..., None], after[None], values)
        return values, ops.logical_or(mask, ends)

    def _spoken(self, tokens, lasts, training):
        """`(mels, mask)` of tokens that last so many frames."""
        values, places, mask = regulated(tokens, lasts, self.frames)
        values = ops.cast(values, self.compute_dtype)
        values = zero_padding(values + self.place(places), mask)
        for block in self.blocks:
            values = block(values, mask, training=training)
        return zero_padding(self.out(self.norm(values)), mask), mask

    def _truth(self, logits, truth):
        """`(mels, known (batch, frames), durations, told (batch, 2 + steps))`."""
        told = logits["mask"] > 0
        mels = ops.cast(truth["mels"] if isinstance(truth, dict) else truth, "float32")
        known = ops.logical_not(ops.isnan(mels[..., 0]))
        if isinstance(truth, dict):
            lasts = _fitted(ops.cast(truth["durations"], "float32"), told)
        else:
            count = ops.sum(ops.cast(known, "float32"), axis=1, keepdims=True)
            tokens = ops.sum(logits["mask"], axis=1, keepdims=True)
            lasts = count / ops.maximum(tokens, 1.0) * logits["mask"]
        told = ops.logical_and(told, ops.logical_not(ops.isnan(lasts)))
        known = ops.logical_and(known, ops.any(told, axis=1, keepdims=True))
        lasts = ops.where(told, lasts, 0.0)
        return ops.where(known[..., None], mels, 0.0), known, lasts, told


def _fitted(durations, told):
    """The durations on the steps of the tokens, NaN where there is none."""
    steps, given = ops.arange(ops.shape(told)[1]), durations.shape[1]
    moved = ops.take(durations, ops.minimum(steps, given - 1), axis=1)
    there = ops.logical_and(told, (steps < given)[None])
    return ops.where(there, moved, np.nan)


def _mean(values, mask):
    weights = ops.cast(mask, "float32")
    count = ops.maximum(ops.sum(weights, axis=1), 1.0)
    return ops.sum(ops.where(mask, values, 0.0), axis=1) / count
