import json

import numpy as np
import pytest

from homodal.contracts import UNLABELLED, UNSEEN
from homodal.errors import BundleError
from homodal.evaluation.evaluation import Evaluation, evaluation_of, scores_of
from homodal.evaluation.scores import Tally, names

LABELS = ["joy", "快乐", "[red]x[/red]", "rage"]


def _tally(seed=0, rows=50):
    rng = np.random.default_rng(seed)
    tally = Tally(4)
    tally.add(rng.dirichlet(np.ones(4), size=rows), rng.integers(4, size=rows))
    return tally


@pytest.fixture
def evaluation():
    tally = _tally()
    marked = np.array([UNSEEN, UNLABELLED, UNSEEN])
    tally.add(np.full((3, 4), 0.25), marked, ["odd", None, "odd"])
    alone = {"sound": scores_of(_tally(1)), "face": scores_of(_tally(2))}
    bad = {"face": {"not a picture": 2}}
    return evaluation_of(tally, LABELS, alone=alone, majority=1, bad_cells=bad)


def test_json_has_the_promised_form(evaluation, tmp_path):
    evaluation.to_json(tmp_path / "scores.json")
    saved = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert list(saved)[:3] == ["rows", "scores", "columns_alone"]
    assert saved["rows"] == 53
    assert list(saved["scores"]) == names(4)
    assert list(saved["scores"]["accuracy"]) == ["value", "low", "high"]
    assert list(saved["columns_alone"]) == ["sound", "face"]
    assert list(saved["columns_alone"]["face"]) == names(4)


def test_it_comes_back_equal(evaluation, tmp_path):
    evaluation.to_json(tmp_path / "a.json")
    saved = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert Evaluation.from_dict(saved) == evaluation


def test_every_row_is_accounted_for(evaluation):
    assert evaluation.unseen == {"odd": 2}
    assert evaluation.unlabelled == 1
    assert evaluation.scored == 50 == np.sum(evaluation.confusion["matrix"])
    assert sum(each["rows"] for each in evaluation.per_class.values()) == 50


def test_baseline_always_answers_the_majority(evaluation):
    entry = evaluation.baseline["accuracy"]
    assert evaluation.baseline["label"] == "快乐"
    assert entry["value"] == evaluation.per_class["快乐"]["rows"] / 50
    assert entry["low"] < entry["value"] < entry["high"]


def test_every_class_has_its_scores_with_intervals(evaluation):
    for entry in evaluation.per_class.values():
        assert list(entry) == ["precision", "recall", "f1", "rows"]
        for name in ("precision", "recall", "f1"):
            low, value, high = (entry[name][k] for k in ("low", "value", "high"))
            assert low < value < high


def test_without_a_scored_row_values_are_none(tmp_path):
    evaluation = evaluation_of(Tally(4), LABELS, alone={"sound": scores_of(Tally(4))})
    nothing = {"value": None, "low": None, "high": None}
    assert evaluation.scores["accuracy"] == nothing
    assert evaluation.baseline["accuracy"] == nothing
    evaluation.to_json(tmp_path / "a.json")


def test_an_older_file_stays_whole_when_writing_fails(evaluation, tmp_path):
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")
    broken = Evaluation(rows=1, scores={"accuracy": {"value": float("nan")}})
    with pytest.raises(ValueError, match="nan"):
        broken.to_json(path)
    assert path.read_text(encoding="utf-8") == "old"
    evaluation.to_json(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("saved", [[], {}, {"rows": 3}])
def test_something_else_is_refused(saved):
    with pytest.raises(BundleError, match="no evaluation"):
        Evaluation.from_dict(saved)


def test_fields_of_a_later_version_are_passed_over(evaluation):
    saved = {**evaluation.to_dict(), "of_tomorrow": 1}
    assert Evaluation.from_dict(saved) == evaluation
