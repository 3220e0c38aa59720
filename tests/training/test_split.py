"""The split that a recipe asks for, in a run's folder as it was used."""

import csv
from collections import Counter

import numpy as np
import pytest

from homodal import api
from homodal.data.batches import WEIGHT
from homodal.data.schema import Column, Schema, recognise
from homodal.errors import ColumnError, RecipeError, TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.targets.label import Label
from homodal.training.session import open_session
from homodal.training.split import row_weights, split_rows

SIZES = np.linspace(-1, 1, 40) ** 3


def made(columns=None, **settings):
    rng = np.random.default_rng(0)
    table = Table.open(
        {
            "x": [float(v) for v in rng.normal(size=60)],
            "who": [f"s{row % 6}" for row in range(60)],
            "when": [f"2024-02-{1 + row % 28:02d}" for row in range(60)],
            "part": ["train"] * 40 + ["valid"] * 12 + ["test"] * 8,
            "much": [1.0 + row % 3 for row in range(60)],
            "label": ["ab"[row % 2] for row in range(60)],
        }
    )
    roles = {f"columns.{name}": role for name, role in (columns or {}).items()}
    ignored = {f"columns.{n}": "ignored" for n in ("who", "when", "part", "much")}
    recipe = Recipe().with_settings({"target": "label"} | ignored | roles | settings)
    return table, recipe, recognise(table, recipe)


def divided(columns=None, **settings):
    table, recipe, schema = made(columns, **settings)
    return split_rows(table, schema, recipe)


def test_by_group_time_and_column():
    train, valid = divided({"who": "group"})
    assert not {row % 6 for row in train} & {row % 6 for row in valid}
    train, valid = divided({"when": "time"})
    assert max(row % 28 for row in train) < min(row % 28 for row in valid)
    train, valid = divided({"part": "split"})
    assert train.tolist() == list(range(40)) and valid.tolist() == list(range(40, 52))


def test_a_group_is_one_however_it_is_written():
    table, recipe, schema = made({"who": "group"})
    odd = ["1", "1.0", " 1", "2 b", "2  b", "3"] * 10
    table = Table.open(table.arrow.set_column(1, "who", [odd]))
    train, valid = split_rows(table, schema, recipe)
    names = {row: " ".join(odd[row].split()).replace(".0", "") for row in range(60)}
    assert len(valid) and not {names[r] for r in train} & {names[r] for r in valid}


def test_by_fold_and_by_fold_of_groups():
    held = [divided(**{"training.validation": f"{k}/3"})[1].tolist() for k in (1, 2, 3)]
    assert sorted(row for rows in held for row in rows) == list(range(60))
    train, valid = divided({"who": "group"}, **{"training.validation": "1/3"})
    assert not {row % 6 for row in train} & {row % 6 for row in valid}
    assert len(valid) == 20


def test_names_that_are_one_class_to_the_target_are_one_in_the_split():
    """One rule: `cat ` is `cat`, 1.0 is 1; `Cat` is another class."""
    spellings = ["cat", " cat", "cat ", "c\u0061t"] * 5 + ["Cat"] * 20
    table = Table.open({"x": SIZES, "label": spellings})
    schema = recognise(table, recipe := Recipe(target="label"))
    train, valid = split_rows(table, schema, recipe)
    counts = Counter(Label().read(spellings[row]) for row in valid)
    assert counts == {"cat": 2, "Cat": 2}
    assert len(train) == 36
    mixed = Table.open({"x": SIZES, "label": ["1", "1.0", " 1", "2"] * 10})
    schema = recognise(mixed, recipe := Recipe(target="label"))
    _, valid = split_rows(mixed, schema, recipe)
    assert Counter(row % 4 == 3 for row in valid) == {False: 3, True: 1}


def test_an_answer_that_is_none_is_named_with_its_row():
    cells = ["1", "2", "3", "good", "2"] * 8
    table = Table.open({"x": np.arange(40.0), "label": cells})
    recipe = Recipe(target="label", columns={"label": {"modality": "ordinal"}})
    schema = Schema(
        (Column("x", "input", "number"), Column("label", "target", "ordinal"))
    )
    with pytest.raises(TargetError, match=r"8 answers of 'label'.*row 4:"):
        split_rows(table, schema, recipe)


def test_a_split_column_without_validation_rows_gives_some_of_its_training_rows():
    table, recipe, _ = made({"part": "split"})
    parts = ["train" if part == "valid" else part for part in table.cells("part")]
    column = table.columns.index("part")
    arrow = table.arrow.set_column(column, "part", [parts])
    table = Table(arrow, table.root)
    train, valid = split_rows(table, recognise(table, recipe), recipe)
    assert sorted([*train, *valid]) == list(range(52)) and len(valid) >= 4


@pytest.fixture
def copied(tmp_path):
    """Twelve pictures, of which the first and the last are one, and their split."""
    from PIL import Image

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (12, 4, 4, 3), dtype=np.uint8)
    pixels[11] = pixels[0]
    names = [f"{row}.png" for row in range(12)]
    for name, each in zip(names, pixels, strict=True):
        Image.fromarray(each).save(tmp_path / name)
    columns = {"x": names, "when": list(range(12)), "label": list("ab") * 6}
    columns["part"] = ["train"] * 8 + ["valid"] * 4
    table = Table.open(columns, tmp_path)
    return lambda **told: split_rows(
        table,
        recognise(table, recipe := Recipe(target="label", columns=told)),
        recipe,
    )


def test_a_picture_of_two_times_does_not_straddle(copied):
    train, valid = copied(when="time", part="ignored")
    assert train.tolist() == list(range(1, 11)) and valid.tolist() == [0, 11]


def test_a_told_split_that_a_picture_straddles_is_said(copied, capsys):
    train, valid = copied(part="split", when="ignored")
    assert train.tolist() == list(range(8)) and valid.tolist() == [8, 9, 10, 11]
    said = capsys.readouterr().err
    assert (
        "1 of 4 validation rows hold media" in said
        and "(row 12: that of row 1)" in said
    )


def test_what_cannot_be_is_said():
    with pytest.raises(
        RecipeError, match=r"named twice.*time and split|group and time"
    ):
        divided({"when": "time", "who": "group"})
    with pytest.raises(RecipeError, match="Two columns are 'group'"):
        divided({"when": "group", "who": "group"})
    with pytest.raises(RecipeError, match=r"'training.validation'.*Got '4/3'"):
        divided(**{"training.validation": "4/3"})
    table, recipe, schema = made({"part": "group"})
    one = Table(table.arrow.set_column(3, "part", [["s"] * 60]), table.root)
    with pytest.raises(TargetError, match="two groups"):
        split_rows(one, schema, recipe)


def test_weights_reach_the_loss_with_a_mean_of_one():
    table, recipe, schema = made({"much": "weight"})
    session = open_session(table, recipe)
    batches = session.train.batches(8, seed=0)
    order = batches.order(0)
    inputs, _ = batches.batch(0, order=order)
    weights = row_weights(table, schema, session.train.numbers)
    np.testing.assert_allclose(weights[session.train.numbers].mean(), 1.0)
    np.testing.assert_allclose(inputs[WEIGHT], weights[order[:8]], rtol=1e-6)
    assert inputs[WEIGHT].max() / inputs[WEIGHT].min() > 1.5
    assert WEIGHT not in session.valid.batches(8).batch(0)[0]


@pytest.mark.parametrize("cell", [None, -1.0, float("inf")])
def test_rows_without_a_weight(cell):
    table, _, schema = made({"much": "weight"})
    cells = table.cells("much")
    cells[4] = cell
    other = Table(table.arrow.set_column(4, "much", [cells]), table.root)
    with pytest.raises(ColumnError, match="Row 5 has no weight in 'much'"):
        row_weights(other, schema, np.arange(10))


def test_the_split_is_written_beside_the_run(table, settings, tmp_path):
    run = api.train(
        table, settings=settings(epochs=1), columns=["size"], out=tmp_path / "a"
    )
    with (run.folder / "split.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["row"]) for row in rows] == list(range(1, 49))
    parts = [row["part"] for row in rows]
    assert set(parts) == {"train", "valid"} and 3 <= parts.count("valid") <= 12


def test_weighted_rows_are_learned_and_others_are_not(tmp_path):
    """Half of the rows say the opposite, with next to no weight."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    wrong = np.arange(400) % 2 == 0
    label = np.where((x > 0) ^ wrong, "up", "down")
    table = {"x": x, "w": np.where(wrong, 1e-3, 1.0), "label": label}
    run = api.train(
        table,
        target="label",
        settings={
            "columns.w": "weight",
            "columns.x": "number",
            "encoder.width": 8,
            "encoder.depth": 1,
            "training.epochs": 3,
            "training.patience": 9,
            "training.learning_rate": 0.01,
        },
        out=tmp_path / "run",
    )
    right = run.model.predict({"x": [2.0, -2.0]}).column("label").to_pylist()
    assert right == ["up", "down"]


@pytest.fixture
def folder(tmp_path):
    """Rows of train and test in a folder, a file each."""
    rng = np.random.default_rng(0)
    for name, rows in (("train", 40), ("test", 10)):
        lines = [f"{rng.normal():.4f},{'ab'[row % 2]}" for row in range(rows)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["x,label", *lines]))
    return tmp_path


def test_a_test_file_in_a_folder_trains_and_validates_nothing(folder, capsys):
    table = Table.open(folder)
    test = {row for row, part in enumerate(table.cells("split")) if part == "test"}
    recipe = Recipe.open(None).for_target("label")
    session = open_session(table, recipe)
    assert len(test) == 10 and len(session.train.numbers) > 30
    assert not test & {*session.train.numbers, *session.valid.numbers}
    line = "Column 'split' divides the rows by names of folders or files: test 10, tra"
    assert line in capsys.readouterr().err
    with_valid = open_session(table, recipe, valid=Table.open(folder / "test.csv"))
    assert not test & {*with_valid.train.numbers}
    ignored = recipe.with_settings({"columns.split": "ignored"})
    assert open_session(table, ignored).schema.with_role("split") is None


def test_a_split_without_rows_to_train(folder):
    (folder / "train.csv").rename(folder / "valid.csv")
    recipe = Recipe.open(None).for_target("label")
    with pytest.raises(TargetError, match="No row with an answer is of 'split' train"):
        open_session(Table.open(folder), recipe, valid=Table.open(folder / "test.csv"))
