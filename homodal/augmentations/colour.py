"""Pictures and films lighter or darker, harder or softer, more or less colourful."""

import math
from typing import Any, ClassVar

from keras import ops

from homodal.layers.contracts import Augmentation
from homodal.layers.pixels import as_wide, mean_of_real


class Colour(Augmentation):
    """Brightness, contrast and saturation of each cell changed a little.

    brightness: at most that share of full scale is added or taken away. contrast,
    saturation: distances from the mean, and from grey, become at most so much larger or
    smaller; 0.2 is a fifth. Pixels stay from 0 to 255. All frames of a film alike.
    """

    on = ("image", "images", "video")
    levels: ClassVar = {
        "light": {"brightness": 0.05, "contrast": 0.1, "saturation": 0.1},
        "medium": {"brightness": 0.1, "contrast": 0.25, "saturation": 0.25},
        "strong": {"brightness": 0.2, "contrast": 0.5, "saturation": 0.5},
    }

    def __init__(
        self,
        brightness: float = 0.1,
        contrast: float = 0.25,
        saturation: float = 0.25,
    ) -> None:
        super().__init__()
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation

    def changed(self, arrays: Any, mask: Any) -> Any:
        pixels = ops.cast(arrays, "float32")
        mean = mean_of_real(pixels, mask)
        pixels = mean + self._factor(pixels, self.contrast) * (pixels - mean)
        grey = ops.mean(pixels, axis=-1, keepdims=True)
        pixels = grey + self._factor(pixels, self.saturation) * (pixels - grey)
        light = 255 * self._drawn(pixels, self.brightness)
        return ops.clip(pixels + light, 0.0, 255.0)

    def _factor(self, pixels: Any, most: float) -> Any:
        return ops.exp(self._drawn(pixels, math.log1p(most)))

    def _drawn(self, pixels: Any, most: float) -> Any:
        """A number from -most to most for each cell, as wide as `pixels`."""
        rows = (ops.shape(pixels)[0],)
        return as_wide(self.draw(rows, -most, most), pixels)
