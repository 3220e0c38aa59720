"""Words while the sound is still coming: chunks in, words out.

The words are those that the model gives of the whole sound at once. While it is coming,
words are given as soon as they can no longer change: when the next word has begun, and
that is longer ago than any layer looks ahead. That holds for a model whose every step
depends on what was before it: a one-way recurrence (`encoder.bidirectional=false`), a
front that measures the level so far (`columns.NAME.causal=true`) and greedy decoding.
Others may still change their mind, and `finish` has the last word.

What was heard is computed again at each chunk, so that the cost grows with the square
of a sound's length: sounds are a few seconds long, as the column's `seconds` says.
"""

import sys

import numpy as np
import soxr

from homodal.data.batches import PRESENT, mask_name
from homodal.errors import ColumnError
from homodal.model.build import trial_inputs
from homodal.model.predict import fused_logits

_AHEAD_SECONDS = 0.4  # more than convolutions and windows look ahead


class Listener:
    """One sound, in chunks, for a `Model` that transcribes.

    rate_hz: of the samples that are fed; None: the model's own. Raises `HomodalError`
    where the model does not transcribe, `ColumnError` where it does not hear.
    """

    def __init__(self, model, rate_hz=None):
        model.require_target("transcript", "transcribe")
        heard = [c for c in model.preparation.columns if c.modality == "audio"]
        if len(heard) != 1:
            raise ColumnError(
                "A listener needs a model with one column of sound",
                got=", ".join(f"'{c.name}': {c.modality}" for c in heard) or "none",
            )
        self._model = model
        self._column = heard[0]
        self._reader = self._column.reader()
        self.rate_hz = rate_hz or self._reader.rate_hz
        self._samples = np.zeros(0, np.float32)
        self._given = 0
        self._is_full = False

    @property
    def seconds(self):
        """How long the sound has been so far."""
        return len(self._samples) / self.rate_hz

    def feed(self, samples):
        """Words that are certain now and were not before: `[{"word", ...}]`.

        samples: float `(steps,)`, from -1 to 1; past the column's `seconds` they are
        ignored, as they are at once, which is said on stderr.
        """
        whole = np.concatenate([self._samples, np.asarray(samples, np.float32)])
        self._samples = whole[: round(self._reader.seconds * self.rate_hz)]
        if len(whole) > len(self._samples) and not self._is_full:
            self._is_full = True
            print(_too_long(self._column.name, self._reader), file=sys.stderr)
        words = self._answers()["words"][0] if self.seconds > _AHEAD_SECONDS else []
        settled = self.seconds - _AHEAD_SECONDS
        certain = sum(word["start"] < settled for word in words[1:])
        new = words[self._given : certain]
        self._given = max(self._given, certain)
        return new

    def finish(self):
        """`{"text", "confidence", "words"}` of the whole sound."""
        return {name: rows[0] for name, rows in self._answers().items()}

    def _answers(self):
        target = self._model.preparation.target
        reader, samples = target.reader(), self._samples
        if not len(samples):
            return {"text": [""], "confidence": [1.0], "words": [[]]}
        if self.rate_hz != self._reader.rate_hz:
            samples = soxr.resample(samples, self.rate_hz, self._reader.rate_hz)
        stored = self._reader.encode(self._reader.read(samples), self._column.facts)
        logits = fused_logits(self._model.network, *self._inputs(stored))
        answers = reader.decode(logits, target.facts)
        lasts = len(stored) / self._reader.rate_hz
        return reader.in_seconds(answers, np.array([lasts]))

    def _inputs(self, stored):
        """Inputs by name of one row with this sound alone, and those that vary."""
        preparation = self._model.preparation
        inputs = trial_inputs(preparation, rows=1)
        slugs = [column.slug for column in preparation.columns]
        inputs[PRESENT] = np.array([[slug == self._column.slug for slug in slugs]])
        inputs[self._column.slug] = stored.astype(np.float32)[None]
        inputs[mask_name(self._column.slug)] = np.ones((1, len(stored)), bool)
        vary = [
            column.slug
            for column in preparation.columns
            if column.reader().shape(column.facts)[0] is None
        ]
        return inputs, [*vary, *map(mask_name, vary)]


def _too_long(name, reader):
    return (
        f"The sound is longer than {reader.seconds:g} s: what comes after is not "
        f"heard; train with a larger columns.{name}.seconds"
    )
