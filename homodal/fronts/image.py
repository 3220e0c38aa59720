"""Image: pixels to numbers about zero."""

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.pixels import RandomShift, centred


class Image(Front):
    """Pixels 0 to 255 to values -1 to 1.

    call(arrays, mask, training): `(batch, H, W, C)` to the same shape, `x / 127.5 - 1`.
    shift_px: in training each picture moves by up to so many pixels each way, its
    border repeated. No parameters.
    """

    def __init__(self, shift_px=0):
        super().__init__(autocast=False)
        self.shift_px = shift_px

    def build(self, arrays_shape):
        self.shift = RandomShift(self.shift_px)

    def call(self, arrays, mask, training=False):
        values = centred(arrays, self.compute_dtype)
        values = self.shift(values, training=training)
        return zero_padding(values, mask), mask
