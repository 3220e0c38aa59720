"""A voice, heard by a recogniser."""

import dataclasses

import numpy as np

import homodal
from homodal.evaluation.spoken import understood
from homodal.tables.table import Table
from homodal.training.session import open_rows


def test_real_sounds_are_scored_as_the_recogniser_scores_them(voice, spoken):
    run, table, _ = spoken
    rows = open_rows(Table.open(table), voice.model.preparation)
    before = homodal.evaluate(voice.model, table)
    found = understood(before, voice.model, rows, run.model)
    wanted = homodal.evaluate(run.model, table).scores["wer"]
    assert found.scores["wer_real"] == wanted
    assert found.scores["distortion_db"] == before.scores["distortion_db"]


def test_rows_without_a_sound_are_in_none(voice, spoken):
    run, known, _ = spoken
    table = {
        "sound": [*known["sound"][:6], None],
        "said": [*known["said"][:6], "xx yy"],
    }
    rows = open_rows(Table.open(table), voice.model.preparation)
    before = homodal.evaluate(voice.model, table)
    found = understood(before, voice.model, rows, run.model)
    words = sum(text.count(" ") + 1 for text in table["said"][:6])
    for name in ("wer_spoken", "wer_resynthesised", "wer_real"):
        assert found.details[name]["errors"]["words"] == words
    fewer = dataclasses.replace(rows, numbers=np.array([0, 6]))
    found = understood(before, voice.model, fewer, run.model)
    words = table["said"][0].count(" ") + 1
    assert found.details["wer_real"]["errors"]["words"] == words
