"""Category: one of a few names to an embedding."""

import keras

from homodal.layers.contracts import Front, StackedFront
from homodal.layers.masking import zero_padding
from homodal.layers.stacked import StackedEmbedding
from homodal.layers.word_dropout import WordDropout

_HIDDEN = 0.05  # as of a column by itself


class Category(Front):
    """One of the categories seen in training, or another, to an embedding.

    call(arrays, mask, training): `(batch, 1)` whole numbers, 0 = none of them, to
    `(batch, 1, width)`. categories: their names, learned by the modality. hide: the
    share of cells that training takes for another one, so that a category which was
    never seen is answered from the other columns. Parameters: (categories + 1) width.
    """

    def __init__(self, categories, width=64, hide=0.05):
        super().__init__()
        self.categories = categories
        self.width = width
        self.hide = hide

    def build(self, arrays_shape):
        self.table = keras.layers.Embedding(
            len(self.categories) + 1,
            self.width,
            embeddings_initializer=keras.initializers.RandomNormal(
                stddev=self.width**-0.5
            ),
        )
        self.table.build(arrays_shape)
        self.shown = WordDropout(self.hide)

    def call(self, arrays, mask, training=False):
        shown = self.shown(arrays, training=training)
        return zero_padding(self.table(shown), mask), mask

    @classmethod
    def stack(cls, options, width):
        sizes = [len(each["categories"]) + 1 for each in options]
        hide = options[0].get("hide", _HIDDEN)
        return _Categories(sizes, options[0].get("width", width), hide)


class _Categories(StackedFront):
    """The same for several categories `(batch, M, 1)`: one table under the other."""

    def __init__(self, sizes, width, hide):
        super().__init__()
        self.table = StackedEmbedding(sizes, width)
        self.hide = hide

    def build(self, arrays_shape):
        self.table.build(arrays_shape[:2])
        self.shown = WordDropout(self.hide)

    def call(self, arrays, mask, training=False):
        shown = self.shown(arrays[..., 0], training=training)
        return zero_padding(self.table(shown), mask), mask
