"""Plain figures of sounds: how loud each band of frequencies is, and how it changes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_BANDS = 32
_WINDOW_SECONDS = 0.032
_QUIETEST = 1e-5  # of full scale, added before the logarithm
_PIECE = 4096  # windows at once


def sound_figures(samples: NDArray[Any], rate_hz: int) -> NDArray[np.float32]:
    """Of samples `(steps,)` mean, deviation and mean change of 32 log bands: `(96,)`.

    Bands are spaced as the logarithm of frequency; windows of 32 ms overlap by half.
    """
    size = max(64, 2 ** round(np.log2(rate_hz * _WINDOW_SECONDS)))
    bands = np.log(_loudness(samples.astype(np.float32), size) + _QUIETEST)
    change = np.abs(np.diff(bands, axis=0)) if len(bands) > 1 else np.zeros_like(bands)
    figures = [bands.mean(axis=0), bands.std(axis=0), change.mean(axis=0)]
    return np.concatenate(figures).astype(np.float32)


def _loudness(samples: NDArray[np.float32], size: int) -> NDArray[np.float64]:
    """The mean amplitude of each band in each window, `(windows, bands)`."""
    padded = np.pad(samples, (0, max(0, size - len(samples))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2]
    edges = _edges(size)
    shape = np.hanning(size).astype(np.float32)
    found = []
    for begin in range(0, len(windows), _PIECE):
        spectrum = np.abs(np.fft.rfft(windows[begin : begin + _PIECE] * shape))
        sums = np.add.reduceat(spectrum, edges[:-1], axis=1)
        found.append(sums / np.diff(edges) / size)
    return np.concatenate(found)


def _edges(size: int) -> NDArray[np.int64]:
    """Where each band begins among the frequencies, and where the last one ends."""
    last = size // 2 + 1
    edges = np.geomspace(1, last, _BANDS + 1).astype(int)
    for place in range(1, len(edges)):  # a band holds one frequency at least
        edges[place] = max(edges[place], edges[place - 1] + 1)
    return np.minimum(edges, last - np.arange(_BANDS, -1, -1))
