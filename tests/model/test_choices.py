import pytest

from homodal.errors import PartError
from homodal.model.choices import chosen_parts, timed_fusions
from homodal.recipe import Recipe


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
