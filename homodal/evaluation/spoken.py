"""How well a recogniser understands a voice, beside the real sounds it speaks for."""

import io
from dataclasses import replace

import numpy as np

from homodal.data.preparation import read_answers
from homodal.errors import HomodalError
from homodal.evaluation.measure import answers_tally
from homodal.media import vocoder
from homodal.model import speaking
from homodal.tables.table import Table
from homodal.training.session import open_rows

SPOKEN, RESYNTHESISED, REAL = "wer_spoken", "wer_resynthesised", "wer_real"


def understood(evaluation, model, rows, recogniser):
    """The `Evaluation` of a voice with three scores more.

    wer_spoken: word error rate of a `Model` that transcribes, on what the voice says of
    `Rows`; wer_resynthesised: on those rows' own frames through the same vocoder, which
    is what a perfect voice would be worth; wer_real: on the rows' own sounds. Rows
    without a sound are in none.
    Raises `HomodalError` for a recogniser that transcribes no sound.
    """
    text, sound = _columns_of(model, recogniser)
    target = model.preparation.target
    table = rows.table.take(rows.numbers)
    there = [cell is not None for cell in table.cells(target.name)]
    table = table.take(np.flatnonzero(there))
    heard = {
        SPOKEN: _files(model, (s for s, _ in speaking.spoken(model, table))),
        RESYNTHESISED: _files(model, _resynthesised(table, target)),
        REAL: table.arrow.column(target.name),
    }
    found = {
        name: _tally(recogniser, table, {sound: cells}, text)
        for name, cells in heard.items()
    }
    scores = {name: tally.scores()["wer"] for name, tally in found.items()}
    details = {name: tally.details() for name, tally in found.items()}
    return replace(
        evaluation,
        scores=evaluation.scores | scores,
        details=evaluation.details | details,
    )


def _columns_of(model, recogniser):
    """`(text, sound)`: the voice's column of text, the recogniser's column of sound."""
    target, columns = recogniser.preparation.target, recogniser.preparation.columns
    heard = [column.name for column in columns if column.modality == "audio"]
    if target.part == "transcript" and len(heard) == 1:
        return model.columns[0], heard[0]
    kinds = ", ".join(f"'{column.name}': {column.modality}" for column in columns)
    raise HomodalError(
        "This is no recogniser of sound",
        expected="a run with a target of the kind transcript and one column of audio",
        got=f"'{target.name}' ({target.part}) from {kinds}",
    )


def _resynthesised(table, target):
    """Yield the samples of each row's own frames."""
    for frames in read_answers(table, target):
        yield vocoder.spoken(frames, target.reader().rate_hz)


def _files(model, sounds):
    """Samples of each row as a column of WAV files."""
    import pyarrow as pa

    rate_hz, files = speaking.rate_of(model), []
    for samples in sounds:
        file = io.BytesIO()
        speaking.write(file, samples, rate_hz)
        files.append(file.getvalue() if len(samples) else None)
    return pa.array(files, pa.binary())


def _tally(recogniser, table, sounds, text):
    """The tally of the recogniser on these sounds, whose true words are in `text`."""
    import pyarrow as pa

    truth = {recogniser.preparation.target.name: table.arrow.column(text)}
    heard = Table(pa.table(sounds | truth), table.root, table.name)
    return answers_tally(recogniser, open_rows(heard, recogniser.preparation))
