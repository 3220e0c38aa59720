"""From one stream a column to one vector a column, or to one vector for all."""

import keras
from keras import ops

from homodal.layers.pooling import Pooling


class Projections(keras.layers.Layer):
    """Every column pooled and projected to one width.

    call(streams, training): `{column: Stream}` to `(batch, M, width)`, u_m =
    f(W_m drop(x_m) + b_m) with x_m the pooled column `(batch, 2 d)`, in the order of
    the sorted names. bias: Keras's name of what b_m starts as. Parameters:
    M (2 d + 1) width.
    """

    def __init__(self, width, dropout=0.0, activation=None, bias="zeros"):
        super().__init__()
        self.width = width
        self.dropout = dropout
        self.activation = activation
        self.bias = bias

    def build(self, streams_shape):
        self.pool = Pooling()
        self.drop = keras.layers.Dropout(self.dropout)
        self.each = {}
        for name in sorted(streams_shape):
            self.each[name] = keras.layers.Dense(
                self.width, self.activation, bias_initializer=self.bias
            )
            self.each[name].build((None, 2 * streams_shape[name].values[-1]))

    def call(self, streams, training=False):
        projected = [
            self.each[n](self.drop(self.pool(streams[n]), training=training))
            for n in sorted(streams)
        ]
        return ops.stack(projected, axis=1)


class SideBySide(keras.layers.Layer):
    """All columns' vectors in one row, through one hidden layer.

    call(vectors, training): a list of `(batch, d_m)` to `(batch, width)`,
    y = W2 drop(relu(W1 [x_1; ...; x_M] + b1)) + b2. Parameters:
    (sum_m d_m + 1) width + (width + 1) width.
    """

    def __init__(self, width, dropout=0.0):
        super().__init__()
        self.width = width
        self.dropout = dropout

    def build(self, vectors_shape):
        self.hidden = keras.layers.Dense(self.width, activation="relu")
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(self.width)
        self.hidden.build((None, sum(shape[-1] for shape in vectors_shape)))
        self.out.build((None, self.width))

    def call(self, vectors, training=False):
        hidden = self.hidden(ops.concatenate(vectors, axis=-1))
        return self.out(self.drop(hidden, training=training))


def pooled_width(streams_shape):
    """Width of a pooled column of streams of these shapes."""
    return 2 * next(iter(streams_shape.values())).values[-1]
