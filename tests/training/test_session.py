"""From a table to batches: who trains, who validates, and the recipe written out."""

import numpy as np
import pyarrow as pa
import pytest
import soundfile

from homodal.contracts import UNLABELLED
from homodal.errors import ColumnError, TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import (
    batch_size,
    encode_answers,
    epochs,
    learning_rate,
    lines_of_outliers,
    open_rows,
    open_session,
    write_quarantine,
)


def arrow(rows=30, labels="ab"):
    rng = np.random.default_rng(0)
    return pa.table(
        {
            "size": rng.normal(size=rows),
            "label": [labels[row % len(labels)] for row in range(rows)],
        }
    )


def session(table, valid=None, **settings):
    recipe = Recipe().with_settings({"target": "label"} | settings)
    valid = None if valid is None else Table.open(valid)
    return open_session(Table.open(table), recipe, valid=valid)


def test_every_labelled_row_is_on_one_side():
    table = arrow().append_column("note", pa.array([None] * 30, pa.string()))
    labels = table.column("label").to_pylist()
    labels[3] = None
    table = table.set_column(1, "label", pa.array(labels))
    made = session(table)
    train, valid = set(made.train.numbers.tolist()), set(made.valid.numbers.tolist())
    assert not train & valid
    assert train | valid == set(range(30)) - {3}
    assert {labels[row] for row in valid} == {"a", "b"}
    assert made.train.truth[3] == UNLABELLED


def test_the_share_held_out_is_the_recipes():
    sizes = [
        len(session(arrow(200), **{"training.validation": s}).valid.numbers)
        for s in (0.1, 0.4)
    ]
    assert sizes == [20, 80]


@pytest.mark.parametrize("copies", [2, 6, 19])
def test_equal_rows_stay_together_and_no_class_is_only_validated(copies):
    sizes = [1.0] * copies + [2.0] + [3.0 + i for i in range(20)]
    labels = ["a"] * (copies + 1) + ["b"] * 20
    for seed in range(4):
        table = pa.table({"size": sizes, "label": labels})
        made = session(table, **{"training.seed": seed})
        train = set(made.train.numbers.tolist())
        assert len(train & set(range(copies))) in (0, copies)
        assert {labels[row] for row in train} == {"a", "b"}


def test_a_table_for_validation():
    labels = ["a", "b", "z", None] * 2
    valid = pa.table({"size": np.arange(8.0), "label": labels})
    made = session(arrow(), valid)
    assert len(made.train.numbers) == 30
    assert made.valid.numbers.tolist() == [0, 1, 4, 5]
    assert made.valid.truth.tolist() == [0, 1, -1, UNLABELLED] * 2
    assert made.preparation.target.facts["classes"] == ["a", "b"]


def test_facts_come_from_training_rows_only():
    valid = pa.table({"size": [1e6, -1e6], "label": ["a", "b"]})
    facts = [session(arrow(), v).preparation.columns[0].facts for v in (valid, arrow())]
    assert facts[0] == facts[1]


def test_a_column_that_is_not_used_is_said(capsys):
    table = arrow().append_column("code", pa.array([f"k{row}" for row in range(30)]))
    opened = session(table)
    line = "Column 'code' is not used: identifier: every cell is different"
    assert line in capsys.readouterr().err
    assert [column.name for column in opened.schema.unused] == ["code"]


def test_cells_that_were_changed_are_counted_on_a_line_once(capsys):
    words = ["red house"] * 10 + ["red " * 40] * 3 + ["blue tree"] * 17
    table = arrow().append_column("words", pa.array(words))
    new = pa.table({"words": ["\u0436"] * 2, "label": ["a", "b"]})
    settings = {"columns.words": {"modality": "text", "max_tokens": 16}}
    opened = session(table, new, **settings)
    lines = capsys.readouterr().err.splitlines()
    cut = "3 of 30 cells of 'words' are repaired: 3 x cut at 16 tokens"
    unknown = (
        "2 of 2 cells of 'words' of the validation table are repaired: "
        "2 x no known token"
    )
    assert [line for line in lines if "'words'" in line] == [cut, unknown]
    recipe = Recipe().with_settings({"target": "label"} | settings)
    open_session(Table.open(table), recipe, preparation=opened.preparation)
    assert "'words'" not in capsys.readouterr().err


def test_a_validation_table_without_any_input_is_refused():
    with pytest.raises(ColumnError, match=r"has no input column.*'?size.*label"):
        session(arrow(), valid=arrow().drop_columns("size"))


def test_validation_rows_that_teach_nothing():
    valid = pa.table({"size": [1.0], "label": ["z"]})
    with pytest.raises(TargetError, match=r"No row of the validation table .*'label'"):
        session(arrow(), valid)


def test_too_few_rows():
    with pytest.raises(TargetError, match="too few to train and validate"):
        session(arrow(4))


def test_batch_size_by_rows():
    found = {rows: batch_size(rows) for rows in (1, 300, 512, 1023, 1024, 10**6)}
    assert found == {1: 8, 300: 8, 512: 16, 1023: 16, 1024: 32, 10**6: 64}


def test_epochs_by_rows():
    found = {rows: epochs(rows) for rows in (1, 1000, 1500, 2000, 10**6)}
    assert found == {1: 20, 1000: 20, 1500: 14, 2000: 10, 10**6: 10}


def test_learning_rate_by_batch_size():
    assert learning_rate(64) == 2e-3
    assert learning_rate(16) == pytest.approx(1e-3, rel=0.01)


def test_the_recipe_is_written_out(table):
    recipe = Recipe().with_settings({"target": "label", "columns.mass": "ignored"})
    made = open_session(Table.open(table), recipe).recipe
    modalities = {name: options["modality"] for name, options in made.columns.items()}
    assert modalities == {
        "text": "text",
        "size": "number",
        "mass": "ignored",
        "face": "image",
    }
    assert made.training.batch_size == 8
    assert made.columns["face"]["height_px"] == 8


def test_the_written_recipe_trains_the_same(table, whole, same_run, apart, tmp_path):
    apart("train", table, recipe=whole / "recipe.yaml", out=tmp_path / "run")
    same_run(tmp_path / "run", whole)


def test_rows_of_any_table_and_columns_it_lacks(table, fed):
    preparation = fed(["size", "text"]).session.preparation
    other = Table.open(pa.table({"size": [1.0, 2.0], "label": ["c", None]}))
    rows = open_rows(other, preparation)
    inputs, truth = rows.batches(2).batch(0)
    assert truth.tolist() == [2, UNLABELLED]
    assert inputs["present"].tolist() == [[False, True], [False, True]]
    assert encode_answers(other, preparation.target).tolist() == truth.tolist()


def test_only_hides_the_other_columns(fed):
    rows = fed(["size", "mass"]).session.train
    inputs, _ = rows.batches(4, only=("mass",)).batch(0)
    assert not inputs["present"][:, 0].any() and inputs["present"][:, 1].all()


def test_what_is_not_ok_is_listed_beside_the_run(tmp_path):
    columns = arrow().to_pydict()
    columns["size"] = [str(size) for size in columns["size"]]
    columns["size"][3], columns["size"][8] = "many", ""
    columns["label"][8] = None
    own = session(columns, **{"columns.size": "number"})
    write_quarantine(own, tmp_path)
    lines = (tmp_path / "quarantine.csv").read_text().splitlines()
    assert lines[0] == "row,column,status,reason"
    assert lines[1:] == [
        "4,size,bad,not a number: 'many'.",
        "9,size,absent,",
        "9,label,absent,",
    ]
    whole = arrow()
    write_quarantine(session(whole, valid=columns), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["quarantine-valid.csv"]


def test_answers_are_encoded_a_piece_at_a_time(monkeypatch):
    made = session(arrow())
    target = made.preparation.target
    whole = encode_answers(made.train.table, target)
    monkeypatch.setattr("homodal.data.answers.PIECE_ROWS", 7)
    monkeypatch.setattr("homodal.data.preparation.PIECE_ROWS", 4)
    np.testing.assert_array_equal(encode_answers(made.train.table, target), whole)
    again = session(arrow())
    assert again.preparation == made.preparation


def test_a_transcript_never_loses_sound_without_its_text(tmp_path):
    rng = np.random.default_rng(0)
    words = "one two three four five six".split()
    for row in range(12):
        seconds = 0.9 if row == 7 else 0.4
        noise = rng.normal(0, 0.1, round(8000 * seconds))
        soundfile.write(tmp_path / f"{row}.wav", noise, 8000)
    content = (tmp_path / "3.wav").read_bytes()
    (tmp_path / "3.wav").write_bytes(content[:4000])
    said = [f"{words[row % 6]} {words[row // 2]}" for row in range(12)]
    paths = [f"{row}.wav" for row in range(12)]
    opened = Table.open({"sound": paths, "said": said}, tmp_path)
    recipe = Recipe().with_settings(
        {
            "target": "said",
            "columns.said": {"modality": "transcript"},
            "training.validation": 0.4,
            "columns.sound": {"modality": "audio", "seconds": 0.5},
        }
    )
    with pytest.raises(TargetError, match="1 cells of column 'sound' are longer"):
        open_session(opened, recipe)
    made = open_session(opened, recipe.with_settings({"columns.sound.seconds": 1.0}))
    rows = {*made.train.numbers.tolist(), *made.valid.numbers.tolist()}
    assert rows == set(range(12)) - {3}


def test_answers_far_from_the_rest_are_named():
    rng = np.random.default_rng(0)
    numbers = rng.normal(100, 30, 60).tolist()
    recipe = Recipe().for_target("y")
    table = {"x": rng.normal(size=60), "y": numbers}
    assert list(lines_of_outliers(open_session(Table.open(table), recipe))) == []
    numbers[7] = 1e6
    (line,) = lines_of_outliers(open_session(Table.open(table), recipe))
    assert "1 of 60 answers of 'y' are far from the rest (row 8: 1e+06)" in line
    table["z"] = rng.normal(size=60)
    several = recipe.with_settings({"target": ["y", "z"]})
    (line,) = lines_of_outliers(open_session(Table.open(table), several))
    assert "(row 8: y 1e+06)" in line
