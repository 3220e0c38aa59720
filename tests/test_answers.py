"""The whole way of answers that are not one class a row: trained, scored, kept."""

import csv
import io
import json

import numpy as np
import pytest

import homodal
from homodal import pages
from homodal.errors import ColumnError, HomodalError, RecipeError

ROWS = 60
SIZE = np.linspace(-2, 2, ROWS)
TABLE = {
    "size": SIZE.tolist(),
    "kind": ["red" if row % 3 else "blue" for row in range(ROWS)],
    "much": (2 * SIZE + np.where(np.arange(ROWS) % 3, 1, 0)).tolist(),
    "side": ["left" if size < 0 else "right" for size in SIZE],
}
TABLE["much"][4] = TABLE["side"][7] = TABLE["size"][9] = None
SETTINGS = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "fusion.width": 16,
    "training.epochs": 12,
    "training.learning_rate": 0.01,
    "columns": {"size": "number", "kind": "category"},
}


@pytest.fixture(scope="module")
def number(tmp_path_factory):
    """A `Run` on one number; do not change it."""
    out = tmp_path_factory.mktemp("runs") / "number"
    settings = SETTINGS | {"columns": {**SETTINGS["columns"], "side": "ignored"}}
    return homodal.train(TABLE, target="much", settings=settings, out=out)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """A `Run` on a number and a class; do not change it."""
    out = tmp_path_factory.mktemp("runs") / "both"
    return homodal.train(TABLE, target="much,side", settings=SETTINGS, out=out)


def test_a_number_is_recognised_trained_and_predicted(number):
    assert number.model.preparation.target.part == "number"
    assert number.model.recipe.columns["much"] == {"modality": "number"}
    assert number.evaluation.scores["r2"]["value"] > 0.5
    assert (
        number.evaluation.baseline["mae"]["value"]
        > (number.evaluation.scores["mae"]["value"])
    )
    answers = homodal.load(number.folder).predict({"size": [-2.0, 2.0]})
    low, high = answers.column("much").to_pylist()
    assert low < high
    assert answers.column("status").to_pylist() == ["absent: kind"] * 2


def test_several_targets_share_one_network_and_one_table_of_answers(both):
    assert both.model.preparation.target.columns == ["much", "side"]
    assert both.model.recipe.head == {"name": "several"}
    scores = both.evaluation.scores
    assert {"all_right", "much: mae", "side: accuracy"} <= set(scores)
    assert scores["side: accuracy"]["value"] > 0.5
    answers = homodal.load(both.folder).predict(TABLE)
    assert answers.column_names == ["much", "side", "side: probability", "status"]
    assert len(answers) == ROWS
    more = both.model.predict(TABLE, probabilities=True)
    assert "side: probabilities" in more.column_names


def test_a_loaded_model_answers_as_the_one_that_was_saved(both):
    told, kept = (m.predict(TABLE) for m in (both.model, homodal.load(both.folder)))
    assert told.equals(kept)


def test_rows_lacking_one_answer_train_the_other_and_are_listed(both):
    listed = csv.DictReader(io.StringIO((both.folder / "quarantine.csv").read_text()))
    lacking = [(row["row"], row["column"], row["status"]) for row in listed]
    assert ("5", "much", "absent") in lacking
    assert ("8", "side", "absent") in lacking
    evaluation = homodal.evaluate(both.model, TABLE)
    assert (evaluation.rows, evaluation.unlabelled) == (ROWS, 0)


def test_evaluations_of_any_kind_are_json(both, number, tmp_path):
    for run in (both, number):
        evaluation = homodal.evaluate(run.model, TABLE, out=tmp_path)
        saved = json.loads((tmp_path / "evaluation.json").read_text())
        assert saved == json.loads(json.dumps(evaluation.to_dict()))
        assert set(saved["columns_alone"]) == {"size", "kind"}


def test_the_terminal_shows_every_score_and_what_stands_beside_it(both, capsys):
    pages.show_run(both)
    shown = capsys.readouterr().out
    for said in ("all_right", "much: mae", "side: accuracy", "size alone", "always"):
        assert said in shown
    assert max(map(len, shown.splitlines())) <= 80 or str(both.folder) in shown


def test_what_is_of_classes_only_is_refused_for_other_answers(both, number):
    with pytest.raises(HomodalError, match="'explain' is for targets of classes"):
        homodal.explain(number.model, TABLE)
    with pytest.raises(HomodalError, match="'sets' is for targets of classes"):
        both.model.predict(TABLE, sets=0.9)
    with pytest.raises(HomodalError, match="'abstain_below' is for targets"):
        number.model.predict(TABLE, abstain_below=0.5)


def test_a_table_must_have_every_target_to_be_evaluated(both):
    table = {name: cells for name, cells in TABLE.items() if name != "side"}
    with pytest.raises(ColumnError, match="'side'"):
        homodal.evaluate(both.model, table)


def test_fusions_that_add_up_answers_are_refused_for_several_targets(tmp_path):
    with pytest.raises(RecipeError, match="adds up the columns' own answers"):
        homodal.train(
            TABLE,
            target="much,side",
            settings=SETTINGS | {"fusion": "late"},
            out=tmp_path / "run",
        )


def test_a_column_whose_name_has_a_comma_is_one_target(tmp_path):
    table = {"size": TABLE["size"], "a,b": TABLE["side"]}
    settings = SETTINGS | {"training.epochs": 1, "columns": {"size": "number"}}
    run = homodal.train(table, target="a,b", settings=settings, out=tmp_path / "run")
    assert run.model.preparation.target.columns == ["a,b"]


def test_fusions_of_decisions_are_for_classes(tmp_path):
    with pytest.raises(RecipeError, match="adds up the columns' own answers"):
        homodal.train(
            TABLE,
            target="much",
            settings=SETTINGS | {"fusion": "late"},
            out=tmp_path / "run",
        )
