"""Durations of letters, from a recogniser that was trained on letters as tones."""

import dataclasses

import numpy as np
import pytest

from homodal.errors import RecipeError, TrainingError
from homodal.media import mels
from homodal.model import bundle
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.durations import with_durations
from homodal.training.session import open_session

FRAMES = 8  # of a letter, a tenth of a second


def opened(spoken, aligner=None, table=None, **text):
    run, known, rate_hz = spoken
    settings = {
        "columns.sound": {"modality": "speech", "rate_hz": rate_hz, "mels": 24},
        "columns.said": {"modality": "text", **text},
        "head": {"name": "speak", "aligner": str(aligner or run.folder)},
    }
    recipe = Recipe.open(None).for_target("sound", settings)
    return open_session(Table.open(table or known), recipe)


def test_letters_last_as_long_as_their_tones(spoken):
    session = with_durations(opened(spoken))
    texts, truth = spoken[1]["said"], session.train.truth
    for row in session.train.numbers:
        lasts = truth["durations"][row]
        count = (~np.isnan(lasts)).sum()
        assert count == len(texts[row]) + 2
        frames = mels.frames_of(len(spoken[1]["sound"][row]), 8000)
        assert np.nansum(lasts) == pytest.approx(frames, rel=1e-4)
        begins = np.cumsum(lasts[: count - 2])
        wanted = FRAMES * np.arange(len(texts[row]))
        assert np.abs(begins - wanted).mean() < FRAMES
    held = np.setdiff1d(session.valid.numbers, session.train.numbers)
    assert np.isnan(truth["durations"][held]).all()


def test_other_targets_are_left_as_they_are(spoken):
    run, table, _ = spoken
    session = open_session(Table.open(table), run.model.recipe)
    assert with_durations(session) is session


def test_rows_that_say_what_is_not_heard_are_left_out(spoken, capsys):
    _, known, _ = spoken
    table = {name: list(cells) for name, cells in known.items()}
    first = opened(spoken).train.numbers[:3]
    table["said"][first[0]] = "abc " * 40 + "a"  # too long for its sound
    table["said"][first[1]] = "xyz"  # letters that the recogniser does not know
    # a row with another text may change its side of the split
    odd = {*first[:2]} & {*opened(spoken, table=table).train.numbers}
    session = with_durations(opened(spoken, table=table))
    assert odd and not odd & set(session.train.numbers)
    assert first[2] in session.train.numbers
    assert f"{len(odd)} of" in capsys.readouterr().err.splitlines()[-1]
    table["said"] = ["xyz" if n % 2 else "zyx" for n in range(len(table["said"]))]
    with pytest.raises(TrainingError, match="of no row"):
        with_durations(opened(spoken, table=table))


def test_what_is_no_recogniser_of_characters_is_refused(spoken, voice, tmp_path):
    with pytest.raises(RecipeError, match="cannot tell"):
        with_durations(opened(spoken, aligner=voice.folder))
    model = spoken[0].model
    target = model.preparation.target
    target = dataclasses.replace(target, facts=target.facts | {"units": "word"})
    changed = dataclasses.replace(model.preparation, target=target)
    bundle.write(tmp_path / "words", dataclasses.replace(model, preparation=changed))
    with pytest.raises(RecipeError, match="characters"):
        with_durations(opened(spoken, aligner=tmp_path / "words"))


def test_words_are_no_letters(spoken):
    with pytest.raises(RecipeError, match="units: character"):
        with_durations(opened(spoken, units="word"))
