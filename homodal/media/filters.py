"""Sound filters on mono float32 samples: band-pass, noise gate, silence trimming."""

import numpy as np

_EDGE = 0.1  # width of a band's soft edge, as a part of its frequency
_WINDOW_SECONDS = 0.032
_QUIET_DB = -40.0  # below the loudest frame: silence
_GATE_FLOOR = 0.1  # what is left of a gated cell: a full zero sounds like water
# How many times its quiet strength a frequency must have to pass. The strength of noise
# varies: one frame in two hundred is five times as strong as the quietest fifth
_GATE_OVER = 5.0


def band_pass(samples, rate_hz, low_hz, high_hz):
    """`samples (steps,)` with the frequencies outside [low_hz, high_hz] taken out.

    Zero phase, by Fourier transform, with raised-cosine edges outside the band.
    """
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    fall = _edge((high_hz * (1 + _EDGE) - hz) / (high_hz * _EDGE))
    rise = _edge((hz - low_hz * (1 - _EDGE)) / (low_hz * _EDGE)) if low_hz else 1.0
    filtered = np.fft.irfft(spectrum * rise * fall, len(samples))
    return filtered.astype(np.float32)


def reduce_noise(samples, rate_hz):
    """`samples (steps,)` with steady noise gated out, frequency by frequency.

    The noise of a frequency is the strength it has in the quietest fifth of the
    frames; what is not clearly above it is turned down to a tenth. A tone that never
    pauses counts as noise too.
    """
    window, hop = _window(rate_hz)
    spectra = _spectra(samples, window, hop)
    strength = np.abs(spectra)
    noise = np.quantile(strength, 0.2, axis=0, keepdims=True)
    over = strength / np.maximum(_GATE_OVER * noise, 1e-12)
    gate = _GATE_FLOOR + (1 - _GATE_FLOOR) * _edge(2 * over - 1)
    return _overlapped(spectra * _smooth(gate), window, hop, len(samples))


def trim(samples, rate_hz):
    """`samples` without the silence before and after; never empty.

    Silence: frames of 20 ms more than 40 dB below the loudest one.
    """
    hop = max(1, round(0.02 * rate_hz))
    starts = np.arange(0, len(samples), hop)
    power = np.add.reduceat(np.square(samples, dtype=np.float64), starts)
    loud = np.flatnonzero(power > power.max() * 10 ** (_QUIET_DB / 10))
    if not len(loud):
        return samples
    return samples[loud[0] * hop : (loud[-1] + 1) * hop]


def _edge(x):
    """0 below 0, 1 above 1, half a cosine wave between."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))


def _window(rate_hz):
    size = 4 * max(4, round(_WINDOW_SECONDS * rate_hz / 4))
    return np.hanning(size + 1)[:-1], size // 4


def _spectra(samples, window, hop):
    size = len(window)
    frames = -(-len(samples) // hop) + 4
    padded = np.zeros(size + frames * hop)
    padded[size : size + len(samples)] = samples
    cut = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.fft.rfft(cut * window, axis=1)


def _smooth(gate):
    """Averaged over three frames and three frequencies: no lone cells chirp."""
    padded = np.pad(gate, 1, mode="edge")
    rows = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 3


def _overlapped(spectra, window, hop, steps):
    size = len(window)
    frames = np.fft.irfft(spectra, size, axis=1) * window
    total = np.zeros(size + len(frames) * hop)
    for at, frame in enumerate(frames):
        total[at * hop : at * hop + size] += frame
    # Squared Hann windows at a quarter's distance add up to 3/2 everywhere
    return (total[size : size + steps] / 1.5).astype(np.float32)
