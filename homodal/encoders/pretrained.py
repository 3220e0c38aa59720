"""Features of a pretrained network, brought to the width of all columns."""

from typing import Any, ClassVar

import keras

from homodal.errors import RecipeError
from homodal.layers.contracts import Encoder
from homodal.layers.convolution import ResidualConvolution
from homodal.layers.masking import zero_padding
from homodal.layers.normalisation import RmsNorm
from homodal.layers.stream import Stream


class Pretrained(Encoder):
    """What a network that others trained sees in a cell, and little to be learned.

    Its features are computed once for each cell and kept; a dense layer takes them to
    `width`. Where there are several steps, words or frames, `depth` residual
    convolutions follow, so that each sees its neighbours. Columns of kinds that no
    pretrained network is for are encoded as `cnn` does.

    source: auto, or the name of an extractor: efficientnet_lite0 for pictures and
        films, wordllama for English text. auto takes the first that is for the column.
    call(values, mask, training): `(batch, T, F)` -> Stream of `width`, T steps.
    """

    reads_features: ClassVar[bool] = True  # of an extractor; never cells
    tunable: ClassVar = {"depth": [0, 1, 2, 3], "dropout": [0.0, 0.1, 0.3, 0.5]}

    def __init__(self, source="auto", width=64, depth=2, kernel=3, dropout=0.1):
        super().__init__()
        self.source = source
        self.width = width
        self.depth = depth
        self.kernel = kernel
        self.dropout = dropout

    def share(self, other: Encoder) -> None:
        """What is learned is made for the features of one pretrained network."""
        raise RecipeError(
            "The encoder 'pretrained' cannot share its weights between columns",
            do="Set 'share: structure', or take the encoder 'rnn' or 'transformer'",
        )

    def build(self, values_shape: Any) -> None:
        self.adapter = keras.layers.Dense(self.width)
        self.adapter.build(values_shape)
        self.drop = keras.layers.Dropout(self.dropout)
        steps_shape = (*values_shape[:2], self.width)
        kernel = 1 if values_shape[1] == 1 else self.kernel
        self.blocks = [
            ResidualConvolution(kernel, self.dropout) for _ in range(self.depth)
        ]
        for block in self.blocks:
            block.build(steps_shape)
        self.norm = RmsNorm()
        self.norm.build((None, self.width))

    def call(self, values: Any, mask: Any, training: bool = False) -> Stream:
        values = self.drop(zero_padding(values, mask), training=training)
        values = zero_padding(self.adapter(values), mask)
        for block in self.blocks:
            values = block(values, mask, training=training)
        return Stream(self.norm(values), mask)
