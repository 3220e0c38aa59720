"""Cross-attention: the steps of each column look at the steps of all others."""

from typing import ClassVar

import keras
from keras import ops

from homodal.layers.attention import Attention
from homodal.layers.contracts import Fusion
from homodal.layers.normalisation import RmsNorm
from homodal.layers.pooling import Pooling
from homodal.layers.presence import present_steps, weights_of_present
from homodal.layers.stream import Stream, single


class CrossAttention(Fusion):
    """Every step of every column asks the steps of all other columns.

    Y_m = X_m + drop(attend(norm(X_m), norm([X_k for k != m]))), y = the mean over the
    present columns of W_m pool(norm(Y_m)) + b_m. Streams `(batch, T_m, d)` to one step
    `(batch, 1, width)`. Parameters: M (4 d^2 + 2 d width) and a few vectors; cost a
    row: sum_m T_m (T - T_m) d products more than the projections. The steps of an
    absent column are never looked at, and it is left out of the mean; a row with one
    column keeps it as it is. Vaswani et al., 2017, arXiv:1706.03762; Tsai et al.,
    "Multimodal Transformer for Unaligned Multimodal Language Sequences", 2019,
    arXiv:1906.00295.
    """

    cost = "quadratic"
    tunable: ClassVar = {
        "width": [64, 128, 256],
        "heads": [2, 4, 8],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, width=128, heads=4, dropout=0.1):
        super().__init__()
        self.width = width
        self.heads = heads
        self.dropout = dropout

    def build(self, streams_shape, present_shape):
        names = sorted(streams_shape)
        inside = streams_shape[names[0]].values[-1]
        steps_shape = (None, None, inside)
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.before = {n: RmsNorm() for n in names}
        self.after = {n: RmsNorm() for n in names}
        self.projections = {n: keras.layers.Dense(self.width) for n in names}
        # a single column has nobody to ask
        asking = names if len(names) > 1 else []
        self.attentions = {n: Attention(self.heads) for n in asking}
        for name in names:
            self.after[name].build(steps_shape)
            self.projections[name].build((None, 2 * inside))
        for name in asking:
            self.before[name].build(steps_shape)
            self.attentions[name].build(steps_shape, steps_shape)

    def call(self, streams, present, training=False):
        names = sorted(streams)
        seen = streams
        if self.attentions:
            normed = self._normed(streams, present)
            seen = {n: self._asked(n, streams[n], normed, training) for n in names}
        answers = [self._answer(n, seen[n]) for n in names]
        stacked = ops.stack(answers, axis=1)  # (batch, M, width)
        weights = weights_of_present(present, names, stacked.dtype)
        return single(ops.sum(stacked * weights[..., None], axis=1))

    def alignment_of(self, streams, present):
        """`{(column, other): (batch, T, S)}`: what each step takes of each of other's.

        The heads' mean; a row sums over all others to at most 1.
        """
        found, normed = {}, self._normed(streams, present)
        for name in self.attentions:
            others = [other for other in sorted(normed) if other != name]
            context = ops.concatenate([normed[n].values for n in others], axis=1)
            mask = ops.concatenate([normed[n].mask for n in others], axis=1)
            shares = self.attentions[name].shares(normed[name].values, context, mask)
            begin = 0
            for other in others:
                end = begin + normed[other].values.shape[1]
                found[name, other] = shares[:, :, begin:end]
                begin = end
        return found

    def _normed(self, streams, present):
        return {
            n: Stream(
                self.before[n](streams[n].values),
                present_steps(streams[n], present[n]),
            )
            for n in sorted(streams)
        }

    def _asked(self, name, stream, normed, training):
        others = [normed[other] for other in sorted(normed) if other != name]
        context = ops.concatenate([s.values for s in others], axis=1)
        mask = ops.concatenate([s.mask for s in others], axis=1)
        found = self.attentions[name](normed[name].values, context, mask)
        found = self.drop(found, training=training)
        return Stream(stream.values + found, stream.mask)

    def _answer(self, name, stream):
        pooled = self.pool(Stream(self.after[name](stream.values), stream.mask))
        return self.projections[name](pooled)  # (batch, width)
