"""The callbacks in a real `fit`, on faults that were put into it."""

import json
import math

import numpy as np
import pytest

from homodal.errors import TrainingError
from homodal.model.weights import named_weights, to_numpy
from homodal.training.fit import fit


def scores(*values):
    """A `validate` that gives these accuracies, one an epoch."""
    left = list(values)
    return lambda network: {"accuracy": left.pop(0)}


def epochs(journal):
    return [event for event in journal.read() if event["event"] == "epoch"]


def trained(run, validate, kept):
    checkpoints, journal = kept
    return fit(run.network, run.batches, run.training, validate, checkpoints, journal)


def test_a_weight_that_is_no_number_stops(opened, kept, poisoned):
    run = opened(["size"], epochs=4)
    calls = []

    def validate(network):
        calls.append(len(calls))
        if len(calls) == 2:
            poisoned(network)
        return {"accuracy": 0.5}

    wrong = (
        r"The loss is no longer a finite number \(epoch 3, step 13 of the run, "
        r"learning rate \d.*\)\. Lower training\.learning_rate"
    )
    with pytest.raises(TrainingError, match=wrong):
        trained(run, validate, kept)
    assert len(epochs(kept[1])) == 2
    best = kept[0].load_latest(run.network)["best_step"]
    kept[0].load_best(run.network, best)
    assert best == 6


def test_nothing_that_is_no_number_is_saved_at_an_interrupt(
    opened, kept, poisoned, signal_at, monkeypatch
):
    from homodal.training import callbacks

    run = opened(["size"])
    signal_at(epoch=0, batch=3)
    original = callbacks.Guard.on_train_batch_end

    def poisoning(self, batch, logs=None):
        if batch == 3:
            poisoned(self.model)  # after the step: its loss was still a number
        original(self, batch, logs)

    monkeypatch.setattr(callbacks.Guard, "on_train_batch_end", poisoning)
    with pytest.raises(TrainingError, match=r"A weight .*\(epoch 1, step 4 of"):
        trained(run, scores(0.5), kept)
    assert kept[0].load_latest(run.network)["step"] == 0


def test_early_stopping_ends_with_the_best_weights(opened, kept):
    run = opened(["size"], epochs=9, patience=2)
    seen = []

    def validate(network):
        seen.append(to_numpy(named_weights(network)))
        return {"accuracy": [0.5, 0.9, 0.9, 0.3, 0.2, 1.0][len(seen) - 1]}

    assert trained(run, validate, kept)
    assert len(seen) == len(epochs(kept[1])) == 5
    found = to_numpy(named_weights(run.network))
    for name, best in seen[2].items():
        np.testing.assert_array_equal(found[name], best)
    assert any(not np.array_equal(found[name], seen[3][name]) for name in found)
    again = kept[0].load_latest(run.network)
    assert again["stopped_early"]
    np.testing.assert_allclose(again["best"][0], (0.5 + 0.9 + 0.9) / 3)
    assert trained(run, None, kept)  # what has stopped early does not go on


def test_one_lucky_epoch_is_not_the_best(opened, kept):
    run = opened(["size"], epochs=5)
    accuracies = [0.5, 0.9, 0.6, 0.8, 0.8]  # means of three: 0.5 0.7 0.67 0.77 0.73
    trained(run, lambda network: {"accuracy": accuracies.pop(0)}, kept)
    assert kept[0].load_latest(run.network)["best_step"] == 4 * len(run.batches)


def test_ties_go_to_the_lower_log_loss(opened, kept):
    run = opened(["size"], epochs=3)
    losses = [0.7, 0.5, 0.9]

    def validate(network):
        return {"accuracy": 0.5, "log_loss": losses.pop(0)}

    trained(run, validate, kept)
    assert kept[0].load_latest(run.network)["best_step"] == 2 * len(run.batches)


@pytest.mark.parametrize(
    ("accuracies", "best"),
    [
        ([math.nan, 0.2, 0.5], 3),
        ([0.5, math.nan, 0.2], 1),
        ([math.inf, 0.2, 0.1], 2),
        ([math.nan] * 3, None),
    ],
)
def test_a_score_that_is_no_number_is_never_the_best(opened, kept, accuracies, best):
    run = opened(["size"], epochs=3)
    assert trained(run, scores(*accuracies), kept)
    counters = kept[0].load_latest(run.network)
    if best is None:
        assert counters["best"] is None
    else:
        assert counters["best_step"] == best * len(run.batches)
        assert all(map(math.isfinite, counters["best"]))


def test_a_loss_that_is_no_number_loses_the_tie(opened, kept):
    run = opened(["size"], epochs=3)
    losses = [math.nan, 0.7, math.nan]

    def validate(network):
        return {"accuracy": 0.5, "log_loss": losses.pop(0)}

    trained(run, validate, kept)
    assert kept[0].load_latest(run.network)["best_step"] == 2 * len(run.batches)


def test_the_journal_has_a_line_an_epoch(opened, kept):
    run = opened(["size"], epochs=2, learning_rate=0.01)
    trained(run, scores(0.25, 0.75), kept)
    first, second = epochs(kept[1])
    assert [first["epoch"], second["epoch"]] == [0, 1]
    assert second["valid"] == {"accuracy": 0.75}
    assert set(first["train"]) == {"loss", "accuracy"}
    assert first["columns"] == {}
    assert all(math.isfinite(value) for value in first["train"].values())
    assert 0.01 >= first["learning_rate"] > second["learning_rate"] == 0.0
    assert first["seconds"] > 0
    json.dumps(kept[0].load_latest(run.network))


def test_a_bar_when_somebody_watches(opened, kept, monkeypatch, capsys):
    from homodal.training import callbacks

    monkeypatch.setattr(callbacks, "watched", lambda: True)
    trained(opened(["size"], epochs=2), scores(0.25, 0.75), kept)
    shown = capsys.readouterr().err
    assert "epoch   1" in shown and "accuracy 0.750" in shown


def test_quiet_when_nobody_watches(opened, kept, capsys):
    trained(opened(["size"], epochs=1), scores(0.25), kept)
    assert capsys.readouterr() == ("", "")


def test_the_journal_tells_what_each_column_learns(opened, kept):
    run = opened(["size", "text"], epochs=1)
    trained(run, scores(0.25), kept)
    (first,) = epochs(kept[1])
    assert set(first["columns"]) == set(run.network.keys) == {"size", "text"}
    for figures in first["columns"].values():
        assert set(figures) == {"loss", "accuracy", "gradient"}
        assert figures["gradient"] > 0 and 0 <= figures["accuracy"] <= 1
