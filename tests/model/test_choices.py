import numpy as np
import pytest

from homodal.data.schema import Column, Schema, recognise
from homodal.errors import ColumnError, PartError, RecipeError
from homodal.model.choices import chosen_parts, suited, timed_fusions
from homodal.recipe import Recipe
from homodal.tables.table import Table


def test_auto_is_the_head_of_the_target_and_a_fusion_that_fits_it():
    found = chosen_parts(Recipe(), ["label"], columns=2)
    assert found == {"fusion": {"name": "gated"}, "head": {"name": "classify"}}
    assert chosen_parts(Recipe(), ["number"], columns=1)["head"]["name"] == "regress"
    found = chosen_parts(Recipe(), ["label", "number"], columns=2)
    assert found == {"fusion": {"name": "gated"}, "head": {"name": "several"}}


def test_what_the_recipe_names_stays():
    recipe = Recipe.from_dict(
        {"fusion": {"name": "mean"}, "head": {"dropout": 0.5, "name": "auto"}}
    )
    found = chosen_parts(recipe, ["label"], columns=2)
    assert found == {
        "fusion": {"name": "mean"},
        "head": {"dropout": 0.5, "name": "classify"},
    }


def test_options_are_checked_where_auto_becomes_a_name():
    recipe = Recipe.from_dict({"head": {"name": "auto", "dropuot": 0.5}})
    with pytest.raises(PartError, match="'dropuot' of head 'classify'"):
        chosen_parts(recipe, ["label"], columns=1)


def test_timed_fusions_keep_time():
    assert "early" in timed_fusions()
    assert "gated" not in timed_fusions()


def columns(*kinds, options=None):
    made = [
        Column(f"c{i}", "input", kind, options or {}) for i, kind in enumerate(kinds)
    ]
    return (*made, Column("said", "target", "transcript"))


def test_what_an_answer_wants_holds_where_nothing_is_told():
    recipe, schema = suited(Recipe(), Schema(columns("audio", "text")))
    assert recipe.encoder["name"] == "rnn" and recipe.training.epochs == 60
    assert schema.inputs[0].options["masked_frames"] > 0
    assert schema.inputs[1].options == {}
    _, schema = suited(Recipe(), Schema(columns("video")))
    assert schema.inputs[0].options["background"] == "subtracted"
    told = {"encoder.width": 32, "training.epochs": 3, "columns.c0.masked_frames": 1}
    told |= {"columns.c0.modality": "audio"}
    given = Schema(columns("audio", options={"masked_frames": 1}))
    recipe, schema = suited(Recipe().with_settings(told), given)
    assert recipe.encoder["name"] == "rnn" and recipe.encoder["width"] == 32
    assert recipe.training.epochs == 3
    assert schema.inputs[0].options["masked_frames"] == 1
    own = Recipe().with_settings({"encoder.row_halvings": 0, "target": "said"})
    own = own.with_settings({"columns.said": "transcript", "columns.c0": "text"})
    own = own.with_settings({"columns.c1": "audio"})
    table = Table.open({"c0": ["a"], "c1": [np.zeros(99)], "said": ["a b"]})
    recipe, _ = suited(own, recognise(table, own))
    assert recipe.encoder["name"] == "rnn" and recipe.encoder["row_halvings"] == 0
    recipe, _ = suited(Recipe().with_settings({"encoder": "cnn"}), given)
    assert recipe.encoder == {"name": "cnn"}


def test_an_answer_that_no_input_can_give_is_refused():
    with pytest.raises(ColumnError, match=r"'transcript' needs.*audio or video.*'c0'"):
        suited(Recipe(), Schema(columns("text")))


def test_classes_want_nothing():
    schema = Schema((Column("x", "input", "text"), Column("y", "target", "label")))
    assert suited(Recipe(), schema) == (Recipe(), schema)


def test_tags_need_the_steps_of_their_words():
    found = chosen_parts(Recipe(), ["label", "tags"], columns=2)
    assert found["fusion"]["name"] == "anchored"
    assert chosen_parts(Recipe(), ["tags"], columns=1)["head"]["name"] == "tag"
    recipe = Recipe.from_dict({"fusion": "early"})
    with pytest.raises(RecipeError, match=r"not keep the words.*one of: anchored"):
        chosen_parts(recipe, ["tags"], columns=2)
    assert timed_fusions(of_words=True) == ["anchored"]
