"""What `describe` says is what `train` would build."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import yaml

from homodal import pages
from homodal.data.schema import Column, Schema, recognise
from homodal.errors import ColumnError, TableError, TargetError
from homodal.model.build import build
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.describe import describe
from homodal.training.session import open_session


@pytest.fixture(scope="module")
def described(table, settings):
    return describe(table, settings=settings())


def test_shapes_of_one_row(described):
    shapes = {(s["column"], s["stage"]): s["shape"] for s in described.shapes}
    assert shapes["face", "image (stored)"] == [8, 8, 3]
    assert shapes["face", "image front"] == [8, 8, 3]
    block = "table (2 columns)"  # size and mass
    assert shapes[block, "number (stored)"] == [2, 1]
    assert shapes[block, "number front"] == [2, 8]
    assert shapes[block, "cnn encoder"] == [2, 8]
    steps = shapes["text", "text (stored)"][0]
    assert shapes["text", "text front"] == [steps, 64]
    assert shapes["text", "cnn encoder"] == [steps, 8]
    assert described.shapes[-1] == {"column": "", "stage": "classify", "shape": [3]}


def test_every_weight_is_counted_once(described, opened):
    run = opened(["text", "size", "mass", "face"])
    weights = run.network.trainable_weights
    assert sum(described.parameters.values()) == sum(np.prod(w.shape) for w in weights)
    assert set(described.parameters) == {
        *("text", "table", "face"),
        *("fusion", "heads"),
    }


def test_shared_weights_count_once(table, settings):
    shared = settings() | {"encoder.name": "rnn", "share": "weights"}
    found = describe(table, settings=shared, columns=["size", "mass"])
    recipe = Recipe().with_settings(shared)
    session = open_session(Table.open(table), recipe, only=["size", "mass"])
    weights = build(session.recipe, session.preparation).trainable_weights
    assert sum(found.parameters.values()) == sum(np.prod(w.shape) for w in weights)


def test_the_estimate(described):
    estimate = described.estimate
    assert estimate["rows"] == 48
    assert estimate["steps"] == 3 * 6  # epochs; 43 rows in batches of 8
    assert estimate["seconds_a_step"] > 0
    seconds = estimate["seconds_a_step"] * estimate["steps"]
    assert estimate["training_seconds"] == pytest.approx(seconds)
    pictures = 36 * 8 * 8 * 3
    assert estimate["decoded_bytes"] > pictures
    assert 2**20 < estimate["peak_memory_bytes"] < 2**40
    json.dumps([estimate, described.parameters, described.shapes])


def test_cells_are_counted_by_what_became_of_them(described, capsys):
    assert set(described.cells) == {"text", "size", "mass", "face"}
    face = described.cells["face"]
    assert face["ok"] + face["absent"] == face["rows"] == 48
    changed = {"face": face | {"repaired": 2, "repairs": {"truncated image": 2}}}
    pages.show_description(replace(described, cells=changed))
    line = "cells of 'face' are repaired: 2 x truncated image"
    assert line in " ".join(capsys.readouterr().out.split())


def test_homogeneous_or_not(described, table, settings):
    assert described.homogeneous
    mixed = settings(epochs=1)
    del mixed["encoder"]
    mixed["encoder"] = {
        "number": {"name": "cnn", "width": 8, "depth": 1},
        "image": {"name": "rnn", "width": 8, "depth": 1},
    }
    found = describe(table, settings=mixed, columns=["size", "face"])
    assert not found.homogeneous


def test_the_columns_with_their_evidence(described):
    roles = {c.name: (c.role, c.modality) for c in described.schema.columns}
    assert roles["label"] == ("target", "label")
    assert roles["face"] == ("input", "image")
    assert all(column.why for column in described.schema.columns)


def test_errors_are_those_of_train(table, settings, tmp_path):
    with pytest.raises(ColumnError, match="has no column 'nothing'"):
        describe(table, target="nothing")
    (tmp_path / "empty.csv").write_text("label,size\n")
    with pytest.raises(TableError, match="has no rows"):
        describe(tmp_path / "empty.csv", settings=settings())


def test_the_recipe_can_be_edited_and_given_back(described, table, tmp_path):
    text = described.to_yaml()
    assert re.search(r"^  face: .*image.*  # \d+%: ", text, re.M)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    again = Recipe.open(path)
    assert again == described.recipe
    path.write_text(re.sub(r"  face: .*", "  face: ignored", text), encoding="utf-8")
    schema = recognise(Table.open(table), Recipe.open(path))
    assert "face" not in [column.name for column in schema.inputs]


def test_odd_names_stay_what_they_are_in_yaml(described):
    names = ["no", "1", "a: b", "猫", "x\ny", "#", "caf\u00e9 \x85"]
    columns = tuple(Column(name, "ignored", why="a\nb") for name in names)
    told = {"columns": dict.fromkeys(names, "ignored"), "target": "yes: 1"}
    odd = replace(
        described, schema=Schema(columns), recipe=Recipe.from_dict(told)
    ).to_yaml()
    assert yaml.safe_load(odd)["target"] == "yes: 1"
    assert list(yaml.safe_load(odd)["columns"]) == names


def test_an_answer_that_cannot_be_read_is_named_by_the_row_of_the_table():
    numbers = [f"{row / 8}" for row in range(400)]
    for row in (300, 350, 390):
        numbers[row] = "many"
    table = {"x": [float(row % 7) for row in range(400)], "y": numbers}
    with pytest.raises(TargetError, match=r"3 answers .* row 301: .* row 351: "):
        describe(table, target="y")
