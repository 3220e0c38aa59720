"""Sound in chunks gives the words that it gives at once."""

import numpy as np
import pytest

import homodal
from homodal.errors import ColumnError, HomodalError
from homodal.model.listening import Listener


@pytest.fixture(scope="module")
def model(spoken):
    return homodal.load(spoken[0].folder)


def text(words):
    return [word["word"] for word in words]


@pytest.mark.parametrize("chunk", [400, 1111, 100_000])
def test_chunks_give_the_same_words_as_at_once(model, spoken, chunk):
    _, table, rate_hz = spoken
    at_once = model.predict({"sound": table["sound"][:8]}).to_pylist()
    early = 0
    for sound, wanted in zip(table["sound"], at_once, strict=False):
        listener = Listener(model, rate_hz)
        given = []
        for at in range(0, len(sound), chunk):
            new = listener.feed(sound[at : at + chunk])
            early += bool(new) and at + chunk < len(sound)
            given += text(new)
        found = listener.finish()
        assert found["text"] == wanted["said"]
        assert text(found["words"]) == text(wanted["words"])
        assert given == text(found["words"])[: len(given)]  # no word was taken back
    assert bool(early) == (chunk < 2000)


def test_another_rate_is_brought_to_the_models(model, spoken):
    _, table, rate_hz = spoken
    sound = np.repeat(table["sound"][0], 2)
    listener = Listener(model, 2 * rate_hz)
    listener.feed(sound)
    assert listener.seconds == pytest.approx(len(sound) / 2 / rate_hz)
    assert listener.finish()["text"] == table["said"][0]


def test_what_comes_after_the_seconds_is_said_once_not_to_be_heard(model, capsys):
    listener = Listener(model)
    listener._reader.seconds = 0.1
    for _ in range(3):
        listener.feed(np.zeros(listener.rate_hz))
    assert listener.seconds == pytest.approx(0.1)
    err = capsys.readouterr().err
    assert err.count("The sound is longer than 0.1 s") == 1
    assert "columns.sound.seconds" in err


def test_nothing_heard_is_nothing_said(model):
    listener = Listener(model)
    assert listener.feed([]) == []
    assert listener.finish() == {"text": "", "confidence": 1.0, "words": []}


def test_what_does_not_hear_cannot_listen(trained):
    with pytest.raises(HomodalError, match="does not transcribe"):
        Listener(trained.model)
    assert issubclass(ColumnError, HomodalError)


def test_a_transducer_that_remembers_all_units_streams(spoken, tmp_path):
    run, table, rate_hz = spoken
    columns = dict(run.model.recipe.columns)
    columns["said"] = {"modality": "transcript", "kind": "both", "predictor": "gru"}
    settings = {"columns": columns, "encoder": run.model.recipe.encoder}
    settings["training"] = {"epochs": 16, "batch_size": 8, "learning_rate": 0.01}
    trained = homodal.train(table, target="said", settings=settings, out=tmp_path / "r")
    found = trained.model.predict(table).to_pylist()
    right = sum(row["said"] == t for row, t in zip(found, table["said"], strict=True))
    assert right > len(found) / 2
    for sound, wanted in zip(table["sound"][:4], found, strict=False):
        listener, given = Listener(trained.model, rate_hz), []
        for at in range(0, len(sound), 900):
            given += text(listener.feed(sound[at : at + 900]))
        whole = listener.finish()
        assert whole["text"] == wanted["said"]
        assert given == text(whole["words"])[: len(given)]
