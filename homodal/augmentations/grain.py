"""Grain in pictures and films, as of a camera in the dark."""

from typing import Any, ClassVar

import keras
from keras import ops

from homodal.layers.contracts import Augmentation
from homodal.layers.pixels import as_wide


class Grain(Augmentation):
    """Independent noise on every pixel, stronger in some cells than in others.

    deviation: at most so many of 255 levels; each cell's own is drawn evenly from 0.
    """

    on = ("image", "images", "video")
    levels: ClassVar = {"medium": {"deviation": 8.0}, "strong": {"deviation": 20.0}}
    frames_alike = False

    def __init__(self, deviation: float = 8.0) -> None:
        super().__init__()
        self.deviation = deviation

    def changed(self, arrays: Any, mask: Any) -> Any:
        pixels = ops.cast(arrays, "float32")
        rows = (ops.shape(pixels)[0],)
        own = self.draw(rows, 0.0, self.deviation)
        noise = keras.random.normal(ops.shape(pixels), seed=self.generator)
        return ops.clip(pixels + as_wide(own, pixels) * noise, 0.0, 255.0)
