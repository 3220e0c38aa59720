"""Pictures and films turned, scaled and moved a little."""

import math
from typing import Any, ClassVar

from keras import ops

from homodal.layers.contracts import Augmentation
from homodal.layers.pixels import each_picture


class Move(Augmentation):
    """Each picture turned, scaled and moved by a little, its border repeated.

    turn_degrees: at most so far each way. scale: at most so much larger or smaller,
    0.1 is a tenth. shift: at most that share of the height and of the width. All frames
    of a film, and all pictures of a cell, move alike.
    """

    on = ("image", "images", "video")
    levels: ClassVar = {
        "light": {"turn_degrees": 5.0, "scale": 0.1, "shift": 0.06},
        "medium": {"turn_degrees": 10.0, "scale": 0.2, "shift": 0.1},
        "strong": {"turn_degrees": 20.0, "scale": 0.3, "shift": 0.15},
    }

    def __init__(
        self, turn_degrees: float = 10.0, scale: float = 0.2, shift: float = 0.1
    ) -> None:
        super().__init__()
        self.turn_degrees = turn_degrees
        self.scale = scale
        self.shift = shift

    def changed(self, arrays: Any, mask: Any) -> Any:
        pixels = ops.cast(arrays, "float32")
        maps = self._maps(ops.shape(pixels)[0], *pixels.shape[-3:-1])
        return each_picture(
            lambda pictures: ops.image.affine_transform(
                pictures,
                maps,
                interpolation="bilinear",
                fill_mode="nearest",
                data_format="channels_last",
            ),
            pixels,
        )

    def _maps(self, rows: Any, height: int, width: int) -> Any:
        """Where each pixel comes from, as affine maps `(batch, 8)`."""
        turn, scale = math.radians(self.turn_degrees), math.log1p(self.scale)
        angle = self.draw((rows,), -turn, turn)
        zoom = ops.exp(self.draw((rows,), -scale, scale))
        most = [self.shift * side for side in (width, height)]
        along, down = (self.draw((rows,), -each, each) for each in most)
        cosine, sine = ops.cos(angle) / zoom, ops.sin(angle) / zoom
        x, y = (width - 1) / 2, (height - 1) / 2
        zero = ops.zeros_like(angle)
        to_x = [cosine, -sine, x + along - cosine * x + sine * y]
        to_y = [sine, cosine, y + down - sine * x - cosine * y]
        return ops.stack([*to_x, *to_y, zero, zero], axis=1)
