"""Words that stand for no value: one set for check, describe, training, prediction."""

import numpy as np
import pandas as pd
import pytest

from homodal import api
from homodal.checks.check import check
from homodal.data.absent import settled
from homodal.data.preparation import Preparation
from homodal.data.schema import schema_of
from homodal.errors import RecipeError
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_rows, open_session

ROWS = 40
TINY = {
    "encoder.width": 8,
    "encoder.depth": 1,
    "fusion.width": 8,
    "training.epochs": 1,
    "training.batch_size": 8,
}


def columns():
    rng = np.random.default_rng(0)
    return {
        "note": ["None" if n % 8 == 5 else f"the {n} birds sing" for n in range(ROWS)],
        "size": ["NA" if n % 7 == 3 else f"{v:.3f}" for n, v in
                 enumerate(rng.normal(size=ROWS))],
        "label": ["?" if n % 9 == 8 else "ab"[n % 2] for n in range(ROWS)],
    }  # fmt: skip


def session(table, **settings):
    recipe = Recipe().with_settings({"target": "label"} | TINY | settings)
    return open_session(Table.open(table), recipe)


def absent(made, name):
    slug = {c.name: c.slug for c in made.preparation.columns}[name]
    return int((made.train.columns[slug].status == 1).sum())


def test_the_words_are_absent_in_inputs_and_answers(capfd):
    made = session(columns())
    assert (absent(made, "note"), absent(made, "size")) == (5, 6)
    assert made.preparation.target.facts["classes"] == ["a", "b"]
    assert (made.train.truth == -2).sum() == 4
    told = capfd.readouterr().err
    assert "Column 'size': cells count as absent: 6 'NA'" in told
    assert "--set 'columns.label.absent=[]'" in told


def test_a_path_and_pandas_agree(tmp_path):
    pd.DataFrame(columns()).to_csv(tmp_path / "t.csv", index=False)
    by_path, by_pandas, read = (
        session(table)
        for table in (
            tmp_path / "t.csv",
            pd.DataFrame(columns()),
            pd.read_csv(tmp_path / "t.csv"),  # which makes gaps of "NA" and "None"
        )
    )
    for other in (by_pandas, read):
        for name in ("note", "size"):
            assert absent(by_path, name) == absent(other, name)
        np.testing.assert_array_equal(by_path.train.truth, other.train.truth)


def test_the_set_is_the_recipes_and_of_one_column_its_own():
    made = session(columns(), absent=["NA"])
    assert absent(made, "note") == 0
    assert made.preparation.target.facts["classes"] == ["?", "a", "b"]
    made = session(columns(), **{"columns.label.absent": []})
    assert absent(made, "note") == 5
    assert made.preparation.target.facts["classes"] == ["?", "a", "b"]
    assert made.recipe.columns["label"]["absent"] == []
    made = session(columns(), **{"columns.note.absent": "[the 0 birds sing]"})
    assert absent(made, "note") == 1


def test_a_word_that_is_a_value_is_kept_and_said():
    table = columns() | {"charge": ["+-"[n % 2] for n in range(ROWS)]}
    recipe = Recipe().for_target("charge")
    column = {c.name: c for c in schema_of(Table.open(table), recipe).columns}["charge"]
    assert "20 '-' are kept: the other cells are signs, too" in column.why
    assert "-" not in column.options["absent"]
    told = Recipe().for_target("charge", {"absent": ["-"]})
    assert settled(Table.open(table), told).cells("charge")[1] is None


def test_check_and_describe_say_the_same():
    found = check(columns(), target="label")
    notes = {f.columns[0]: f.what for f in found.findings if f.kind == "absent-words"}
    assert notes == {
        "note": "cells count as absent: 5 'None'",
        "size": "cells count as absent: 6 'NA'",
        "label": "cells count as absent: 4 '?'",
    }
    assert found.inspection.seen["size"].rows(1) == [3, 10, 17, 24, 31, 38]
    described = api.describe(columns(), target="label", settings=TINY)
    for column in described.schema.columns:
        assert column.why.endswith(notes[column.name])
    again = Recipe.from_yaml(described.to_yaml())
    assert again.absent == described.recipe.absent
    assert len(again.absent) > 20


@pytest.mark.usefixtures("eagerly")
def test_prediction_and_evaluation_read_as_training_did(tmp_path):
    run = api.train(columns(), target="label", settings=TINY, out=tmp_path / "run")
    model = api.load(run.folder)
    answers = model.predict({"note": ["None", "the birds sing"], "size": ["1", "NA"]})
    assert answers["status"].to_pylist() == ["absent: note", "absent: size"]
    assert api.evaluate(model, columns()).scored == ROWS - 4
    kept = {"columns.note.absent": [], "columns.note.modality": "text"}
    run = api.train(
        columns(), target="label", settings=TINY | kept, out=tmp_path / "kept"
    )
    answers = api.load(run.folder).predict({"note": ["None"], "size": ["NA"]})
    assert answers["status"].to_pylist() == ["absent: size"]


def test_a_run_of_before_reads_as_it_did(tmp_path):
    made = session(columns(), absent=[], **{"columns.size": "text"})
    old = made.preparation.to_dict()
    del old["absent"]
    rows = open_rows(Table.open(columns()), Preparation.from_dict(old))
    slug = {c.name: c.slug for c in made.preparation.columns}["size"]
    assert (rows.columns[slug].status == 0).all()


def test_what_is_no_word_is_refused():
    assert Recipe(absent=["NA", None, 1]).absent == ["NA", "null", "1"]
    assert Recipe(absent="NA").absent == ["NA"]
    with pytest.raises(RecipeError, match=r"Expected words that stand for no value"):
        Recipe(absent=[["NA"]])
    with pytest.raises(RecipeError, match=r"'absent' of column 'x'"):
        Recipe(columns={"x": {"absent": {"a": 1}}})


def test_the_bundle_keeps_the_set():
    made = session(columns(), absent=["?"])
    assert Recipe.from_yaml(made.recipe.to_yaml()).absent == ["?"]
    again = Preparation.from_dict(made.preparation.to_dict())
    assert again.absent.of("label") == {"?"}
