"""From log-mel frames to samples: the phases are searched for, nothing is trained.

The mel bands become magnitudes of bins that are nearest among those not negative, and
phases are found that agree with them: the fast Griffin-Lim algorithm, Perraudin, Balazs
and Sondergaard, "A fast Griffin-Lim algorithm", WASPAA 2013.
"""

import numpy as np

from homodal.media.mels import LOUDNESS, bands_of, istft, stft

ITERATIONS = 40
_MOMENTUM = 0.99
_NEAREST = 40  # steps towards the nearest magnitudes
_TINY = 1e-12
_PEAK = 0.99  # of full scale; louder sounds are turned down


def spoken(log_mels, rate_hz, iterations=ITERATIONS):
    """Samples, float32 `((frames - 1) * hop,)`, of log-mel frames `(frames, mels)`.

    As loud as `media.mels` makes what it analyses, within full scale. The same frames
    give the same samples. Fewer than two frames last no time.
    """
    if len(log_mels) < 2:
        return np.zeros(0, np.float32)
    samples = griffin_lim(magnitudes(log_mels, rate_hz), rate_hz, iterations)
    samples = samples * (LOUDNESS / np.sqrt(np.mean(samples**2) + _TINY))
    return (samples * min(1.0, _PEAK / np.abs(samples).max())).astype(np.float32)


def magnitudes(log_mels, rate_hz):
    """Magnitudes `(frames, bins)`, none negative, with about these mel bands.

    Multiplicative updates from equal magnitudes. Lee, Seung, "Algorithms for
    non-negative matrix factorization", NIPS 2000.
    """
    bands = np.exp(np.asarray(log_mels, float))
    matrix = bands_of(bands.shape[1], rate_hz)
    wanted, gram = bands @ matrix.T, matrix @ matrix.T
    found = wanted / (matrix.sum(axis=1) ** 2 + _TINY) / 2
    found = np.maximum(np.where(matrix.sum(axis=1) > 0, found, 0.0), 0.0)
    for _ in range(_NEAREST):
        found = found * wanted / (found @ gram + _TINY)
    return found


def griffin_lim(wanted, rate_hz, iterations=ITERATIONS, momentum=_MOMENTUM):
    """Samples whose `stft` has nearly the magnitudes `wanted (frames, bins)`.

    momentum: 0 is the algorithm of Griffin and Lim, 1984.
    """
    rng = np.random.default_rng(0)
    phases = np.exp(2j * np.pi * rng.random(wanted.shape))
    before: np.ndarray | float = 0.0
    for _ in range(iterations):
        rebuilt = stft(istft(wanted * phases, rate_hz), rate_hz)
        moved = rebuilt + momentum * (rebuilt - before)
        phases = moved / np.maximum(np.abs(moved), _TINY)
        before = rebuilt
    return istft(wanted * phases, rate_hz)


def convergence(wanted, samples, rate_hz):
    """How far the magnitudes of samples are from those wanted: 0 is none, 1 is all."""
    return float(
        np.linalg.norm(wanted - np.abs(stft(samples, rate_hz))) / np.linalg.norm(wanted)
    )
