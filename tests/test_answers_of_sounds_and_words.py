"""What was said, beside tags of the words that were typed, from a text and a sound."""

import numpy as np
import pytest

import homodal


@pytest.fixture(scope="module")
def typed(spoken):
    """The sounds of `spoken`, their texts typed with gaps, and a tag for each word."""
    _, table, _ = spoken
    rng = np.random.default_rng(1)
    texts = [said.split() for said in table["said"]]
    return table | {
        "typed": [
            " ".join(word if rng.random() < 0.7 else "x" for word in words)
            for words in texts
        ],
        "slots": [
            " ".join("B-a" if word == "ab" else "O" for word in words)
            for words in texts
        ],
    }


@pytest.fixture(scope="module")
def listener(typed, tmp_path_factory):
    settings = {
        "columns.sound": {"modality": "audio", "rate_hz": 8000},
        "columns.typed": "text",
        "columns.slots": "{modality: tags, of: typed}",
        "columns.said": "transcript",
        "encoder": {"name": "rnn", "width": 24, "depth": 1, "row_halvings": 1},
        "training": {"epochs": 16, "batch_size": 8, "learning_rate": 0.01},
    }
    out = tmp_path_factory.mktemp("listener") / "run"
    return homodal.train(typed, target=["slots", "said"], settings=settings, out=out)


def test_what_was_said_is_read_from_the_sound(listener, typed):
    network = listener.model.network
    assert network.apart == {"said": "sound"}
    # the tags are read from the typed words, and no column answers twice
    assert set(network.heads["typed"].heads) == {"slots"}
    assert set(network.heads) == {"typed"}
    found = homodal.load(listener.folder).predict(typed)
    said = found.column("said").to_pylist()
    right = sum(one == true for one, true in zip(said, typed["said"], strict=True))
    assert right > 0.8 * len(said)
    assert homodal.evaluate(listener.model, typed).scores["slots: f1"]["value"] > 0.6


def test_either_may_be_absent(listener, typed):
    rows = {name: typed[name][:4] for name in ("sound", "typed")}
    heard = listener.model.predict(rows | {"typed": [None] * 4}).to_pylist()
    both = listener.model.predict(rows).to_pylist()
    assert [row["said"] for row in heard] == [row["said"] for row in both]
    assert [row["slots"] for row in heard] == [""] * 4
    read = listener.model.predict(rows | {"sound": [None] * 4}).to_pylist()
    assert {row["said"] for row in read} == {""}
    for row, text in zip(read, rows["typed"], strict=True):
        assert len(row["slots"].split()) == len(text.split())
