"""Steps without an order: each is itself, and what all of them say together."""

import keras
from keras import ops

from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.stream import Stream, single

_WIDER = 4  # inside a layer; it costs no more with more steps


class Context(keras.layers.Layer):
    """Each step of a fixed number, with a vector that is made of all of them added.

    call(values, mask, training): `(batch, T, d)` and `(batch, T)` to a Stream of the
    same shape, x_t + c, c that of a `Summary`. What lies between steps is in c,
    whatever their order; a step costs one addition. Parameters: those of a `Summary`
    of width d. A context added to every step is after Hu et al.,
    "Squeeze-and-Excitation Networks", 2018, arXiv:1709.01507.
    """

    def __init__(self, depth, dropout=0.0):
        super().__init__()
        self.depth = depth
        self.dropout = dropout

    def build(self, values_shape):
        self.summary = Summary(values_shape[-1], self.depth, self.dropout)
        self.summary.build(values_shape)

    def call(self, values, mask, training=False):
        values = zero_padding(values, mask)
        context = self.summary(values, mask, training=training).values
        return Stream(zero_padding(values + context, mask), mask)


class Summary(keras.layers.Layer):
    """One step that is made of all steps of a fixed number.

    call(values, mask, training): `(batch, T, e)` and `(batch, T)` to a Stream of one
    step c `(batch, 1, width)`: c = W [x_1; ...; x_T] + b, then `depth` times
    c + W2 drop(relu(W1 norm(c))). Parameters with d the width:
    (T e + 1) d + depth (8 d^2 + 6 d); cost: as many products a row. The first dense
    layer over embedded columns is that of the networks for tables in Gorishniy et al.,
    "On Embeddings for Numerical Features", 2022, arXiv:2203.05556.
    """

    def __init__(self, width, depth, dropout=0.0):
        super().__init__()
        self.width = width
        self.depth = depth
        self.dropout = dropout

    def build(self, values_shape):
        steps, inside = values_shape[1:]
        self.join = keras.layers.Dense(self.width)
        self.join.build((None, steps * inside))
        self.layers = [ResidualDense(self.dropout) for _ in range(self.depth)]
        for layer in self.layers:
            layer.build((None, self.width))

    def call(self, values, mask, training=False):
        steps, inside = values.shape[1:]
        values = zero_padding(values, mask)
        context = self.join(ops.reshape(values, (-1, steps * inside)))
        for layer in self.layers:
            context = layer(context, training=training)
        return single(context)


class ResidualDense(keras.layers.Layer):
    """x + W2 drop(relu(W1 norm(x))) over the last axis, four times as wide inside.

    Parameters: 8 d^2 + 6 d.
    """

    def __init__(self, dropout=0.0):
        super().__init__()
        self.dropout = dropout

    def build(self, values_shape):
        width = values_shape[-1]
        self.norm = RmsNorm()
        self.hidden = keras.layers.Dense(_WIDER * width, activation="relu")
        self.drop = keras.layers.Dropout(self.dropout)
        self.out = keras.layers.Dense(width)
        for layer in (self.norm, self.hidden):
            layer.build(values_shape)
        self.out.build((*values_shape[:-1], _WIDER * width))

    def call(self, values, training=False):
        inner = self.drop(self.hidden(self.norm(values)), training=training)
        return values + self.out(inner)
