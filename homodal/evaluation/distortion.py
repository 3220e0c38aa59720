"""How far one sound is from another, whatever their pace.

Mel-cepstral distortion over the best alignment of the frames: Kubichek, "Mel-cepstral
distance measure for objective speech quality assessment", 1993: 10 sqrt(2) / ln 10
times the distance of the cepstra 1 to 13, in decibels, here of log mel magnitudes;
without cepstrum 0, loudness does not count. The alignment is dynamic time warping
(Sakoe, Chiba, 1978); the mean is over its path.
"""

import numpy as np

_CEPSTRA = 13
_DECIBELS = 10 * np.sqrt(2) / np.log(10)
_FEWEST = 2  # frames; a sound of fewer is worth one frame of silence


def distortion_db(found, true):
    """Mel-cepstral distortion of two sounds' log-mel frames `(frames, mels)`."""
    first, second = _cepstra(found), _cepstra(true)
    apart = np.linalg.norm(first[:, None] - second[None], axis=-1)
    total, steps = warped(apart)
    return float(_DECIBELS * total / steps)


def warped(apart):
    """`(sum, steps)` of the path of the least sum through distances `(n, m)`.

    From the first pair to the last, by one step of either or of both at a time; of
    equally good ones, a step of both. Along anti-diagonals, where nothing depends on
    anything else.
    """
    rows, columns = apart.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    steps = np.zeros((rows + 1, columns + 1), int)
    total[0, 0] = 0.0
    for turn in range(rows + columns - 1):
        row = np.arange(max(0, turn - columns + 1), min(turn, rows - 1) + 1)
        column = turn - row
        ways = np.stack(
            [total[row, column], total[row, column + 1], total[row + 1, column]]
        )
        counts = np.stack(
            [steps[row, column], steps[row, column + 1], steps[row + 1, column]]
        )
        best, place = ways.argmin(axis=0), np.arange(len(row))
        total[row + 1, column + 1] = ways[best, place] + apart[row, column]
        steps[row + 1, column + 1] = counts[best, place] + 1
    return total[-1, -1], int(steps[-1, -1])


def _cepstra(frames):
    """`(frames, 13)`: of the cosines that add up to a frame, all but the first."""
    frames = np.asarray(frames, float)
    if len(frames) < _FEWEST:
        return np.zeros((1, _CEPSTRA))
    mels = frames.shape[1]
    order = np.arange(1, _CEPSTRA + 1)[:, None]
    waves = np.cos(np.pi * order * (np.arange(mels) + 0.5) / mels)
    return frames @ waves.T * (2 / mels)
