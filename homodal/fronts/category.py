"""Category: one of a few names to an embedding."""

import keras

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding


class Category(Front):
    """One of the categories seen in training, or another, to an embedding.

    call(arrays, mask, training): `(batch, 1)` whole numbers, 0 = none of them, to
    `(batch, 1, width)`. categories: their names, learned by the modality.
    Parameters: (categories + 1) width.
    """

    def __init__(self, categories, width=64):
        super().__init__()
        self.categories = categories
        self.width = width

    def build(self, arrays_shape):
        self.table = keras.layers.Embedding(
            len(self.categories) + 1,
            self.width,
            embeddings_initializer=keras.initializers.RandomNormal(
                stddev=self.width**-0.5
            ),
        )
        self.table.build(arrays_shape)

    def call(self, arrays, mask, training=False):
        return zero_padding(self.table(arrays), mask), mask
