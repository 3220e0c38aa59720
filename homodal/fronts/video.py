"""Video: frames and their motion to numbers about zero."""

from keras import ops

from homodal.errors import PartError, one_of
from homodal.layers.alignment import evenly_timed
from homodal.layers.contracts import Front
from homodal.layers.masking import zero_padding
from homodal.layers.pixels import RandomShift, centred

_GAIN = 2.0  # motion is small beside the picture
_BACKGROUNDS = ("kept", "subtracted")
_STILL = 1e-6  # mean square of a film that shows nothing but its background


class Video(Front):
    """Pixels of every frame, and what moved since the frame before.

    call(arrays, mask, training): `(batch, N, H, W, C)`, 0 to 255, to
    `(batch, N, H, W, C + 1)`: `x / 127.5 - 1` and, as one more channel, twice the
    difference of the grey values to the frame before (zero at the first); the mask is
    over frames. motion: false leaves that channel out. background "subtracted": each
    pixel less its mean over the film's frames, and each of the two, pixels and motion,
    in units of its root mean square over the film: for films in which all that matters
    moves, and little. shift_px: in training each film moves by up to so many pixels
    each way, its border repeated. rate_hz: of the frames, as their modality was told;
    without it nobody knows their seconds. No parameters.
    """

    def __init__(self, motion=True, rate_hz=None, background="kept", shift_px=0):
        super().__init__(autocast=False)
        if background not in _BACKGROUNDS:
            raise PartError(
                "Unknown background of front 'video'",
                expected=one_of(_BACKGROUNDS),
                got=background,
            )
        self.motion = motion
        self.rate_hz = rate_hz
        self.background = background
        self.shift_px = shift_px

    def build(self, arrays_shape):
        # a state of its own only where it draws: runs without it stay as they were
        self.shift = RandomShift(self.shift_px) if self.shift_px else None

    def call(self, arrays, mask, training=False):
        values = centred(arrays, self.compute_dtype)
        if self.shift:
            values = self.shift(values, training=training)
        moved = [_motion(values)] if self.motion else []
        if self.background == "subtracted":
            values = values - _mean(values, mask)
            values, *moved = (_evened(each, mask) for each in (values, *moved))
        return zero_padding(ops.concatenate([values, *moved], axis=-1), mask), mask

    def seconds(self, arrays, mask, real):
        if self.rate_hz is None:
            return None
        return evenly_timed(*ops.shape(mask), 1 / self.rate_hz)


def _motion(values):
    """Twice the change of grey since the frame before: `(batch, N, H, W, 1)`."""
    grey = ops.mean(values, axis=-1, keepdims=True)
    before = ops.concatenate([grey[:, :1], grey[:, :-1]], axis=1)
    return _GAIN * (grey - before)


def _mean(values, mask):
    """Over the real frames: `(batch, N, H, W, C)` to `(batch, 1, H, W, C)`."""
    values = zero_padding(values, mask)
    count = ops.sum(ops.cast(mask, values.dtype), axis=1)[:, None, None, None, None]
    return ops.sum(values, axis=1, keepdims=True) / ops.maximum(count, 1.0)


def _evened(values, mask):
    """In units of the root mean square over a film's real frames."""
    power = ops.mean(_mean(ops.square(values), mask), axis=(2, 3, 4), keepdims=True)
    return values * ops.rsqrt(power + _STILL)
