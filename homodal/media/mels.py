"""Log-mel frames of a sound: Fourier transforms both ways, and mel bands, in NumPy.

Windows last 50 ms and come every 12.5 ms, of Hann's shape, padded to a power of two;
frame i is centred on sample i * hop, with silence before the first and past the last.
"""

import functools

import numpy as np

WINDOW_SECONDS, HOP_SECONDS = 0.05, 0.0125
FLOOR = 1e-4  # magnitude that counts as silence: 60 dB below the loudness
LOUDNESS = 0.1  # root mean square of a sound that is analysed
_QUIETEST = 1e-8  # mean square of a sound that is not made any louder


def hop_of(rate_hz):
    """Samples from one frame to the next."""
    return max(round(rate_hz * HOP_SECONDS), 1)


def frames_of(samples, rate_hz):
    """How many frames a sound of so many samples has."""
    return 1 + samples // hop_of(rate_hz)


def stft(samples, rate_hz):
    """Complex spectrum `(frames, bins)` of samples `(steps,)`."""
    window, hop = _window(rate_hz), hop_of(rate_hz)
    padded = np.pad(np.asarray(samples, float), len(window) // 2)
    padded = np.pad(padded, (0, len(window)))  # the last window's own
    views = np.lib.stride_tricks.sliding_window_view(padded, len(window))
    frames = views[: 1 + hop * (len(samples) // hop) : hop]
    return np.fft.rfft(frames * window, axis=1)


def istft(spectrum, rate_hz):
    """Samples `((frames - 1) * hop,)` whose `stft` is nearest in the squared sense.

    Griffin, Lim, "Signal estimation from modified short-time Fourier transform", 1984.
    """
    window, hop = _window(rate_hz), hop_of(rate_hz)
    size, count = len(window), len(spectrum)
    frames = np.fft.irfft(spectrum, n=size, axis=1) * window
    total, weight = np.zeros((count - 1) * hop + size), _overlapped(count, rate_hz)
    for place, frame in enumerate(frames):
        total[place * hop : place * hop + size] += frame
    begin = size // 2
    inside = slice(begin, begin + (count - 1) * hop)
    return total[inside] / np.maximum(weight[inside], 1e-8)


def log_mel(samples, rate_hz, mels):
    """`(frames, mels)` float32: logs of magnitudes, of a sound of equal loudness."""
    samples = np.asarray(samples, float)
    samples = samples * (LOUDNESS / np.sqrt(np.mean(samples**2) + _QUIETEST))
    bands = np.abs(stft(samples, rate_hz)) @ bands_of(mels, rate_hz)
    return np.log(np.maximum(bands, FLOOR)).astype(np.float32)


@functools.lru_cache(maxsize=8)
def bands_of(mels, rate_hz):
    """`mel_matrix` for the bins of `stft`, float64."""
    return mel_matrix(mels, len(_window(rate_hz)), rate_hz).astype(float)


def mel_matrix(mels, window, rate_hz):
    """Triangles of equal height on the mel scale: `(window // 2 + 1, mels)`.

    Neighbours meet at each other's peaks; the scale is 2595 log10(1 + f / 700).
    A triangle narrower than a bin takes the bin nearest to its peak.
    """
    bins_hz = np.arange(window // 2 + 1) * rate_hz / window
    top = 2595 * np.log10(1 + rate_hz / 2 / 700)
    edges_hz = 700 * (10 ** (np.linspace(0, top, mels + 2) / 2595) - 1)
    low, peak, high = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    rising = (bins_hz[:, None] - low) / (peak - low)
    falling = (high - bins_hz[:, None]) / (high - peak)
    matrix = np.maximum(0.0, np.minimum(rising, falling))
    empty = np.flatnonzero(matrix.sum(axis=0) == 0)
    nearest = np.abs(bins_hz[:, None] - peak[empty]).argmin(axis=0)
    matrix[nearest, empty] = 1.0
    return matrix.astype("float32")


@functools.lru_cache(maxsize=8)
def _window(rate_hz):
    """Hann's, of unit sum, in the middle of a power of two."""
    length = max(round(rate_hz * WINDOW_SECONDS), 4)
    size = 2 ** int(np.ceil(np.log2(length)))
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    before = (size - length) // 2
    return np.pad(hann / hann.sum(), (before, size - length - before))


@functools.lru_cache(maxsize=64)
def _overlapped(count, rate_hz):
    """The squared windows of so many frames, added up."""
    window, hop = _window(rate_hz), hop_of(rate_hz)
    weight = np.zeros((count - 1) * hop + len(window))
    for place in range(count):
        weight[place * hop : place * hop + len(window)] += window**2
    return weight
