"""Names and words that training takes for unknown, so that the unknown is learned."""

import keras
from keras import ops


class WordDropout(keras.layers.Layer):
    """In training a share of whole numbers becomes the number of the unknown.

    call(numbers, training): of any shape, to the same; outside training they are as
    they are. rate: the share; unknown: its number. No parameters. Bowman et al.,
    "Generating Sentences from a Continuous Space", 2016, arXiv:1511.06349.
    """

    def __init__(self, rate, unknown=0):
        super().__init__()
        self.rate = rate
        self.unknown = unknown
        self.generator = keras.random.SeedGenerator() if rate else None

    def call(self, numbers, training=False):
        if not training or not self.rate:
            return numbers
        draws = keras.random.uniform(
            ops.shape(numbers), dtype="float32", seed=self.generator
        )
        unknown = ops.full_like(numbers, self.unknown)
        return ops.where(draws < self.rate, unknown, numbers)
