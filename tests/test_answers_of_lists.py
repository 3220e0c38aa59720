"""Targets that are lists: recognised, trained and answered for what they are."""

import json

import numpy as np
import pytest

import homodal
from homodal.data.schema import recognise, schema_of
from homodal.errors import TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table

ROWS = 60
X = np.random.default_rng(0).normal(size=ROWS).round(3)
INPUTS = {
    "number": X.tolist(),
    "category": ["pq"[int(v > 0)] for v in X],
    "text": [
        f"the bird {'flies' if v > 0 else 'sings'} by {i}" for i, v in enumerate(X)
    ],
    "short text": ["up" if v > 0 else "down" for v in X],
}
TARGETS = {
    "number": [[round(float(v), 3), round(float(2 * v), 3)] for v in X],
    "label": [[int(v > 0), int(v <= 0)] for v in X],
    "labels": [[int(v > 0), int(v > 1), 1] for v in X],
}
TARGETS |= {
    f"{kind} in text": [json.dumps(c) for c in TARGETS[kind]] for kind in TARGETS
}
TARGETS["number of whole"] = [[int(9 * v), int(5 * v)] for v in X]
TARGETS["labels by their numbers"] = [[3] if v > 0 else [4, 5] for v in X]
TARGETS["labels of names"] = [["a"] if v > 0 else ["b", "c"] for v in X]
TARGETS["label of floats"] = [np.eye(4)[int(v > 0)] for v in X]
SETTINGS = {
    "encoder.width": 8,
    "encoder.depth": 1,
    "training.epochs": 8,
    "training.learning_rate": 0.02,
    "columns.x": "number",
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("kind", INPUTS)
def test_each_is_recognised_beside_each_kind_of_input(target, kind):
    table = Table.open({"in": INPUTS[kind], "y": TARGETS[target]})
    (found,) = schema_of(table, Recipe(target="y")).targets
    assert found.modality == target.split()[0]


def trained(cells, tmp_path, **settings):
    table = {"x": X.tolist(), "y": cells}
    return homodal.train(
        table, target="y", settings=SETTINGS | settings, out=tmp_path / "run"
    )


def test_one_hot_rows_are_classes(tmp_path):
    cells = np.eye(3, dtype=int)[np.where(X > 0, 2, 0)].tolist()
    run = trained(cells, tmp_path, **{"columns.y.names": ["cat", "emu", "dog"]})
    assert run.model.classes == ["cat", "dog"]
    assert run.evaluation.scores["accuracy"]["value"] > 0.8
    loaded = homodal.load(run.folder)
    answers = loaded.predict({"x": [-2.0, 2.0]}).column("y")
    assert answers.to_pylist() == ["cat", "dog"]
    scores = homodal.evaluate(run.folder, {"x": X.tolist(), "y": cells}).scores
    assert scores["accuracy"]["value"] > 0.8


def test_multi_hot_rows_are_sets_of_labels(tmp_path):
    run = trained(TARGETS["labels"], tmp_path)
    assert run.model.target.part == "labels"
    found = homodal.load(run.folder).predict({"x": [-2.0, 2.5]}).column("y")
    few, many = found.to_pylist()
    assert few == ["2"] and {"0", "2"} <= set(many)


def test_a_cell_that_is_no_such_list_is_named_with_its_row(tmp_path):
    cells = [list(each) for each in TARGETS["label"]]
    cells[6] = [1, 1]
    (found,) = recognise(
        Table.open({"x": X.tolist(), "y": cells}), Recipe(target="y")
    ).targets
    assert found.modality == "labels"  # two at once: no classes
    cells[6] = [0, 2]
    with pytest.raises(TargetError, match=r"row 7 of 'y' .*list of 2 zeros and ones"):
        trained(cells, tmp_path)
