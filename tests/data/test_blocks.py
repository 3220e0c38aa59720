"""Which columns are one entry, and how their cells stand side by side."""

import numpy as np
import pytest

from homodal.data.batches import Batches
from homodal.data.blocks import entries_of, stored_columns
from homodal.data.preparation import Preparation, prepare
from homodal.data.schema import recognise
from homodal.recipe import Recipe
from homodal.tables.table import Table

ROWS = 30
KINDS = {
    "age": "number",
    "colour": "category",
    "height": "number",
    "words": "text",
    "born": "date",
    "place": "vector",
}


def cells(rows=ROWS):
    rng = np.random.default_rng(0)
    day = [f"2021-0{n % 9 + 1}-1{n % 7}" for n in range(rows)]
    return {
        "age": [None if n % 5 == 0 else float(rng.normal()) for n in range(rows)],
        "colour": rng.choice(["red", "blue"], rows).tolist(),
        "height": [float(rng.normal()) for _ in range(rows)],
        "words": rng.choice(["a b c", "b c d e"], rows).tolist(),
        "born": day,
        "place": rng.normal(size=(rows, 3)).round(2).tolist(),
        "label": [str(n % 2) for n in range(rows)],
    }


def prepared(table, columns=KINDS, **settings):
    kinds = {f"columns.{name}": KINDS[name] for name in columns}
    recipe = Recipe().with_settings({"target": "label"} | kinds | settings)
    schema = recognise(table, recipe, only=list(columns))
    return prepare(table, schema, recipe, np.arange(len(table)))


@pytest.fixture(scope="module")
def table():
    return Table.open(cells())


def test_columns_of_a_block_are_one_entry(table):
    block, words = entries_of(prepared(table))
    assert (block.key, block.block) == ("table", True)
    assert block.slugs == ("age", "height", "colour", "born", "place")
    assert (words.key, words.block) == ("words", False)
    stacked = {group.name: group.stacked for group in block.groups}
    alone = {"colour": False, "born": False, "place": False}
    assert stacked == {"table_number": True, **alone}
    assert block.label == "table (5 columns)" and words.label == "words"


def test_a_block_of_one_column_is_that_column(table):
    [number, words] = entries_of(prepared(table, ["age", "words"]))
    assert (number.key, number.block, number.slugs) == ("age", False, ("age",))
    assert not words.block


def test_another_encoder_is_another_entry(table):
    encoder = {"columns.age.encoder": "{name: rnn, width: 64}"}
    preparation = prepared(table, ["age", "height", "colour"], **encoder)
    own, block = entries_of(preparation)
    assert own.slugs == ("age",) and block.slugs == ("colour", "height")


def test_columns_that_are_compared_have_entries_of_their_own(table):
    preparation = prepared(table, ["age", "height"], fusion="match")
    assert [entry.key for entry in entries_of(preparation)] == ["age", "height"]
    again = Preparation.from_dict(preparation.to_dict())
    assert [entry.key for entry in entries_of(again)] == ["age", "height"]


def test_names_of_blocks_are_no_columns():
    columns = cells() | {"table": list(range(1, ROWS + 1))}
    columns["table"][3] = 2.5
    columns["table_number"] = columns["height"][::-1]
    recipe = Recipe(target="label").with_settings(
        {f"columns.{name}": "number" for name in ("table", "table_number", "age")}
    )
    table = Table.open(columns)
    schema = recognise(table, recipe, only=["table", "table_number", "age"])
    [entry] = entries_of(prepare(table, schema, recipe, np.arange(ROWS)))
    names = {entry.key, *(group.name for group in entry.groups)}
    assert not names & {"table", "table_number", "age"}
    assert len(names) == 2


def test_cells_stand_side_by_side_as_they_are_stored(table, tmp_path):
    preparation = prepared(table)
    columns = stored_columns(table, preparation, tmp_path)
    rows = np.array([7, 0, 5, 29])
    inputs = Batches(columns, None, rows).inputs(rows)
    assert inputs["table_number"].shape == (4, 2, 1)
    present = dict(zip(columns, inputs["present"].T, strict=True))
    for place, name in enumerate(("age", "height")):
        for at, row in enumerate(rows):
            wanted = columns[name].array(row)
            there = inputs["table_number_mask"][at, place]
            assert there == present[name][at] == (wanted is not None)
            wanted = np.zeros(1) if wanted is None else wanted
            np.testing.assert_array_equal(inputs["table_number"][at, place], wanted)


def test_only_some_columns_are_shown(table, tmp_path):
    columns = stored_columns(table, prepared(table), tmp_path)
    rows = np.arange(ROWS)
    shown = Batches(columns, None, rows, only=("height",)).inputs(rows)["present"]
    place = list(columns).index("height")
    assert shown[:, place].all() and shown.sum() == ROWS


def test_many_cells_stand_in_a_file(table, tmp_path, monkeypatch):
    monkeypatch.setattr("homodal.data.blocks._IN_MEMORY_BYTES", 0)
    rows = np.arange(ROWS)
    columns = stored_columns(table, prepared(table), tmp_path)
    found = Batches(columns, None, rows).inputs(rows)["table_number"]
    monkeypatch.undo()
    columns = stored_columns(table, prepared(table), tmp_path)
    wanted = Batches(columns, None, rows).inputs(rows)["table_number"]
    np.testing.assert_array_equal(found, wanted)
