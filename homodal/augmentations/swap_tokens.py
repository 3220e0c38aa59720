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
        shape, steps = ops.shape(arrays), ops.shape(arrays)[1]
        first = keras.random.randint((shape[0], 1), 0, 2, seed=self.generator)
        drawn = keras.random.uniform(shape, seed=self.generator) < self.share
        places = ops.arange(steps, dtype="int32")[None] + ops.zeros_like(arrays)
        begins = ops.mod(places + ops.cast(first, places.dtype), 2) == 0
        real = ops.cast(mask, "bool")
        nothing = ops.zeros_like(real[:, :1])
        both = ops.concatenate([real[:, 1:], nothing], axis=1)
        begins = ops.logical_and(ops.logical_and(begins, drawn), both)
        ends = ops.concatenate([nothing, begins[:, :-1]], axis=1)
        moves = ops.cast(begins, places.dtype) - ops.cast(ends, places.dtype)
        return ops.take_along_axis(arrays, places + moves, axis=1)
