"""Video: frames and their motion to numbers about zero."""

from keras import ops

from homodal.layers.alignment import evenly_timed
from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.pixels import centred

_GAIN = 2.0  # motion is small beside the picture


class Video(Front):
    """Pixels of every frame, and what moved since the frame before.

    call(arrays, mask, training): `(batch, N, H, W, C)`, 0 to 255, to
    `(batch, N, H, W, C + 1)`: `x / 127.5 - 1` and, as one more channel, twice the
    difference of the grey values to the frame before (zero at the first); the mask is
    over frames. motion: false leaves that channel out. rate_hz: of the frames, as their
    modality was told; without it nobody knows their seconds. No parameters.
    """

    def __init__(self, motion=True, rate_hz=None):
        super().__init__(autocast=False)
        self.motion = motion
        self.rate_hz = rate_hz

    def call(self, arrays, mask, training=False):
        values = centred(arrays, self.compute_dtype)
        if self.motion:
            values = ops.concatenate([values, _motion(values)], axis=-1)
        return zero_padding(values, mask), mask

    def seconds(self, arrays, mask, real):
        if self.rate_hz is None:
            return None
        return evenly_timed(*ops.shape(mask), 1 / self.rate_hz)


def _motion(values):
    """Twice the change of grey since the frame before: `(batch, N, H, W, 1)`."""
    grey = ops.mean(values, axis=-1, keepdims=True)
    before = ops.concatenate([grey[:, :1], grey[:, :-1]], axis=1)
    return _GAIN * (grey - before)
