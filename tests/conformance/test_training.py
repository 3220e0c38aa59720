"""What training promises on every backend."""

import json

import homodal


def commands(rows):
    """A text with a tag for each word, a number, and which of two kinds it is."""
    artists, cities = ["red bird", "sun"], ["new york", "rome"]
    table = {"text": [], "size": [], "slots": [], "intent": []}
    for row in range(rows):
        kind, names = [("artist", artists), ("city", cities)][row % 2]
        name = names[row // 2 % 2].split()
        inside = [f"{'IB'[place == 0]}-{kind}" for place in range(len(name))]
        table["text"].append(" ".join(["play", *name]))
        table["slots"].append(" ".join(["O", *inside]))
        table["intent"].append(kind)
        table["size"].append(float(row % 5))
    return table


def test_columns_with_answers_of_their_own_train_several_targets(tmp_path):
    """Metrics ask for each column's own loss, which has weights in it."""
    run = homodal.train(
        commands(24),
        target=["intent", "slots"],
        columns=["text", "size"],
        settings={
            "encoder": "{name: cnn, width: 8, depth: 1}",
            "columns.text": "text",
            "columns.slots.crf": True,
            "fusion.own_answers": True,
            "training.epochs": 2,
            "training.batch_size": 8,
        },
        out=tmp_path / "run",
    )
    lines = (tmp_path / "run" / "journal.jsonl").read_text().splitlines()
    epochs = [each for each in map(json.loads, lines) if each["event"] == "epoch"]
    assert len(epochs) == 2
    assert set(epochs[-1]["columns"]) == {"text", "size"}
    assert epochs[-1]["columns"]["text"]["loss"] > 0
    assert set(run.evaluation.scores) >= {"all_right", "slots: f1", "intent: accuracy"}
