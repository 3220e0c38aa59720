"""Which cells a row has: the learned stand-in for absent ones, and their dropout."""

import keras
import numpy as np
from keras import ops

from homodal.layers.seeds import seed_for
from homodal.layers.stream import Timed

_MOST_HIDDEN = 1.25  # of a block; what is above 1 hides all of its columns
_ALWAYS = np.array([0.0, 1e6], "float32")  # seconds


def blank(arrays, present):
    """`arrays` with zeros in the rows that are not present: `(batch, ...)`.

    `AbsentToken` keeps the content of an absent cell out of the answer; only zeros at
    the very input keep NaN there out of the weights' gradients too (0 * NaN is NaN).
    """
    trailing = len(arrays.shape) - 1
    there = ops.reshape(present, (ops.shape(present)[0], *[1] * trailing))
    return ops.where(there, arrays, ops.zeros((), arrays.dtype))


def present_steps(stream, present):
    """The mask of a stream `(batch, steps)`, all False where its column is absent."""
    return ops.logical_and(stream.mask, ops.cast(present, "bool")[:, None])


class AbsentToken(keras.layers.Layer):
    """The stream of a column, with one learned step in the rows that lack the cell.

    call(stream, present): Stream `(batch, steps, width)` and present `(batch,)` bool to
    a Stream of the same shape. Absent rows: the token at step 0, the rest masked. The
    token starts at zero, so that an absent cell says nothing before it is learned.
    """

    def __init__(self, width):
        super().__init__()
        self.width = width

    def build(self, stream_shape, present_shape):
        self.token = self.add_weight(
            shape=(self.width,), initializer="zeros", name="token"
        )

    def call(self, stream, present):
        steps = ops.shape(stream.values)[1]
        first = ops.expand_dims(ops.arange(steps) == 0, 0)  # (1, steps)
        there = ops.expand_dims(present, -1)  # (batch, 1)
        token = ops.cast(self.token, stream.values.dtype)
        values = ops.where(there[..., None], stream.values, token)
        mask = ops.where(there, stream.mask, first)
        stream = stream._replace(values=values, mask=mask)
        if isinstance(stream, Timed):  # the token is said all the time
            seconds = ops.where(there[..., None], stream.seconds, _ALWAYS)
            stream = stream._replace(seconds=seconds)
        return stream


class StepTokens(keras.layers.Layer):
    """Columns that are a step each: a learned one in place of each that is absent.

    call(values, there): `(batch, M, width)` and `(batch, M)` to the same shape. The
    tokens start at zero. Parameters: M width.
    """

    def __init__(self, columns, width):
        super().__init__()
        self.columns = columns
        self.width = width

    def build(self, values_shape, there_shape):
        self.token = self.add_weight(
            shape=(self.columns, self.width), initializer="zeros", name="token"
        )

    def call(self, values, there):
        return ops.where(there[..., None], values, ops.cast(self.token, values.dtype))


class ModalityDropout(keras.layers.Layer):
    """Hides present cells in training with probability `rate`, never all of a row.

    call(present, training): `(batch, columns)` of bool or numbers to bool. One draw a
    cell decides; the present cell with the highest draw stays in any case. schedule:
    "constant", "rising" from none to the rate over `total_steps`, or "falling" from the
    rate to none. blocks: lists of columns; as often as a column is hidden, so are many
    of a block's or all: from none to each with probability 1, evenly. After Neverova
    et al., "ModDrop", 2014, arXiv:1501.00102.
    """

    total_steps = 0  # of the training, as far as known

    def __init__(self, rate, seed=0, schedule="constant", blocks=()):
        super().__init__()
        self.blocks = blocks
        self.rate = rate
        self.seed = seed
        self.schedule = schedule

    def build(self, present_shape):
        own = seed_for(self.seed, "modality dropout")
        self.generator = keras.random.SeedGenerator(own)
        self.step = None
        if self.rate and self.schedule != "constant":
            self.step = self.add_weight(
                shape=(),
                initializer="zeros",
                trainable=False,
                dtype="float32",
                name="step",
            )

    def call(self, present, training=False):
        present = ops.cast(present, "bool")
        if not training or self.rate == 0:
            return present
        draws = keras.random.uniform(
            ops.shape(present), dtype="float32", seed=self.generator
        )
        rate = self._rate_now()
        if self.blocks:
            rate = self._rates_of_rows(present, rate)
        highest = ops.max(ops.where(present, draws, -1.0), axis=1, keepdims=True)
        kept = ops.logical_or(draws >= rate, draws >= highest)
        return ops.logical_and(present, kept)

    def _rates_of_rows(self, present, rate):
        """The rate of each cell `(batch, M)`: in some rows a block's is any up to 1."""
        members = np.zeros((len(self.blocks), present.shape[1]), "float32")
        for row, columns in zip(members, self.blocks, strict=True):
            row[list(columns)] = 1.0
        shape = (ops.shape(present)[0], len(self.blocks))
        draws = keras.random.uniform(shape, dtype="float32", seed=self.generator)
        often = _MOST_HIDDEN * draws / rate
        rates = ops.where(draws < rate, ops.maximum(often, rate), rate)
        return ops.matmul(rates, members) + rate * (1.0 - members.sum(axis=0))

    def _rate_now(self):
        if self.step is None:
            return self.rate
        done = ops.minimum(self.step / max(self.total_steps, 1), 1.0)
        self.step.assign_add(1.0)
        return self.rate * (done if self.schedule == "rising" else 1.0 - done)


def present_matrix(present, names):
    """`{column: (batch,)}` to `(batch, columns)` of bool, in the order of `names`."""
    return ops.stack([ops.cast(present[name], "bool") for name in names], axis=1)


def weights_of_present(present, names, dtype):
    """Weights `(batch, columns)` of a mean over the present columns; zeros if none."""
    there = ops.cast(present_matrix(present, names), dtype)
    return there / ops.maximum(ops.sum(there, axis=1, keepdims=True), 1.0)
