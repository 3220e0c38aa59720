"""Log-mel spectrograms as matrix products: one definition for training and export.

Requirements: padding never changes the result; no complex numbers, no FFT and no
strided gathers, so that every backend and every exported graph computes the same.
"""

import keras
import numpy as np
from keras import ops

from homodal.layers.masking import zero_padding
from homodal.media.mels import mel_matrix

# Power that counts as silence: 67 dB below a sine as loud as the whole clip
FLOOR = 1e-7
_FLOOR_OF_RUNNING = 1e-10  # of sound that is not made louder first
_QUIETEST = 1e-10  # mean square of a clip that is not made any louder


class LogMel(keras.layers.Layer):
    """Samples to the log of mel-band power, zero mean and unit variance over a clip.

    call(samples, mask): `(batch, S)` and `(batch, S)` to `(batch, ceil(S / hop), mels)`
    and `(batch, ceil(S / hop))`. Frame i is the Hann-windowed stretch from sample i *
    hop on, of a clip made equally loud, with zeros past its end; it is real if its
    first `hop` samples hold a real one. causal: as loud as it came, and the mean and
    variance are those of the frames so far. Always computed in float32: eight bits are
    too few for a spectrum. No parameters; cost a frame: window^2 / 2 + window mels / 2
    steps.
    """

    def __init__(self, rate_hz, mels=40, window_ms=25, hop_ms=10, causal=False):
        super().__init__(autocast=False)
        self.causal = causal
        self.rate_hz = rate_hz
        self.mels = mels
        self.window_ms = window_ms
        self.hop_ms = hop_ms

    def build(self, samples_shape):
        window = round(self.rate_hz * self.window_ms / 1000)
        self.hop = round(self.rate_hz * self.hop_ms / 1000)
        self.hops = -(-window // self.hop)  # a window's length in hops, rounded up
        self.window = window
        self.cosines, self.sines = dft_matrices(window)
        self.bands = mel_matrix(self.mels, window, self.rate_hz)

    def call(self, samples, mask):
        samples = ops.cast(samples, "float32")
        if self.causal:
            samples, floor = zero_padding(samples, mask), _FLOOR_OF_RUNNING
        else:
            samples, floor = equally_loud(samples, mask), FLOOR
        power = self._power(self._frames(samples))  # (batch, frames, bins)
        mels = ops.log(ops.matmul(power, self.bands) + floor)  # (batch, frames, mels)
        real = ops.any(self._hops(mask, 0), axis=-1)  # (batch, frames)
        normalised = so_far_normalised if self.causal else clip_normalised
        return ops.cast(normalised(mels, real), self.compute_dtype), real

    def _power(self, frames):
        """The Hann-windowed spectrum of `(batch, frames, hops * hop)`, squared.

        The window and a cosine are alike on both sides of a frame's middle, a sine is
        the negative: folded there, half of the products are left. The first sample
        has the weight zero.
        """
        middle = (self.window + 1) // 2
        first = frames[..., 1 : self.window // 2 + 1]
        last = ops.flip(frames[..., middle : self.window], axis=-1)
        if self.window % 2 == 0:  # the middle sample is in both halves
            last = ops.pad(last[..., :-1], ((0, 0), (0, 0), (0, 1)))
        cosines = ops.matmul(first + last, self.cosines)
        sines = ops.matmul(first - last, self.sines)
        return ops.square(cosines) + ops.square(sines)

    def _frames(self, samples):
        """Neighbouring hops side by side: a strided window without a gather."""
        hops = self._hops(samples, self.hops - 1)
        frames = ops.shape(hops)[1] - (self.hops - 1)
        beside = [hops[:, i : i + frames] for i in range(self.hops)]
        return ops.concatenate(beside, axis=-1)

    def _hops(self, samples, more):
        """Samples cut into hops, and `more` of silence: `(batch, frames + more, hop)`.

        The last hop that holds a sample is filled up with silence.
        """
        batch, length = ops.shape(samples)
        hops = (length + self.hop - 1) // self.hop + more
        # padded first: how much is missing is not known when the graph is made
        padded = ops.pad(samples, ((0, 0), (0, (more + 1) * self.hop)))
        return ops.reshape(padded[:, : hops * self.hop], (batch, hops, self.hop))


class RandomBands(keras.layers.Layer):
    """Up to so many neighbouring frames and mel bands set to zero, in training.

    call(values, training): `(batch, frames, mels)`, shape kept. No parameters.
    """

    def __init__(self, frames=0, mels=0):
        super().__init__()
        self.frames = frames
        self.mels = mels

    def build(self, values_shape):
        self.generator = keras.random.SeedGenerator()

    def call(self, values, training=False):
        if not training:
            return values
        batch, frames, mels = ops.shape(values)
        if self.frames:
            hidden = self._band(batch, frames, self.frames)[:, :, None]
            values = ops.where(hidden, ops.zeros((), values.dtype), values)
        if self.mels:
            hidden = self._band(batch, mels, self.mels)[:, None, :]
            values = ops.where(hidden, ops.zeros((), values.dtype), values)
        return values

    def _band(self, batch, size, longest):
        draws = keras.random.uniform(
            (2, batch, 1), dtype="float32", seed=self.generator
        )
        length = draws[0] * longest
        start = draws[1] * ops.cast(size, "float32")
        place = ops.cast(ops.arange(size), "float32")[None, :]
        return ops.logical_and(place >= start, place < start + length)


class RandomTempo(keras.layers.Layer):
    """Each clip slower or faster by up to `share`, in training; its pitch stays.

    call(values, mask, training): `(batch, frames, mels)` and `(batch, frames)`, the
    real frames first; in training `share` more frames, so that the slowest clip has
    room. Frames are interpolated linearly. No parameters. After Ko et al., "Audio
    Augmentation for Speech Recognition", Interspeech 2015.
    """

    def __init__(self, share=0.0):
        super().__init__()
        self.share = share

    def build(self, values_shape):
        # a state of its own only where it draws: runs without it stay as they were
        self.generator = keras.random.SeedGenerator() if self.share else None

    def call(self, values, mask, training=False):
        if not training or not self.share:
            return values, mask
        batch, frames = ops.shape(values)[0], ops.shape(values)[1]
        stretch = keras.random.uniform(
            (batch, 1), 1 - self.share, 1 + self.share, seed=self.generator
        )
        permille = round(1000 * self.share)
        return stretched(
            values, mask, stretch, frames + (permille * frames + 999) // 1000
        )


def stretched(values, mask, stretch, frames):
    """Clips that last `stretch` `(batch, 1)` times as long, in so many `frames`.

    values `(batch, T, mels)`, mask `(batch, T)`, the real ones first. What does not
    fit is cut off.
    """
    count = ops.sum(ops.cast(mask, "float32"), axis=1, keepdims=True)
    source = ops.cast(ops.arange(ops.shape(values)[1]), "float32")
    frame = ops.cast(ops.arange(frames), "float32")[None, :]
    place = ops.clip((frame + 0.5) / stretch - 0.5, 0.0, ops.maximum(count - 1.0, 0.0))
    away = ops.absolute(place[:, :, None] - source)
    weights = ops.cast(ops.maximum(1.0 - away, 0.0), values.dtype)
    mask = frame < ops.floor(count * stretch + 1e-3)
    return zero_padding(ops.matmul(weights, values), mask), mask


def equally_loud(samples, mask):
    """Samples with zeros where masked, and a mean square of one over the real ones."""
    samples = zero_padding(samples, mask)
    count = ops.sum(ops.cast(mask, samples.dtype), axis=1, keepdims=True)
    power = ops.sum(ops.square(samples), axis=1, keepdims=True)
    return samples * ops.rsqrt(power / ops.maximum(count, 1.0) + _QUIETEST)


def clip_normalised(mels, mask):
    """Zero mean and unit variance over the real frames and all bands of each clip."""
    real = ops.cast(mask, mels.dtype)[..., None]
    count = ops.maximum(ops.sum(real, axis=(1, 2), keepdims=True) * mels.shape[-1], 1.0)
    mean = ops.sum(mels * real, axis=(1, 2), keepdims=True) / count
    centred = (mels - mean) * real
    variance = ops.sum(ops.square(centred), axis=(1, 2), keepdims=True) / count
    return centred * ops.rsqrt(variance + 1e-5)


def so_far_normalised(mels, mask):
    """Zero mean and unit variance over all bands of the real frames up to each."""
    real = ops.cast(mask, mels.dtype)[..., None]
    count = ops.cumsum(real, axis=1) * mels.shape[-1]
    count = ops.maximum(count, 1.0)  # (batch, frames, 1)
    # about a fixed level, so that float32 loses nothing to the square of the mean
    moved = (mels - np.log(FLOOR)) * real
    mean = ops.cumsum(ops.sum(moved, axis=-1, keepdims=True), axis=1) / count
    square = ops.sum(ops.square(moved), axis=-1, keepdims=True)
    variance = ops.cumsum(square, axis=1) / count - ops.square(mean)
    return (moved - mean) * real * ops.rsqrt(ops.maximum(variance, 0.0) + 1e-2)


def dft_matrices(window):
    """Hann-windowed cosines and sines `(window // 2, window // 2 + 1)`.

    Row i is of sample i + 1. Scaled so that a sine at full scale has a power of about
    1/4 in its bin.
    """
    time = np.arange(window)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * time / window)
    time, weights = time[1 : window // 2 + 1], (hann / hann.sum())[1 : window // 2 + 1]
    angles = 2 * np.pi * np.outer(time, np.arange(window // 2 + 1)) / window
    return [
        (weights[:, None] * wave(angles)).astype("float32") for wave in (np.cos, np.sin)
    ]
