"""JSON lines that survive a kill, and a TensorBoard that says the same."""

import pytest

from homodal.errors import TrainingError
from homodal.training.journal import Journal, epoch_line


def values(epoch):
    return {
        "train": {"loss": 1.5 / (epoch + 1)},
        "valid": {"accuracy": 0.25 * epoch},
        "learning_rate": 0.001,
        "seconds": 0.5,
    }


@pytest.fixture
def journal(tmp_path):
    journal = Journal(tmp_path)
    journal.write("start", rows=3)
    for epoch in range(3):
        journal.epoch(epoch, values(epoch))
    yield journal
    journal.close()


def board(folder):
    """`{tag: [(step, value)]}`, as TensorBoard itself reads it."""
    reader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    found = reader.EventAccumulator(str(folder / "tensorboard")).Reload()
    return {
        tag: [(event.step, event.value) for event in found.Scalars(tag)]
        for tag in found.Tags()["scalars"]
    }


def test_lines_come_back(journal):
    start, *epochs = journal.read()
    assert start == {"event": "start", "rows": 3}
    assert epochs == [{"event": "epoch", "epoch": i, **values(i)} for i in range(3)]


def test_no_journal_is_an_empty_one(tmp_path):
    assert Journal(tmp_path).read() == []


def test_a_line_cut_by_a_kill_is_left_out(journal):
    whole = journal.path.read_text()
    journal.path.write_text(whole[:-20])
    assert len(journal.read()) == 3
    journal.rewind(2)
    journal.epoch(2, values(2))
    assert journal.path.read_text() == whole


def test_rewound_epochs_are_written_again(journal):
    journal.rewind(1)
    assert [e.get("epoch") for e in journal.read()] == [None, 0]
    journal.epoch(1, values(5))
    assert journal.read()[-1]["train"] == values(5)["train"]


def test_tensorboard_equals_the_journal(journal, tmp_path):
    found = board(tmp_path)
    assert set(found) == {"train/loss", "valid/accuracy", "learning_rate", "seconds"}
    assert found["train/loss"] == [(0, 1.5), (1, 0.75), (2, 0.5)]


def test_tensorboard_is_rewound_too(journal, tmp_path):
    journal.rewind(1)
    journal.epoch(1, values(5))
    journal.close()
    assert board(tmp_path)["train/loss"] == [(0, 1.5), (1, 0.25)]


def test_a_journal_that_cannot_be_written(tmp_path):
    journal = Journal(tmp_path / "nowhere")
    with pytest.raises(TrainingError, match=r"journal\.jsonl' cannot be written.*Free"):
        journal.write("start")


def test_the_line_for_a_person():
    line = epoch_line({"epoch": 1, **values(1)})
    assert line == "epoch   2  loss 0.750  valid: accuracy 0.250  (0.5 s)"
