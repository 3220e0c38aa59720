"""Spoken sounds, scored against the true ones."""

import numpy as np

from homodal.evaluation.distortion import distortion_db
from homodal.evaluation.intervals import mean_interval
from homodal.media.mels import HOP_SECONDS


class SpeechTally:
    """Distortion and length of each row; see `evaluation.tallies` for what it does.

    distortion_db: mel-cepstral distortion over the best alignment
    (`evaluation.distortion`). seconds_off: how much longer or shorter a sound is.
    """

    right = None  # a sound is near or far, not right

    def __init__(self, target):
        self._distortion: list = []
        self._off: list = []
        self._heard = 0.0
        self.rows = 0
        self.unlabelled = 0

    def add(self, answers, values):
        """See `evaluation.tallies`."""
        for found, true in zip(answers["frames"], values, strict=True):
            self.rows += 1
            if true is None:
                self.unlabelled += 1
                continue
            self._distortion.append(distortion_db(found, true))
            self._off.append(abs(len(found) - len(true)) * HOP_SECONDS)
            self._heard += (len(true) - 1) * HOP_SECONDS

    def repeated(self, guess, rows):
        """Answers that all say `guess`."""
        return {"frames": [guess] * rows, "seconds": [None] * rows}

    def quick(self):
        """`{score: value}`, the one that judges an epoch first."""
        scores = {"distortion_db": self._distortion, "seconds_off": self._off}
        return {n: float(np.mean(each)) if each else 0.0 for n, each in scores.items()}

    @staticmethod
    def goodness(value: float) -> float:
        """Of an error from 0 on: see `evaluation.tallies`."""
        return 1.0 / (1.0 + value)

    def scores(self, seed=0):
        """`{score: {"value", "low", "high"}}`, intervals over rows drawn anew."""
        return {
            "distortion_db": mean_interval(self._distortion, seed=seed),
            "seconds_off": mean_interval(self._off, seed=seed),
        }

    def details(self):
        """seconds: how long a true sound lasts on average."""
        count = len(self._off)
        return {"seconds": self._heard / count} if count else {}
