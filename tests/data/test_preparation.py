"""Facts come from the training rows alone; names become slugs; JSON there and back."""

import json

import numpy as np
import pytest
import soundfile

from homodal.data.batches import PRESENT, TAUGHT, WEIGHT, mask_name
from homodal.data.preparation import (
    Preparation,
    PreparedColumn,
    PreparedTarget,
    prepare,
)
from homodal.data.schema import recognise
from homodal.errors import BadCell, TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table

RECIPE = Recipe.from_dict(
    {
        "target": "y",
        "columns": {
            "words": {"modality": "text", "units": "word", "min_count": 1},
            "size": "number",
            "colour": "category",
        },
    }
)
TRAIN = {
    "words": ["a red bird", "the blue sea", "a red house", None],
    "size": ["1", "2", "3", "4"],
    "colour": ["red", "blue", "red", "blue"],
    "y": ["yes", "no", "yes", "no"],
}
OTHERS = {
    "words": ["green meadows", "far away"],
    "size": ["1e9", "-7"],
    "colour": ["green", "violet"],
    "y": ["perhaps", "perhaps"],
}


def prepared(columns, rows, recipe=RECIPE):
    table = Table.open(columns)
    return prepare(table, recognise(table, recipe), recipe, np.array(rows))


@pytest.fixture(scope="module")
def preparation():
    return prepared(TRAIN, range(4))


def test_rows_that_do_not_train_teach_nothing(preparation):
    both = {name: TRAIN[name] + OTHERS[name] for name in TRAIN}
    assert prepared(both, range(4)).to_dict() == preparation.to_dict()
    assert prepared(both, range(6)).to_dict() != preparation.to_dict()


def test_facts_of_each_column(preparation):
    words, size, colour = preparation.columns
    assert "meadows" not in words.facts["tokenizer"]
    assert size.facts["location"] == pytest.approx(2.5)
    assert colour.facts["categories"] == ["blue", "red"]
    assert preparation.target.facts == {"classes": ["no", "yes"], "counts": [2, 2]}


def test_cells_that_cannot_be_read_teach_nothing():
    sizes = {**TRAIN, "size": ["1", "2", "many", "3"]}
    facts = prepared(sizes, range(4)).columns[1].facts
    assert facts["location"] == pytest.approx(2.0)


def test_there_and_back_through_json(preparation):
    saved = json.loads(json.dumps(preparation.to_dict()))
    assert Preparation.from_dict(saved) == preparation


def test_one_class_only_is_refused():
    with pytest.raises(TargetError, match=r"one class only.*'yes' in all 2 rows"):
        prepared(TRAIN, [0, 2])


def test_front_options_are_options_and_facts(preparation):
    colour = preparation.columns[2]
    assert colour.front_options() == {"categories": ["blue", "red"]}


NAMES = [
    "word",
    "图片",
    "Word",
    "word mask",
    "present",
    "column_7",
    "2nd",
    "声音",
    "fusion",
    "!!",
    "x" * 60,
    "x" * 61,
    "weight",
    "taught",
]


def test_slugs_are_ascii_names_and_no_two_inputs_share_one():
    columns = {name: ["1", "2", "3", "5"] for name in NAMES} | {"y": TRAIN["y"]}
    told = dict.fromkeys(NAMES, "number")
    recipe = Recipe.from_dict({"target": "y", "columns": told})
    slugs = [c.slug for c in prepared(columns, range(4), recipe).columns]
    inputs = [PRESENT, WEIGHT, TAUGHT, *slugs, *map(mask_name, slugs)]
    assert len(set(inputs)) == len(inputs)
    assert all(slug.isidentifier() and slug.isascii() for slug in slugs)
    assert slugs[0] == "word"
    assert not {"fusion", "head", "dropout"} & set(slugs)


def test_what_no_cell_showed_is_as_the_modality_has_it():
    """A column of sounds none of which can be read still has a front."""
    column = PreparedColumn("x", "x", "audio", {}, {"name": "cnn"})
    assert column.front_options()["rate_hz"] == column.reader().rate_hz
    told = PreparedColumn("x", "x", "audio", {"rate_hz": 8000}, {"name": "cnn"})
    assert told.front_options()["rate_hz"] == 8000


def test_a_sound_to_be_said_is_no_answer_where_it_is_cut(tmp_path):
    for name, seconds in (("short", 0.2), ("long", 0.4)):
        noise = np.random.default_rng(0).normal(0, 0.1, round(seconds * 8000))
        soundfile.write(tmp_path / f"{name}.wav", noise, 8000)
    table = Table.open({"x": ["short.wav", "long.wav"]}, tmp_path)
    target = PreparedTarget("x", "speech", {}, {"rate_hz": 8000, "seconds": 0.3})
    whole, cut = target.cells(table)
    assert len(whole) == 1600
    assert isinstance(cut, BadCell) and "cut at 0.3 s" in str(cut)
