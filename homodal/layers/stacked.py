"""Several columns of one kind at once: each has weights of its own, in one array."""

import keras
import numpy as np
from keras import ops

from homodal.layers.contracts import StackedFront


class StackedDense(keras.layers.Layer):
    """A dense layer for each of M columns: y_m = W_m x_m + b_m.

    call(values): `(batch, M, inside)` to `(batch, M, units)`. Each W_m starts as a
    dense layer of its own would. Parameters: M (inside + 1) units; cost: as many
    products a row.
    """

    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, values_shape):
        columns, inside = values_shape[1:]
        limit = float(np.sqrt(6 / (inside + self.units)))  # Glorot's, of one column
        self.kernel = self.add_weight(
            shape=(columns, inside, self.units),
            initializer=keras.initializers.RandomUniform(-limit, limit),
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(columns, self.units), initializer="zeros", name="bias"
        )

    def call(self, values):
        by_column = ops.matmul(ops.transpose(values, (1, 0, 2)), self.kernel)
        return ops.transpose(by_column, (1, 0, 2)) + self.bias


class StackedEmbedding(keras.layers.Layer):
    """An embedding for each of M columns, one under the other in one table.

    call(numbers): whole numbers `(batch, M)`, those of column m below `sizes[m]`, to
    `(batch, M, width)`. Parameters: sum of sizes width.
    """

    def __init__(self, sizes, width):
        super().__init__()
        self.sizes = sizes
        self.width = width

    def build(self, numbers_shape):
        ends = np.cumsum(self.sizes)
        self.starts = np.concatenate([[0], ends[:-1]]).astype("int32")
        self.table = keras.layers.Embedding(
            int(ends[-1]),
            self.width,
            embeddings_initializer=keras.initializers.RandomNormal(
                stddev=self.width**-0.5
            ),
        )
        self.table.build(numbers_shape)

    def call(self, numbers):
        return self.table(ops.cast(numbers, "int32") + self.starts)


class EachAlone(StackedFront):
    """Columns whose front has no stacked form: one front for each, side by side.

    call: as every `StackedFront`. A step of training is M layers, not one.
    """

    def __init__(self, fronts):
        super().__init__(autocast=False)
        self.each = [OneStep(front) for front in fronts]

    def build(self, *shapes):
        """Nothing: each front is built when it is first asked."""

    def call(self, arrays, mask, training=False):
        steps = arrays.shape[2]
        found = []
        for place, front in enumerate(self.each):
            real = ops.repeat(mask[:, place : place + 1], steps, axis=1)
            found.append(front(arrays[:, place], real, training=training)[0])
        return ops.concatenate(found, axis=1), mask


class OneStep(keras.layers.Layer):
    """A front whose steps become one, their mean.

    call(arrays, mask, training): what the front takes, to `(batch, 1, F)` and the mask
    `(batch, 1)`.
    """

    def __init__(self, front):
        super().__init__(autocast=False)
        self.front = front

    def build(self, *shapes):
        """Nothing: the front is built when it is first asked."""

    def call(self, arrays, mask, training=False):
        values, real = self.front(arrays, mask, training=training)
        if values.shape[1] != 1:
            count = ops.sum(ops.cast(real, values.dtype), axis=1, keepdims=True)
            total = ops.sum(values, axis=1, keepdims=True)
            values = total / ops.maximum(count, 1.0)[..., None]
        return values, ops.any(real, axis=1, keepdims=True)
