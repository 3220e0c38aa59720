"""From a table of texts and sounds to a voice, by the public verbs."""

import numpy as np
import pytest

import homodal
from homodal.errors import HomodalError, RecipeError, TargetError


def test_a_voice_is_trained_and_scored(voice, spoken):
    _, table, _ = spoken
    assert voice.finished
    found = homodal.evaluate(voice.model, table)
    assert list(found.scores) == ["distortion_db", "seconds_off"]
    assert found.scores["seconds_off"]["value"] < 0.1
    assert found.scored == len(table["said"])
    first, last = voice.history[0], voice.history[-1]
    assert last["train"]["loss"] < first["train"]["loss"] / 2


def test_the_recogniser_understands_it(voice, spoken):
    run, table, _ = spoken
    found = homodal.evaluate(voice.folder, table, recogniser=run.folder)
    assert found.scores["wer_real"]["value"] < 0.05
    assert found.scores["wer_resynthesised"]["value"] < 0.1
    assert found.scores["wer_spoken"]["value"] < 0.3
    assert found.details["wer_spoken"]["errors"]["words"] > 100


def test_a_saved_voice_says_the_same(voice):
    from homodal.model import speaking

    one = speaking.speak(voice.model, "ab ca")
    other = speaking.speak(homodal.load(voice.folder), "ab ca")
    np.testing.assert_array_equal(one, other)


def test_sounds_fit_into_no_table(voice, spoken):
    with pytest.raises(HomodalError, match="homodal speak"):
        voice.model.predict({"said": ["ab"]})
    with pytest.raises(HomodalError, match="does not speak"):
        homodal.evaluate(spoken[0].folder, spoken[1], recogniser=voice.folder)
    with pytest.raises(HomodalError, match="no recogniser"):
        homodal.evaluate(voice.folder, spoken[1], recogniser=voice.folder)


def test_a_voice_needs_an_aligner_and_one_text(spoken, tmp_path):
    _, table, _ = spoken
    settings = {"columns.sound": {"modality": "speech", "rate_hz": 8000}}
    settings |= {"columns.said": "text"}
    with pytest.raises(RecipeError, match=r"head\.aligner"):
        homodal.train(table, target="sound", settings=settings, out=tmp_path / "a")
    table = table | {"number": list(range(len(table["said"])))}
    settings |= {"columns.number": "number"}
    with pytest.raises(RecipeError, match="one column of text"):
        homodal.train(table, target="sound", settings=settings, out=tmp_path / "b")


def test_sounds_stand_alone_among_targets(spoken, tmp_path):
    _, table, _ = spoken
    table = table | {"kind": ["a", "b"] * (len(table["said"]) // 2)}
    settings = {
        "columns.sound": {"modality": "speech", "rate_hz": 8000},
        "columns.said": "text",
    }
    with pytest.raises(RecipeError, match="alone"):
        homodal.train(
            table, target="sound,kind", settings=settings, out=tmp_path / "run"
        )


def test_a_damaged_sound_is_named_with_its_row(spoken, tmp_path):
    _, table, _ = spoken
    sounds = [tmp_path / f"{row}.wav" for row in range(8)]
    for path in sounds:
        path.write_bytes(b"no sound at all")
    damaged = {"sound": [path.name for path in sounds], "said": table["said"][:8]}
    settings = {"columns.sound": {"modality": "speech"}, "columns.said": "text"}
    with pytest.raises(TargetError, match="sound"):
        homodal.train(
            damaged,
            target="sound",
            settings=settings,
            out=tmp_path / "run",
            media_root=tmp_path,
        )
