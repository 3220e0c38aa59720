"""The verbs in Python: any kind of table in, a run, a model, an evaluation out."""

import json
import shutil
from typing import get_args

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import yaml

import homodal
from homodal import api
from homodal.data.preparation import Preparation, PreparedColumn, PreparedTarget
from homodal.errors import (
    ColumnError,
    HomodalError,
    RecipeError,
    TableError,
    TargetError,
    TooManyBadCells,
    TrainingError,
)
from homodal.recipe import Recipe, Training, named
from homodal.training.journal import Journal

# what is trained here takes some five steps
pytestmark = pytest.mark.usefixtures("eagerly")
ROWS = 36
FAST = ("number", "category")
PLAIN = {
    "number": [round(row * 0.37 % 5, 3) for row in range(ROWS)],
    "category": [["red", "green", "blue"][row * 7 % 3] for row in range(ROWS)],
    "label": ["abc"[row % 3] for row in range(ROWS)],
    "other": ["yes" if row % 4 else "no" for row in range(ROWS)],
}
PLAIN["category"][5] = PLAIN["number"][8] = None
SETTINGS = {
    "encoder.width": 8,
    "encoder.depth": 1,
    "fusion.width": 8,
    "training.epochs": 1,
    "training.batch_size": 8,
    "training.validation": 0.2,
    # read as text, the names form no block with the numbers: there are two entries
    "columns": {"number": "number", "category": "text", "other": "ignored"},
}


def train(tmp_path, table=None, name="run", target="label", settings=None, **options):
    return homodal.train(
        PLAIN if table is None else table,
        target=target,
        settings=SETTINGS | (settings or {}),
        out=tmp_path / name,
        **options,
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A `Run` on the plain table; do not change it."""
    return train(tmp_path_factory.mktemp("plain"))


def facts_of(run):
    """All that a recipe can change: weights, history, schema, start, plain model."""
    start = json.loads((run.folder / "run.json").read_text())
    history = [
        {k: v for k, v in event.items() if k != "seconds"} for event in run.history
    ]
    weights = [np.asarray(weight).tolist() for weight in run.model.network.weights]
    schema = run.model.schema.to_dict()
    plain = run.model.plain is not None
    return str([weights, history, schema, start["jit"], plain])


def test_a_run_is_its_folder_its_model_and_its_scores(plain):
    assert plain.finished
    assert [event["epoch"] for event in plain.history] == [0]
    assert {"train", "valid", "learning_rate", "seconds"} <= set(plain.history[0])
    assert 0 <= plain.evaluation.scores["accuracy"]["value"] <= 1
    assert set(plain.evaluation.columns_alone) == {"number", "category"}
    assert {"bundle", "checkpoints", "journal.jsonl", "recipe.yaml", "run.json"} <= {
        path.name for path in plain.folder.iterdir()
    }


def test_the_recipe_in_the_folder_has_every_column_written_out(plain):
    written = yaml.safe_load((plain.folder / "recipe.yaml").read_text())
    kinds = {
        name: c if isinstance(c, str) else c["modality"]
        for name, c in written["columns"].items()
    }
    assert kinds == {"number": "number", "category": "text", "other": "ignored"}


def test_the_same_again_is_the_same(plain, tmp_path):
    assert facts_of(train(tmp_path, pl.DataFrame(PLAIN))) == facts_of(plain)


def as_dataset(table):
    return pytest.importorskip("datasets").Dataset.from_dict(table)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table, as_dataset])
def test_tables_of_every_kind_are_one_table(plain, kind):
    wanted = plain.model.predict(PLAIN)
    assert plain.model.predict(kind(PLAIN)).equals(wanted)
    found = homodal.evaluate(plain.model, kind(PLAIN))
    assert found == homodal.evaluate(plain.model, PLAIN)


def test_a_path_and_pandas_train_alike(plain, tmp_path):
    frame = pd.DataFrame(PLAIN)
    frame.to_csv(tmp_path / "train.csv", index=False)
    frame.to_parquet(tmp_path / "train.parquet")
    from_path = train(tmp_path, str(tmp_path / "train.parquet"), "path")
    assert facts_of(from_path) == facts_of(plain)
    scores = homodal.evaluate(plain.folder, tmp_path / "train.csv").scores
    assert scores == homodal.evaluate(plain.model, frame).scores


def test_a_validation_table_is_what_is_validated_on(tmp_path):
    valid = {name: cells[:9] for name, cells in PLAIN.items()}
    run = train(tmp_path, valid=pd.DataFrame(valid))
    assert run.evaluation.rows == 9
    assert sum(run.model.preparation.target.facts["counts"]) == ROWS


def test_an_evaluation_is_json_as_promised(plain, tmp_path):
    evaluation = homodal.evaluate(plain.folder, PLAIN, out=tmp_path)
    saved = json.loads((tmp_path / "evaluation.json").read_text())
    assert saved["rows"] == ROWS
    assert set(saved["scores"]["accuracy"]) == {"value", "low", "high"}
    averaged = {
        f"{m}_{a}"
        for m in ("f1", "precision", "recall")
        for a in ("macro", "micro", "weighted")
    }
    assert averaged | {"accuracy", "balanced_accuracy", "log_loss"} == set(
        saved["scores"]
    )
    assert set(saved["columns_alone"]) == {"number", "category"}
    assert set(saved["columns_alone"]["number"]) == set(saved["scores"])
    assert saved["baseline"]["accuracy"]["value"] == pytest.approx(1 / 3)
    assert np.sum(saved["confusion"]["matrix"]) == ROWS
    assert saved == evaluation.to_dict()
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


def test_an_evaluation_is_what_predict_says(plain):
    answers = plain.model.predict(PLAIN)["label"].to_pylist()
    right = np.mean([a == b for a, b in zip(answers, PLAIN["label"], strict=True)])
    scores = homodal.evaluate(plain.model, PLAIN).scores
    assert scores["accuracy"]["value"] == pytest.approx(right)


def test_classes_never_seen_and_rows_without_label_are_reported_apart(plain):
    labels = ["new", "new", None, *PLAIN["label"][3:]]
    evaluation = homodal.evaluate(plain.model, PLAIN | {"label": labels})
    assert evaluation.unseen == {"new": 2}
    assert (evaluation.unlabelled, evaluation.scored) == (1, ROWS - 3)


def test_a_table_without_the_answers_cannot_be_evaluated(plain):
    table = {"number": [1.0], "lable": ["a"]}
    with pytest.raises(ColumnError, match=r"no column 'label'.*Did you mean 'lable'"):
        homodal.evaluate(plain.model, table)
    with pytest.raises(TableError, match="has no rows"):
        homodal.evaluate(plain.model, pa.table(PLAIN).slice(0, 0))


BAD = PLAIN | {"number": ["many"] * 4 + [str(n) for n in range(4, ROWS)]}


def test_too_many_bad_cells_stop_unless_allowed(tmp_path):
    with pytest.raises(TooManyBadCells, match=r"of column 'number'.*row .*--allow-bad"):
        train(tmp_path, BAD, "stopped")
    assert not (tmp_path / "stopped").exists()
    run = train(tmp_path, BAD, "allowed", allow_bad=True)
    evaluation = homodal.evaluate(run.model, BAD)
    assert evaluation.rows == ROWS
    reasons = evaluation.bad_cells["number"]
    assert sum(reasons.values()) == 4
    assert any("not a number: 'many'" in reason for reason in reasons)


@pytest.mark.parametrize(
    "changes, error, message",
    [
        ({"label": ["a"] * ROWS}, TargetError, "one class only.*'a' in all"),
        ({"label": [None] * ROWS}, TargetError, "'label' is empty in every row"),
        ({"label": ["a"] + [None] * (ROWS - 1)}, TargetError, "too few to train"),
        ({"number": [None] * ROWS, "category": PLAIN["category"]}, None, ""),
    ],
)
def test_tables_that_teach_nothing(tmp_path, changes, error, message):
    if error is None:  # a column without one cell is still a column that was told
        assert train(tmp_path, PLAIN | changes).finished
        return
    with pytest.raises(error, match=message):
        train(tmp_path, PLAIN | changes)
    assert not (tmp_path / "run").exists()


def test_a_target_is_a_name_even_where_yaml_sees_more(tmp_path):
    for name in ("no", "1", "a: b"):
        with pytest.raises(ColumnError, match=f"has no column '{name}'"):
            train(tmp_path, target=name)


def test_a_folder_that_holds_anything_is_left_alone(plain, tmp_path):
    with pytest.raises(TrainingError, match=r"already holds a run.*--resume"):
        homodal.train(PLAIN, target="label", out=plain.folder)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(TrainingError, match="already holds something else"):
        homodal.train(PLAIN, target="label", out=tmp_path)


def test_a_run_on_a_table_in_memory_needs_it_again(plain):
    with pytest.raises(TrainingError, match=r"table in memory.*Give it again"):
        homodal.resume(plain.folder)
    other = {name: cells[1:] for name, cells in PLAIN.items()}
    with pytest.raises(TrainingError, match="is not the table that"):
        homodal.resume(plain.folder, other)


def test_resuming_a_finished_run_changes_nothing(plain, tmp_path):
    folder = shutil.copytree(plain.folder, tmp_path / "run")
    assert facts_of(homodal.resume(folder, PLAIN)) == facts_of(plain)


def test_describe_shows_one_row_from_cell_to_logits():
    found = homodal.describe(PLAIN, target="label", settings=SETTINGS)
    assert found.homogeneous
    number = [s["stage"] for s in found.shapes if s["column"] == "number"]
    assert number == ["number (stored)", "number front", "cnn encoder"]
    assert found.shapes[-1] == {"column": "", "stage": "classify", "shape": [3]}
    assert found.estimate["rows"] == ROWS
    assert found.estimate["peak_memory_bytes"] > 2**24
    own = {"columns": {"number": {"modality": "number", "encoder": "rnn"}}}
    rnn = own["columns"]["number"]["encoder"] = {"name": "rnn", "width": 8}
    settings = {k: v for k, v in SETTINGS.items() if k != "columns"} | own
    other = homodal.describe(PLAIN, target="label", settings=settings)
    assert rnn and not other.homogeneous


CHANGES = {
    "target": {"target": "other"},
    "columns": {"columns": {"number": "category", "category": "category"}},
    "absent": {"absent": ["red"]},
    "encoder": {"encoder": {"name": "rnn", "width": 8, "depth": 1}},
    "share": {"share": "weights", "encoder": {"name": "rnn", "width": 8, "depth": 1}},
    "fusion": {"fusion": "mean"},
    "head": {"head": {"name": "classify", "label_smoothing": 0.2}},
    "epochs": {"training.epochs": 2},
    "batch_size": {"training.batch_size": 16},
    "learning_rate": {"training.learning_rate": 5e-4},
    "schedule": {"training.schedule": "linear"},
    "weight_decay": {"training.weight_decay": 0.5},
    "clip_norm": {"training.clip_norm": 1e-3},
    "precision": {"training.precision": "mixed_bfloat16"},
    "modality_dropout": {"training.modality_dropout": 0.5},
    "auxiliary_weight": {"training.auxiliary_weight": 0.0},
    "modality_dropout_schedule": {"training.modality_dropout_schedule": "falling"},
    "balance": {"training.balance": "ogm"},
    "contrastive_weight": {"training.contrastive_weight": 0.5},
    "imputation_weight": {"training.imputation_weight": 0.5},
    "validation": {"training.validation": 0.4},
    "plain": {"training.plain": False},
    "augment": {"augment": "strong"},
    "seed": {"training.seed": 1},
    "jit": {"training.jit": "on"},
}
# compared with a base of their own
OWN_BASE = {
    "share": {"encoder": {"name": "rnn", "width": 8, "depth": 1}},
    "patience": {"training.epochs": 3, "training.learning_rate": 1e-30},
}
OWN_BASE["balance_strength"] = CHANGES["balance"]
CHANGES["balance_strength"] = CHANGES["balance"] | {"training.balance_strength": 5.0}
CHANGES["patience"] = OWN_BASE["patience"] | {"training.patience": 1}


@pytest.fixture(scope="module")
def facts_with(tmp_path_factory):
    """`facts_with(settings)`, trained once for each."""
    known = {}

    def found(settings):
        key = json.dumps(settings, sort_keys=True)
        if key not in known:
            target = settings.get("target", "label")
            others = {k: v for k, v in settings.items() if k != "target"}
            folder = tmp_path_factory.mktemp("keys")
            run = train(folder, settings=others, target=target)
            known[key] = facts_of(run)
        return known[key]

    return found


@pytest.mark.parametrize("key", [*Recipe.model_fields, *Training.model_fields])
def test_every_key_of_the_recipe_changes_something(plain, facts_with, key):
    if key == "training":  # its keys are tested each
        return
    before = facts_with(OWN_BASE[key]) if key in OWN_BASE else facts_of(plain)
    assert facts_with(CHANGES[key]) != before


BALANCES = {*get_args(Training.model_fields["balance"].annotation)}
BALANCES -= {"ogm", "blend", "umt"}  # above, and in `training/test_rehearsal.py`


@pytest.mark.parametrize("balance", sorted(BALANCES))
def test_every_balance_changes_what_is_learned(plain, tmp_path, balance):
    changes, before = {"training.balance": balance}, plain
    if balance == "mmcosine":  # which adds up the columns' own answers
        late = {"fusion": {"name": "late", "rule": "sum"}}
        before, changes = train(tmp_path, settings=late, name="late"), late | changes
    found = train(tmp_path, settings=changes)
    losses = [run.history[-1]["valid"]["log_loss"] for run in (found, before)]
    assert (losses[0] == losses[1]) is (balance == "none")


def test_an_unknown_key_names_the_near_one(tmp_path):
    with pytest.raises(RecipeError, match=r"training.epoch'.*Did you mean 'epochs'"):
        train(tmp_path, settings={"training.epoch": 3})


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory, tiny_table):
    folder = tmp_path_factory.mktemp("every_kind")
    kinds = ("text", "image", "audio", "video", "number")
    return folder, tiny_table(folder, kinds, rows=15)


@pytest.mark.parametrize("name", named())
def test_every_named_recipe_trains(every_kind, tmp_path, name):
    folder, table = every_kind
    recipe = Recipe.open(name)
    mixed = "name" not in recipe.encoder
    places = [f"encoder.{kind}" for kind in recipe.encoder] if mixed else ["encoder"]
    small = {f"{p}.{o}": v for p in places for o, v in (("width", 8), ("depth", 1))}
    kinds = {f"columns.{kind}": kind for kind in table if kind != "label"}
    quick = {"epochs": 1, "batch_size": 8, "auxiliary_weight": 0}
    quick = {f"training.{key}": value for key, value in quick.items()}
    run = homodal.train(
        table,
        target="label",
        recipe=name,
        settings=small | kinds | quick,
        columns=None if mixed else ["text", "image"],
        out=tmp_path / "run",
        media_root=folder,
    )
    used = {c.modality: c.encoder["name"] for c in run.model.preparation.columns}
    if mixed:
        assert used == {kind: e["name"] for kind, e in recipe.encoder.items()}
    else:
        assert used == dict.fromkeys(["text", "image"], recipe.encoder["name"])
    loss = run.history[-1]["train"]["loss"]
    assert np.isfinite(loss)


def test_all_errors_are_of_one_family():
    with pytest.raises(HomodalError, match="no recipe 'nowhere'"):
        homodal.train(PLAIN, target="label", recipe="nowhere")


def test_a_starved_column_is_told_once_by_its_own_name(tmp_path, capsys):
    journal = Journal(tmp_path)
    figures = {"face": (0.9, 2.0), "column_1": (0.2, 0.1)}
    columns = {
        slug: {"accuracy": right, "loss": 1.0, "gradient": gradient}
        for slug, (right, gradient) in figures.items()
    }
    journal.write("epoch", epoch=0, columns=columns)
    names = {"face": "face", "语音": "column_1"}
    named = [PreparedColumn(n, slug, "image", {}, {}) for n, slug in names.items()]
    target = PreparedTarget("y", "label", {})
    for _ in range(2):  # a run that is resumed does not repeat it
        api._warn_of_starved(journal, Preparation(tuple(named), target))
    said = capsys.readouterr().err
    assert said.count("'语音' gets 5% of the gradient of 'face'") == 1
    assert "training.balance=ogm" in said
    assert [e["column"] for e in journal.read()[1:]] == ["语音"]


@pytest.mark.usefixtures("traced")
def test_intent_and_slots_are_learned_together(tmp_path, commands):
    table = commands(160)
    settings = {
        "encoder": "{name: cnn, width: 16, depth: 1}",
        "training.epochs": 8,
        "training.batch_size": 8,
        "training.jit": "off",
        "columns.slots.crf": True,
    }
    run = homodal.train(
        table,
        target=["intent", "slots"],
        columns=["text", "size"],
        settings=settings,
        out=tmp_path / "run",
    )
    scores = run.evaluation.scores
    assert next(iter(scores)) == "all_right"
    assert scores["slots: f1"]["value"] > 0.9
    assert scores["intent: accuracy"]["value"] > 0.9
    assert run.model.recipe.columns["slots"]["crf"] is True
    answers = homodal.load(run.folder).predict(table)
    texts, slots = table["text"], answers.column("slots").to_pylist()
    assert [len(s.split()) for s in slots] == [len(t.split()) for t in texts]
    again = homodal.evaluate(run.folder, table).details["slots"]["spans"]
    assert set(again) == {"artist", "city"}
    # without its text a row has an intent, and no words to tag
    row = run.model.predict({"text": [None], "size": [1.0]}).to_pylist()[0]
    assert (row["slots"], row["slots: confidence"]) == ("", [])
    assert row["intent"] in ("artist", "city")
