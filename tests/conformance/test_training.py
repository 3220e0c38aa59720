"""What training promises on every backend."""

import json

import homodal


def test_columns_with_answers_of_their_own_train_several_targets(tmp_path, commands):
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
            "fusion.reach": 0.1,
            "fusion.hidden": 0.4,
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
