"""A target may be called anything: its answers survive, in the table and in files."""

import csv
import dataclasses
import json

import numpy as np
import pytest
from pyarrow import parquet

from homodal import api
from homodal.tables.answer_columns import figure_column
from homodal.tables.answers import write

ODD = [
    "status", "probability", "set", "probabilities", "probability of a", "status (2)",
    "a.b", 'say "x"', "it's", "a,b", "a\nb", "a\r\nb", "a\u2028b", "a\x85b", " a ",
    "=1+1", "列", "", "row", "label", "%s{}", "x" * 2000,
]  # fmt: skip


def renamed(model, name):
    target = dataclasses.replace(model.preparation.target, name=name)
    preparation = dataclasses.replace(model.preparation, target=target)
    return dataclasses.replace(model, preparation=preparation)


def predict(model, seen):
    folder, table = seen
    inputs = {name: cells[:6] for name, cells in table.items() if name != "label"}
    options = {"media_root": folder, "probabilities": True, "sets": 0.9}
    return model.predict(inputs, **options)


@pytest.mark.parametrize("name", ODD)
def test_the_answers_stand_under_the_targets_name(trained, seen, name, tmp_path):
    plain = predict(trained.model, seen)
    answers = predict(renamed(trained.model, name), seen)
    assert answers.column(name).to_pylist() == plain.column("label").to_pylist()
    for figure in ("probability", "set", "probabilities", "status"):
        assert (
            figure_column(answers, figure).to_pylist()
            == plain.column(figure).to_pylist()
        )
    assert len(set(answers.column_names)) == 5
    for suffix in (".csv", ".parquet", ".jsonl"):
        path = tmp_path / f"a{suffix}"
        write(answers, path, trained.model.classes)
        titles, cells = read_back(path, name)
        assert len(set(titles)) == 4 + len(trained.model.classes)
        assert cells == plain.column("label").to_pylist()


def read_back(path, name):
    """`(titles, cells of the column)`, by other readers than ours."""
    if path.suffix == ".parquet":
        table = parquet.read_table(path)
        return table.column_names, table.column(name).to_pylist()
    if path.suffix == ".jsonl":
        text = path.read_bytes().decode()
        rows = [json.loads(line) for line in text.split("\n") if line]
        return list(rows[0]), [row[name] for row in rows]
    with path.open(newline="", encoding="utf-8") as file:
        titles, *rows = csv.reader(file)
    return titles, [row[titles.index(name)] for row in rows]


def test_several_targets_named_like_each_others_figures(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    table = {
        "x": x.tolist(),
        "a": (3 * x + 1).tolist(),
        "a: low": ["yes" if value > 0 else "no" for value in x],
        "status": ["big" if abs(value) > 1 else "small" for value in x],
    }
    targets = ["a", "a: low", "status"]
    run = api.train(
        table,
        target=targets,
        columns=["x"],
        settings={
            "columns.a": "{modality: number, spread: gaussian}",
            "training.epochs": 2,
            "training.jit": "off",
        },
        out=tmp_path / "run",
    )
    answers = run.model.predict({"x": table["x"]}, probabilities=True)
    assert len(set(answers.column_names)) == len(answers.column_names)
    assert set(answers.column("a: low").to_pylist()) <= {"yes", "no"}
    assert set(answers.column("status").to_pylist()) <= {"big", "small"}
    low, high = (answers.column(f"a: {f}").to_pylist() for f in ("low (2)", "high"))
    middle = answers.column("a").to_pylist()
    assert np.all(np.less(low, middle)) and np.all(np.less(middle, high))
    assert set(figure_column(answers, "status").to_pylist()) == {"ok"}
    assert "a: low: accuracy" in run.evaluation.scores
