"""Half of the pictures and films mirrored, left for right."""

from typing import Any

from keras import ops

from homodal.layers.contracts import Augmentation
from homodal.layers.pixels import as_wide


class Mirror(Augmentation):
    """Left for right in a share of the cells; only where it is asked for.

    share: of the cells. It is in no level, because digits, letters, hands and whatever
    has a left and a right become others.
    """

    on = ("image", "images", "video")

    def __init__(self, share: float = 0.5) -> None:
        super().__init__()
        self.share = share

    def changed(self, arrays: Any, mask: Any) -> Any:
        rows = (ops.shape(arrays)[0],)
        turned = self.draw(rows) < self.share
        return ops.where(as_wide(turned, arrays), ops.flip(arrays, axis=-2), arrays)
