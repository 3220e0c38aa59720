"""Attention with explicit masks, and the pre-norm transformer made of it."""

import keras
from keras import ops

from homodal.errors import RecipeError
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.stream import Stream

_HIDDEN = -1e9  # far below every real score, and finite


class Attention(keras.layers.Layer):
    """Multi-head attention of queries to a context.

    call(queries, context, mask, leaning): `(batch, Q, width)`, `(batch, K, D)` and
    `(batch, K)`, True = may be looked at, to `(batch, Q, width)`:
    exp(s) / (1 + sum exp(s)) v for each head, s = q k^T / sqrt(width / heads), mixed.
    leaning `(batch, heads, Q, K)`, where there is one, is added to s. The 1 is an
    empty step that can always be looked at: a query may find nothing, a row whose whole
    context is masked gets zeros, and a context of one step still has something to
    learn. Parameters: (2 width + 2 D + 4) width; cost a row: 2 Q K width products more
    than the projections. Vaswani et al., 2017, arXiv:1706.03762.
    """

    def __init__(self, heads):
        super().__init__()
        self.heads = heads

    def build(self, queries_shape, context_shape):
        width = queries_shape[-1]
        if width % self.heads:
            raise RecipeError(
                "The width does not divide by the heads of attention",
                expected=f"a multiple of {self.heads}",
                got=width,
            )
        self.query = keras.layers.Dense(width)
        self.content = keras.layers.Dense(2 * width)
        self.mix = keras.layers.Dense(width)
        self.query.build(queries_shape)
        self.content.build(context_shape)
        self.mix.build(queries_shape)

    def call(self, queries, context, mask, leaning=None):
        shares, contents = self._looked(queries, context, mask, leaning)
        shares = ops.cast(shares, contents.dtype)
        mixed = self.mix(self._by_row(ops.matmul(shares, contents)))
        return zero_padding(mixed, ops.any(mask, axis=1, keepdims=True))

    def shares(self, queries, context, mask):
        """How much each query looks at each step: `(batch, Q, K)`, the heads' mean.

        A row sums to less than 1 by what went to the empty step.
        """
        return ops.mean(self._looked(queries, context, mask)[0], axis=1)

    def _looked(self, queries, context, mask, leaning=None):
        """Shares `(batch, heads, Q, K)` and contents `(batch, heads, K, size)`."""
        query = self._by_head(self.query(queries))  # (batch, heads, Q, size)
        keys, contents = ops.split(self.content(context), 2, axis=-1)
        keys, contents = self._by_head(keys), self._by_head(contents)
        size = query.shape[-1]
        scores = ops.matmul(query * size**-0.5, ops.swapaxes(keys, 2, 3))
        scores = ops.cast(scores, "float32")
        if leaning is not None:
            scores = scores + leaning
        scores = ops.where(mask[:, None, None], scores, _HIDDEN)
        return _shares(scores), contents

    def _by_head(self, values):
        batch, steps = ops.shape(values)[:2]
        size = values.shape[-1] // self.heads
        split = ops.reshape(values, (batch, steps, self.heads, size))
        return ops.transpose(split, (0, 2, 1, 3))

    def _by_row(self, values):
        batch, heads, steps, size = ops.shape(values)
        values = ops.transpose(values, (0, 2, 1, 3))
        return ops.reshape(values, (batch, steps, heads * size))


def _shares(scores):
    """Softmax over the last axis and one more score of zero, which is dropped."""
    highest = ops.maximum(ops.max(scores, axis=-1, keepdims=True), 0.0)
    weights = ops.exp(scores - highest)
    total = ops.sum(weights, axis=-1, keepdims=True) + ops.exp(-highest)
    return weights / total


class TransformerBlock(keras.layers.Layer):
    """x + drop(attend(norm(x))), then x + drop(W2 relu(W1 norm(x))).

    call(values, mask, training): `(batch, T, width)` and `(batch, T)`, shape kept. The
    hidden layer is twice as wide. Parameters: 8 width^2 + 9 width.
    """

    def __init__(self, heads, dropout=0.0):
        super().__init__()
        self.heads = heads
        self.dropout = dropout

    def build(self, values_shape):
        width = values_shape[-1]
        self.attend_norm, self.think_norm = RmsNorm(), RmsNorm()
        self.attention = Attention(self.heads)
        self.hidden = keras.layers.Dense(2 * width, activation="relu")
        self.out = keras.layers.Dense(width)
        self.drop = keras.layers.Dropout(self.dropout)
        self.attend_norm.build(values_shape)
        self.think_norm.build(values_shape)
        self.attention.build(values_shape, values_shape)
        self.hidden.build(values_shape)
        self.out.build((*values_shape[:-1], 2 * width))

    def call(self, values, mask, training=False):
        normed = self.attend_norm(values)
        seen = self.attention(normed, normed, mask)
        values = values + self.drop(seen, training=training)
        thought = self.out(self.hidden(self.think_norm(values)))
        return values + self.drop(thought, training=training)


class TransformerTrunk(keras.layers.Layer):
    """`depth` pre-norm blocks, normalised: the trunk of the encoder `transformer`.

    call(values, mask, training): `(batch, T, width)` and `(batch, T)` to a Stream.
    """

    def __init__(self, depth, heads, dropout=0.0):
        super().__init__()
        self.depth = depth
        self.heads = heads
        self.dropout = dropout

    def build(self, values_shape):
        self.blocks = [
            TransformerBlock(self.heads, self.dropout) for _ in range(self.depth)
        ]
        self.norm = RmsNorm()
        for layer in (*self.blocks, self.norm):
            layer.build(values_shape)

    def call(self, values, mask, training=False):
        for block in self.blocks:
            values = block(values, mask, training=training)
        return Stream(zero_padding(self.norm(values), mask), mask)
