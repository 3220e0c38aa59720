import pytest

from homodal.errors import TrainingError
from homodal.studies.ledger import Ledger


def test_trials_are_kept_and_a_line_cut_short_is_left_out(tmp_path):
    ledger = Ledger(tmp_path / "study", {"table": ["x"]})
    ledger.add({"candidate": "a", "seed": 0})
    ledger.add({"candidate": "b", "seed": 0})
    again = Ledger(tmp_path / "study", {"table": ["x"]})
    assert [t["candidate"] for t in again.trials()] == ["a", "b"]
    path = tmp_path / "study" / "trials.jsonl"
    path.write_text(path.read_text()[:-9])
    assert [t["candidate"] for t in again.trials()] == ["a"]


def test_a_study_of_something_else_is_refused(tmp_path):
    Ledger(tmp_path / "study", {"table": ["x"], "removed": [0]})
    with pytest.raises(TrainingError, match="with another table"):
        Ledger(tmp_path / "study", {"table": ["y"], "removed": [0]})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(TrainingError, match="something else"):
        Ledger(tmp_path / "mine", {"table": ["x"]})


def test_a_study_of_an_older_version_is_said_to_be_one(tmp_path):
    Ledger(tmp_path / "study", {"table": ["x"]})
    with pytest.raises(TrainingError, match=r"an older homodal.*its table content"):
        Ledger(tmp_path / "study", {"table content": ["x"]})
