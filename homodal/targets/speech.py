"""Speech cells: a sound as log-mel frames, which a text is to be spoken as."""

from typing import ClassVar

import numpy as np

from homodal.contracts import Target
from homodal.errors import TargetError
from homodal.media import mels as spectra
from homodal.media.options import between
from homodal.modalities.audio import Audio

_ROUND = 8  # the longest sound is rounded up to this many frames


class Speech(Target):
    """A sound to be said, as log-mel frames of 12.5 ms; answers become samples again.

    rate_hz: every sound is brought to this sampling rate, and answers have it.
    seconds: longer sounds are cut here, and no answer is longer than the longest sound
    of the training rows. mels: bands of a frame.

    A cell is what a column of audio holds. Sounds are made equally loud. How long each
    letter of the text lasts is no part of the target: `training.durations` reads it
    from a recogniser once, before the training. In training the frames of all rows are
    in memory, 4 frames mels bytes a row.
    """

    head = "speak"
    modality = "audio"
    dtype = "float32"
    only_told = True
    lower_is_better = True
    wants: ClassVar = {
        "encoder": {"name": "cnn", "width": 128, "depth": 3, "kernel": 5},
        "training": {"epochs": 60, "patience": 20, "batch_size": 16},
        "columns": {"text": {"units": "character", "min_count": 1}},
    }

    def __init__(self, rate_hz=16000, seconds=30.0, mels=80):
        self.rate_hz = rate_hz
        self.seconds = seconds
        self.mels = between("speech", "mels", mels, 8, 512, kind="target")

    def recognise(self, cells):
        return self._sounds().recognise(cells)

    def read(self, cell):
        """Log-mel frames, float32 `(frames, mels)`. Raises `BadCell`."""
        samples = self._sounds().read(cell)
        return spectra.log_mel(samples, self.rate_hz, self.mels)

    def learn(self, values):
        """Facts: mels, mean and deviation of each, frames (of the longest row)."""
        count, frames = 0, 0
        total, square = np.zeros(self.mels), np.zeros(self.mels)
        for value in sorted(values, key=np.sum):  # sums round alike in every order
            count += len(value)
            frames = max(frames, len(value))
            total += value.sum(axis=0, dtype=float)
            square += (value.astype(float) ** 2).sum(axis=0)
        if not count:
            raise TargetError(
                "The target has no answers",
                expected="sounds in the training rows",
                do="Name another column as the target, or fill this one",
            )
        mean = total / count
        deviation = np.sqrt(np.maximum(square / count - mean**2, 1e-4))
        return {
            "mels": self.mels,
            "frames": -(-frames // _ROUND) * _ROUND,
            "mean": mean.tolist(),
            "deviation": deviation.tolist(),
        }

    def encode(self, value, facts):
        """Standard deviations from the mean, float32 `(frames, mels)`, padded with NaN.

        As many frames as the longest of the training rows has; more are cut.
        """
        found = self.blank(facts)
        value = value[: len(found)]
        found[: len(value)] = (value - facts["mean"]) / facts["deviation"]
        return found

    def blank(self, facts):
        return np.full((facts["frames"], facts["mels"]), np.nan, np.float32)

    def decode(self, logits, facts):
        """frames: log-mel `(frames, mels)`, float32, of each row; seconds they last.

        logits: `{"mels": (rows, frames, mels), "frames": (rows, 1), ...}`, as the head
        `speak` gives them. `media.vocoder` makes samples of the frames.
        """
        counts = np.rint(np.asarray(logits["frames"])[:, 0]).astype(int)
        scaled = np.asarray(logits["mels"], float) * facts["deviation"] + facts["mean"]
        hop = spectra.hop_of(self.rate_hz)
        return {
            "frames": [
                row[:count].astype(np.float32)
                for row, count in zip(scaled, counts, strict=True)
            ],
            "seconds": [
                max(int(count) - 1, 0) * hop / self.rate_hz for count in counts
            ],
        }

    def nothing(self, facts):
        return {"frames": [], "seconds": []}

    def scores(self, facts):
        return ("distortion_db", "seconds_off")

    def _sounds(self):
        return Audio(self.rate_hz, self.seconds)
