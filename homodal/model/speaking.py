"""Texts as sounds: what a voice says of a table's rows, or of one text."""

from pathlib import Path

import numpy as np
import soundfile

from homodal.data import accounting
from homodal.data.batches import Batches
from homodal.media import vocoder
from homodal.model.predict import PREDICT_BATCH, padded_lengths
from homodal.tables.table import Table

_PCM = "PCM_16"


def rate_of(model):
    """Samples a second of what a `Model` says. Raises `HomodalError` if it is mute."""
    return model.require_target("speech", "speak").reader().rate_hz


def spoken(model, table, media_root=None):
    """Yield `(samples, status)` for each row of a table, in order.

    samples: float32 `(steps,)` from -1 to 1, `rate_of(model)` a second; none where a
    row has nothing to say, as its status tells. Raises `ColumnError` where the table
    has none of the model's columns.
    """
    rate_hz = rate_of(model)
    table = Table.open(table, media_root)
    model.announce_lacking(table)
    columns = model.stored(table)
    named = {c.name: columns[c.slug] for c in model.preparation.columns}
    everything = np.arange(len(table))
    batches = Batches(
        columns, None, everything, PREDICT_BATCH, buckets=padded_lengths()
    )
    for rows, answers, _ in model.answers_of(batches):
        nothing = accounting.nothing_given(named, rows)
        status = accounting.row_status(named, rows)
        each = zip(answers["frames"], nothing, status, strict=True)
        for frames, silent, said in each:
            frames = frames[:0] if silent else frames
            yield vocoder.spoken(frames, rate_hz), said


def speak(model, text):
    """Samples, float32 `(steps,)`, of one text."""
    rate_of(model)
    ((samples, _),) = spoken(model, {model.columns[0]: [text]})
    return samples


def write(place, samples, rate_hz):
    """Write samples as WAV of 16 bits: to a path, or to a binary file."""
    place = str(place) if isinstance(place, Path) else place
    soundfile.write(place, samples, rate_hz, format="WAV", subtype=_PCM)
