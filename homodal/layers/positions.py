"""Sinusoidal positions: any length, and equal on both sides of padding."""

import keras
import numpy as np
from keras import ops

_LONGEST_PERIOD = 10_000.0


class Positions(keras.layers.Layer):
    """Adds where each step, or each cell of a map, stands.

    call(values): `(batch, T, F)`, or `(batch, h, w, F)` where half of the channels tell
    the row and half the column; shape kept. Sinusoids times one learned gain: they hold
    for any length, where learned positions would stay untrained past the longest
    training row, and a network that has no use for them turns them down.
    """

    def __init__(self, gain):
        super().__init__()
        self.gain = gain

    def build(self, values_shape):
        self.scale = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(self.gain), name="gain"
        )

    def call(self, values):
        width, shape = values.shape[-1], ops.shape(values)
        if len(values.shape) == 3:
            waves = sinusoids(shape[1], width)
        else:
            rows = sinusoids(shape[1], width // 2)[:, None]  # (h, 1, width / 2)
            columns = sinusoids(shape[2], width - width // 2)[None]  # (1, w, width / 2)
            waves = ops.concatenate(
                [
                    ops.broadcast_to(rows, (*shape[1:3], width // 2)),
                    ops.broadcast_to(columns, (*shape[1:3], width - width // 2)),
                ],
                axis=-1,
            )
        return values + self.scale * ops.cast(waves, values.dtype)


def sinusoids(steps, width):
    """`(steps, width)`: sines, then cosines, of geometrically falling frequencies.

    `steps` may be a tensor. Vaswani et al., 2017, arXiv:1706.03762.
    """
    return waves_at(ops.cast(ops.arange(steps), "float32"), width)


def waves_at(places, width):
    """The same for any places `(...)`, float32: `(..., width)`."""
    half = (width + 1) // 2
    rates = _LONGEST_PERIOD ** (-np.arange(half, dtype="float32") / half)
    angles = places[..., None] * rates
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)[..., :width]
