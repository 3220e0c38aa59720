"""Noise behind sounds."""

import math
from typing import Any, ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Augmentation


class Noise(Augmentation):
    """White noise behind each sound, louder behind some than behind others.

    snr_db: the least distance to the sound's own loudness; each cell's own is drawn
    evenly from there to 30 dB more. Silence stays silence.
    """

    on = ("audio",)
    levels: ClassVar = {
        "light": {"snr_db": 25.0},
        "medium": {"snr_db": 15.0},
        "strong": {"snr_db": 5.0},
    }

    def __init__(self, snr_db: float = 15.0) -> None:
        super().__init__()
        self.snr_db = snr_db

    def changed(self, arrays: Any, mask: Any) -> Any:
        real = ops.cast(mask, arrays.dtype)
        count = ops.maximum(ops.sum(real, axis=1, keepdims=True), 1.0)
        power = ops.sum(ops.square(arrays) * real, axis=1, keepdims=True) / count
        least = self.snr_db
        decibels = self.draw((ops.shape(arrays)[0], 1), least, least + 30.0)
        softer = ops.exp(-decibels * math.log(10) / 20)
        noise = keras.random.normal(ops.shape(arrays), seed=self.generator)
        return arrays + ops.sqrt(power) * softer * noise * real
