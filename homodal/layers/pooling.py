"""From steps to one vector."""

import keras
from keras import ops

from homodal.layers.stream import max_pool, mean_pool


class Pooling(keras.layers.Layer):
    """Masked mean and masked maximum over steps, side by side.

    call(stream): `(batch, steps, width)` to `(batch, 2 * width)`. No parameters. The
    mean says how much of something there is, the maximum whether it occurs at all: one
    word of a sentence or one syllable of a sound is lost in a mean. A row without any
    real step gives zeros.
    """

    def call(self, stream):
        return ops.concatenate([mean_pool(stream), max_pool(stream)], axis=-1)
