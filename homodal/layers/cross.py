"""Blocks in which one stream looks at others, and several streams in one sequence."""

import keras
from keras import ops

from homodal.layers.attention import Attention
from homodal.layers.normalisation import RmsNorm
from homodal.layers.presence import present_matrix, present_steps
from homodal.layers.stream import Stream


class CrossBlock(keras.layers.Layer):
    """x + drop(attend(norm(x), norm(context))), then x + drop(W2 relu(W1 norm(x))).

    call(values, context, mask, training): `(batch, T, d)`, `(batch, S, d)` and the
    context's `(batch, S)`, shape kept. Where nothing of the context is real, only the
    second part acts. Parameters: 8 d^2 + 10 d; cost a row: 2 T S d products more than
    the projections.
    """

    def __init__(self, heads, dropout=0.0):
        super().__init__()
        self.heads = heads
        self.dropout = dropout

    def build(self, values_shape):
        width = values_shape[-1]
        self.ask_norm, self.context_norm = RmsNorm(), RmsNorm()
        self.think_norm = RmsNorm()
        self.attention = Attention(self.heads)
        self.hidden = keras.layers.Dense(2 * width, activation="relu")
        self.out = keras.layers.Dense(width)
        self.drop = keras.layers.Dropout(self.dropout)
        for norm in (self.ask_norm, self.context_norm, self.think_norm):
            norm.build(values_shape)
        self.attention.build(values_shape, values_shape)
        self.hidden.build(values_shape)
        self.out.build((*values_shape[:-1], 2 * width))

    def call(self, values, context, mask, training=False):
        context = self.context_norm(context)
        seen = self.attention(self.ask_norm(values), context, mask)
        values = values + self.drop(seen, training=training)
        thought = self.out(self.hidden(self.think_norm(values)))
        return values + self.drop(thought, training=training)


class TypedSequence(keras.layers.Layer):
    """All columns' steps in one sequence, each with its column's learned vector added.

    call(streams, present): `{column: Stream}` and `{column: (batch,)}` to one Stream
    `(batch, sum T_m, d)` in the order of the sorted names; the steps of absent columns
    are masked. Parameters: M d.
    """

    def build(self, streams_shape, present_shape):
        width = next(iter(streams_shape.values())).values[-1]
        self.types = {
            name: self.add_weight(
                shape=(width,),
                initializer=keras.initializers.RandomNormal(stddev=0.02),
                name=f"{name}_type_token",
            )
            for name in sorted(streams_shape)
        }

    def call(self, streams, present):
        names = sorted(streams)
        there = present_matrix(present, names)
        values, masks = [], []
        for place, name in enumerate(names):
            stream = streams[name]
            kind = ops.cast(self.types[name], stream.values.dtype)
            values.append(stream.values + kind)
            masks.append(present_steps(stream, there[:, place]))
        return Stream(ops.concatenate(values, axis=1), ops.concatenate(masks, axis=1))
