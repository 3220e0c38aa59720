"""A network is what the recipe and the preparation say, or an error that says why."""

import keras
import numpy as np
import pytest

from homodal.data.batches import PRESENT
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.errors import PartError, RecipeError
from homodal.model.build import build, seeded, trial_inputs
from homodal.recipe import Recipe
from homodal.tables.table import Table

TABLE = {
    "words": ["a red bird", "the blue sea", "a red house", "far away", "a song"] * 2,
    "more": ["some words", "that go on", "and on", "for ever", "and end"] * 2,
    "size": [1.0, 2.0, 3.0, 5.5, 8.0] * 2,
    "label": list("ab") * 5,
}
SMALL = {"target": "label", "encoder.width": 8, "encoder.depth": 1}


def of(columns=("words", "size"), **settings):
    recipe = Recipe().with_settings(SMALL | settings)
    table = Table.open(TABLE)
    schema = recognise(table, recipe, only=list(columns))
    return recipe, prepare(table, schema, recipe, np.arange(10))


def made(columns=("words", "size"), **settings):
    return build(*of(columns, **settings))


def test_every_column_has_its_front_its_encoder_and_its_token():
    network = made()
    assert network.slugs == ["words", "size"]
    for layers in (network.fronts, network.encoders, network.absent, network.heads):
        assert sorted(layers) == ["size", "words"]
    assert network.built and all(layer.built for layer in network.encoders.values())


def test_names_do_not_tell_how_many_networks_came_before():
    """TensorFlow adds up in the order of names: bits would depend on the process."""
    first, second = ([each.name for each in made()._flatten_layers()] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)


def test_parts_take_the_options_of_the_recipe():
    network = made(fusion="{name: concatenate, width: 24}", head="{name: classify}")
    assert type(network.fusion).__name__ == "Concatenate"
    assert network.fusion.width == 24
    assert network.encoders["words"].width == 8
    assert network.head.classes == ["a", "b"]


def test_each_column_may_have_its_own_encoder():
    own = {"columns.words": "{modality: text, encoder: {name: rnn, width: 8}}"}
    network = made(**own)
    assert type(network.encoders["words"]).__name__ == "Rnn"
    assert type(network.encoders["size"]).__name__ == "Cnn"


def test_widths_that_differ_are_refused():
    own = {"columns.words": "{modality: text, encoder: {name: rnn, width: 16}}"}
    with pytest.raises(RecipeError, match=r"differ in width.*'words': 16, 'size': 8"):
        made(**own)


def test_shared_weights_are_one_trunk():
    encoder = "{name: transformer, width: 8, depth: 1, heads: 2}"
    columns = ("words", "more")
    apart = made(columns, encoder=encoder)
    shared = made(columns, encoder=encoder, share="weights")
    words, more = shared.encoders["words"], shared.encoders["more"]
    assert words.trunk is more.trunk and words.stem is not more.stem
    assert shared.count_params() < apart.count_params()


def test_weights_are_shared_by_one_kind_of_encoder_only():
    own = {"columns.words": "{modality: text, encoder: {name: rnn, width: 8}}"}
    with pytest.raises(RecipeError, match=r"one encoder for all columns.*cnn, rnn"):
        made(share="weights", **own)
    with pytest.raises(RecipeError, match="'cnn' cannot share"):
        made(share="weights")


def test_an_unknown_option_value_of_a_part_is_refused():
    with pytest.raises(PartError, match="Unknown rule of fusion 'late'"):
        made(fusion="{name: late, rule: vote}")


def test_a_decision_fusion_of_one_column_has_that_columns_head():
    network = made(["size"], fusion="late")
    assert list(network.heads) == ["size"]


def test_trial_inputs_show_every_column():
    _, preparation = of()
    inputs = trial_inputs(preparation, rows=3, steps=5)
    assert inputs["words"].shape == (3, 5) and inputs["size"].shape == (3, 1)
    assert inputs[PRESENT].all() and inputs["words_mask"].all()


def test_precision_is_the_networks_own_and_not_left_behind():
    network = made(**{"training.precision": "mixed_bfloat16"})
    assert network.encoders["words"].compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "float32"


def test_a_failure_leaves_seed_and_precision_as_they_were():
    np.random.seed(5)
    wanted = np.random.random()
    np.random.seed(5)
    with pytest.raises(ZeroDivisionError), seeded(1):
        raise ZeroDivisionError
    assert np.random.random() == wanted


def test_tags_are_answered_from_their_words_and_the_rest_from_every_column():
    slots = ["O B-a", "B-a", "O O", "O", "B-b"] * 2
    table = Table.open(TABLE | {"slots": slots})
    settings = {"encoder.width": 8, "encoder.depth": 1}
    settings["columns.slots"] = "{modality: tags, of: words}"
    recipe = Recipe().with_settings(settings | {"target": ["label", "slots"]})
    schema = recognise(table, recipe, only=["words", "more", "size"])
    network = build(recipe, prepare(table, schema, recipe, np.arange(10)))
    assert set(network.heads["words"].heads) == {"label", "slots"}
    for other in ("more", "size"):
        assert set(network.heads[other].heads) == {"label"}
    assert (type(network.fusion).__name__, network.fusion.anchor) == (
        "Anchored",
        "words",
    )
    alone = recipe.with_settings({"target": "slots"})
    schema = recognise(table, alone, only=["words", "more", "size"])
    network = build(alone, prepare(table, schema, alone, np.arange(10)))
    assert set(network.heads) == {"words"}


def test_an_anchor_that_cannot_be_is_refused():
    with pytest.raises(RecipeError, match=r"'face' cannot anchor.*one of: size, words"):
        made(fusion="{name: anchored, anchor: face}")
    assert made(fusion="{name: anchored, anchor: size}").fusion.anchor == "size"
    assert made(fusion="anchored").fusion.anchor == "words"


def test_a_fusion_modulates_one_column_only_where_that_is_told():
    assert made(fusion="film").fusion.anchor is None
    assert made(fusion="{name: film, anchor: words}").fusion.anchor == "words"


def test_augmentations_are_those_of_the_level_and_the_column():
    assert made().augmented.augmentations == {}
    both = made(augment="strong").augmented.augmentations
    assert {n: [type(e).__name__ for e in each] for n, each in both.items()} == {
        "words": ["HideTokens", "SwapTokens"],
        "size": ["Jitter"],
    }
    own = {"columns.size": {"modality": "number", "augment": "none"}}
    assert set(made(augment="light", **own).augmented.augmentations) == {"words"}


def test_an_augmentation_that_no_column_takes_is_refused():
    with pytest.raises(RecipeError, match="No column takes the augmentation 'noise'"):
        made(augment=["noise"])


def test_columns_of_a_block_are_augmented_alike():
    own = {"columns.mass": {"modality": "number", "augment": "none"}}
    table = Table.open(TABLE | {"mass": TABLE["size"]})
    recipe = Recipe().with_settings(SMALL | {"augment": "light"} | own)
    schema = recognise(table, recipe, only=["size", "mass"])
    preparation = prepare(table, schema, recipe, np.arange(10))
    with pytest.raises(RecipeError, match="Columns of one block are augmented"):
        build(recipe, preparation)
