"""Neighbouring words of a text change places."""

from typing import Any, ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Augmentation


class SwapTokens(Augmentation):
    """Pairs of neighbouring tokens change places in each text.

    share: of the pairs that do. Answers of single words do not want it. Wei and Zou,
    "EDA: Easy Data Augmentation", 2019, arXiv:1901.11196.
    """

    on = ("text",)
    levels: ClassVar = {"medium": {"share": 0.05}, "strong": {"share": 0.1}}
    keeps_time = False

    def __init__(self, share: float = 0.05) -> None:
        super().__init__()
        self.share = share

    def changed(self, arrays: Any, mask: Any) -> Any:
        rows, steps = ops.shape(mask)[0], ops.shape(mask)[1]
        first = keras.random.randint((rows, 1), 0, 2, seed=self.generator)
        drawn = self.draw((rows, steps)) < self.share
        places = ops.arange(steps, dtype="int32")[None]
        begins = ops.mod(places + ops.cast(first, places.dtype), 2) == 0
        real = ops.cast(mask, "bool")
        nothing = ops.zeros_like(real[:, :1])
        both = ops.concatenate([real[:, 1:], nothing], axis=1)
        begins = ops.logical_and(ops.logical_and(begins, drawn), both)
        ends = ops.concatenate([nothing, begins[:, :-1]], axis=1)
        moves = ops.cast(begins, places.dtype) - ops.cast(ends, places.dtype)
        source = places + moves
        if len(arrays.shape) == 3:  # a word goes with its pieces
            source = source[..., None] + ops.zeros_like(arrays)
        return ops.take_along_axis(arrays, source, axis=1)
