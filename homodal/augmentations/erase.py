"""A rectangle of pictures and films wiped out."""

from typing import Any, ClassVar

from keras import ops

from homodal.layers.contracts import Augmentation
from homodal.layers.pixels import mean_of_real


class Erase(Augmentation):
    """A rectangle of some cells becomes their mean grey, in all frames of a film.

    share: of the cells that lose one. size: of its sides, at most that share of the
    picture's; each is drawn evenly from 0. Zhong et al., "Random Erasing Data
    Augmentation", 2017, arXiv:1708.04896.
    """

    on = ("image", "images", "video")
    levels: ClassVar = {
        "medium": {"share": 0.25, "size": 0.4},
        "strong": {"share": 0.5, "size": 0.6},
    }

    def __init__(self, share: float = 0.25, size: float = 0.4) -> None:
        super().__init__()
        self.share = share
        self.size = size

    def changed(self, arrays: Any, mask: Any) -> Any:
        pixels = ops.cast(arrays, "float32")
        rows = ops.shape(pixels)[0]
        losing = self.draw((rows,)) < self.share
        down, along = (self._inside(rows, side) for side in pixels.shape[-3:-1])
        wiped = ops.logical_and(down[:, :, None], along[:, None, :])
        wiped = ops.logical_and(wiped, losing[:, None, None])[..., None]
        if len(pixels.shape) == 5:
            wiped = wiped[:, None]
        return ops.where(wiped, mean_of_real(pixels, mask), pixels)

    def _inside(self, rows: Any, side: int) -> Any:
        """Which pixels of a side the rectangle covers, `(batch, side)`."""
        long = self.draw((rows, 1), 0.0, self.size)
        begin = self.draw((rows, 1)) * (1.0 - long)
        place = (ops.arange(side, dtype="float32")[None] + 0.5) / side
        return ops.logical_and(place >= begin, place < begin + long)
