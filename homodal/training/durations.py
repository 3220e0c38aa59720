"""How long each letter of the training rows lasts, as a recogniser hears them.

Read once, before a voice is trained: the recogniser's CTC gives every row's sound the
likeliest path that says the row's text, and the path gives durations
(`decoding.durations`). A trained voice needs no recogniser any more.
"""

import sys
from dataclasses import replace

import numpy as np

from homodal import parts
from homodal.data import store
from homodal.data.answers import unlabelled_rows
from homodal.data.batches import Batches
from homodal.decoding import speech
from homodal.decoding.durations import lasting, placed
from homodal.decoding.heard import Heard
from homodal.errors import BadCell, RecipeError, TrainingError
from homodal.media import mels, units
from homodal.model import bundle
from homodal.model.predict import logits, padded_lengths

SPEECH = "speech"  # the target that this is for
_BATCH = 64
_CUT = {"trim": False, "window": None}  # nothing may change when things are heard


def with_durations(session):
    """The `Session` whose training rows know how long each of their letters lasts.

    Of any other target than speech it is as it was. Rows whose text and sound do not
    fit each other are left out, with a word. Raises `RecipeError` where the recipe
    names no recogniser that can tell, `TrainingError` where no row is left.
    """
    preparation = session.preparation
    if preparation.target.part != SPEECH:
        return session
    text = _text_of(preparation)
    aligner = bundle.read(_aligner_of(session.recipe, preparation.target))
    _check(aligner)
    rows = session.train
    known = rows.numbers[~unlabelled_rows(rows.truth[rows.numbers])]
    found = dict(_aligned(aligner, rows.table, preparation, text, rows.columns, known))
    told = np.array([row for row in known if found[row] is not None], int)
    if not len(told):
        raise TrainingError(
            "The recogniser found the text of no row in its sound",
            expected="a recogniser of the same language and letters",
            do="Look at what it hears: homodal evaluate RECOGNISER TABLE",
        )
    if len(told) < len(known):
        left = len(known) - len(told)
        print(
            f"{left} of {len(known)} rows have a text that does not fit their sound: "
            "nothing is learned of them",
            file=sys.stderr,
        )
    truth = {"mels": rows.truth, "durations": _stacked(found, len(rows.truth))}
    return replace(session, train=replace(rows, truth=truth, numbers=told))


def _text_of(preparation):
    """The `PreparedColumn` that is spoken."""
    columns = preparation.columns
    if len(columns) == 1 and columns[0].modality == "text":
        if columns[0].reader().units == "character" and not columns[0].extractor:
            return columns[0]
    raise RecipeError(
        "A voice speaks the letters of one column of text",
        expected="one input column: text with units: character, learned from scratch",
        got=", ".join(f"'{c.name}': {c.modality}" for c in columns),
        do="Name it: --columns TEXT",
    )


def _aligner_of(recipe, target):
    options = target.head_options(parts.find("head", "speak")) | recipe.head
    if not options.get("aligner"):
        raise RecipeError(
            "A voice needs a recogniser that tells how long each letter lasts",
            expected="the folder of a run that transcribes sound",
            do="Train one (--target TEXT), then: --set head.aligner=FOLDER",
        )
    return options["aligner"]


def _check(aligner):
    target, columns = aligner.preparation.target, aligner.preparation.columns
    heard = [column.modality for column in columns]
    units = None
    if target.part == "transcript":
        units = target.reader().units_of(target.facts)
    if heard == ["audio"] and units == "character":
        return
    raise RecipeError(
        "The aligner cannot tell how long letters last",
        expected="a run that transcribes one column of sound in characters",
        got=f"'{target.name}' ({target.part}) from {', '.join(heard)}"
        + (f", in units of a {units}" if units else ""),
        do="Train one with: --set columns.TEXT.modality=transcript "
        "--set columns.TEXT.units=character",
    )


def _aligned(aligner, table, preparation, text, columns, rows):
    """Yield `(row, durations)`: frames `(letters + 2,)`, or None where they do not fit.

    columns: the voice's `{slug: StoredColumn}`.
    """
    voice, heard = preparation.target.reader(), aligner.preparation.columns[0]
    options = heard.options | _CUT | {"seconds": voice.seconds}
    heard = replace(heard, name=preparation.target.name, options=options)
    sounds = store.stored(table, heard)
    batches = Batches(
        {heard.slug: sounds}, None, rows, _BATCH, buckets=padded_lengths()
    )
    target, reader = aligner.preparation.target, text.reader()
    vocabulary = tuple(target.facts["vocabulary"])
    for numbers, found, _ in logits(aligner.network, batches):
        steps = Heard(_of_ctc(found))
        cells = table.cells(text.name, numbers)
        for place, (row, cell) in enumerate(zip(numbers, cells, strict=True)):
            letters = _letters(reader, cell, columns[text.slug].lengths[row])
            said = _letters(target.reader(), cell)
            samples = sounds.lengths[row] * voice.rate_hz / heard.reader().rate_hz
            frames = mels.frames_of(round(samples), voice.rate_hz)
            lasts = _row(steps.row(place)[0], said, vocabulary, frames)
            fits = letters and lasts is not None
            yield int(row), placed(letters, said, lasts) if fits else None


def _of_ctc(found):
    """A transducer's steps tell when a unit is surely known, not when it is heard."""
    if not isinstance(found, dict):
        return found
    if "ctc" in found:
        return found["ctc"]
    raise RecipeError(
        "The aligner is a transducer alone", expected="kind: ctc, or both"
    )


def _letters(reader, cell, steps=None):
    """The text of a cell as a reader has it, or "" where it has none.

    steps: how many letters of it the network sees; None: all.
    """
    try:
        found = str(reader.read(cell)) if cell is not None else ""
    except BadCell:
        return ""
    return found if steps is None or steps == len(found) else ""


def _row(sound, said, vocabulary, frames):
    """Frames `(letters + 2,)` of a row, or None; sound: logits `(steps, 1 + units)`."""
    places = units.encode(said, vocabulary, "character")
    if not said or len(places) < len(said) or not len(sound):
        return None
    emissions = speech.aligned(speech.log_softmax(sound), places)
    if len(emissions) < len(places):  # too few steps for them
        return None
    return lasting(emissions, len(sound)) * (frames / len(sound))


def _stacked(found, rows):
    """`(rows, most)`, NaN where nothing is known."""
    known = [lasts for lasts in found.values() if lasts is not None]
    stacked = np.full((rows, max(map(len, known))), np.nan, np.float32)
    for row, lasts in found.items():
        if lasts is not None:
            stacked[row, : len(lasts)] = lasts
    return stacked
