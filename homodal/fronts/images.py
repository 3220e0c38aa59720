"""Images: the pixels of several pictures to numbers about zero."""

from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.pixels import centred


class Images(Front):
    """Pixels 0 to 255 to values -1 to 1.

    call(arrays, mask, training): `(batch, N, H, W, C)` to the same shape,
    `x / 127.5 - 1`; the mask is over the pictures. No parameters.
    """

    def __init__(self):
        super().__init__(autocast=False)

    def call(self, arrays, mask, training=False):
        values = centred(arrays, self.compute_dtype)
        return zero_padding(values, mask), mask
