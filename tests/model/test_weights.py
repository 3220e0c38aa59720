"""Weights have stable names that say which column they belong to."""

import keras
import numpy as np
import pytest

from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.errors import BundleError
from homodal.model.build import build
from homodal.model.weights import assign, named_variables, named_weights, to_numpy
from homodal.recipe import Recipe
from homodal.tables.table import Table

TABLE = {
    "words": ["a red bird", "the blue sea", "a red house", "far away", "a song"] * 2,
    "more": ["some words", "that go on", "and on", "for ever", "and end"] * 2,
    "label": list("ab") * 5,
}


def made(encoder="{name: rnn, width: 8, depth: 1}", **settings):
    recipe = Recipe().with_settings({"target": "label", "encoder": encoder} | settings)
    table = Table.open(TABLE)
    preparation = prepare(table, recognise(table, recipe), recipe, np.arange(10))
    return build(recipe, preparation)


@pytest.fixture(scope="module")
def network():
    return made()


def test_every_variable_has_one_name(network):
    named = named_variables(network)
    assert {id(v) for v in named.values()} == {id(v) for v in network.variables} | {
        id(v) for v in network.dropout.variables
    }
    assert len({id(v) for v in named.values()}) == len(named)


@pytest.mark.parametrize("balance", ["agm", "ogm_ge", "opm", "pmr", "blend", "umt"])
def test_what_strategies_learn_and_keep_is_among_them(balance):
    """Or a run that goes on forgets it, and a bundle guesses no absent column."""
    more = {"balance": balance, "contrastive_weight": 0.1, "imputation_weight": 0.1}
    strategic = made(**{f"training.{key}": value for key, value in more.items()})
    own = {id(v) for v in strategic.strategies.variables}
    assert own and own <= {id(v) for v in named_variables(strategic).values()}
    guess = {id(v) for v in strategic.strategies.imputation.weights}
    assert guess <= {id(v) for v in named_weights(strategic).values()}


def test_names_say_the_column_and_the_layer(network):
    scopes = {name.partition(".0")[0] for name in named_weights(network)}
    own = {f"{c}.{p}" for c in ("words", "more") for p in ("front", "encoder")}
    assert own <= scopes
    assert {"words.absent", "more.head", "fusion", "head"} <= scopes


def test_names_are_the_same_in_a_second_network_of_one_process(network):
    keras.layers.Dense(3)  # Keras counts its layers over the whole process
    assert list(named_weights(made())) == list(named_weights(network))


def test_a_shared_weight_is_named_once():
    shared = made(share="weights")
    named = named_weights(shared)
    assert len({id(v) for v in named.values()}) == len(named)
    assert len(named) < len(named_weights(made()))


def test_states_of_random_generators_are_no_weights(network):
    names = set(named_variables(network)) - set(named_weights(network))
    assert names and all("seed" in name for name in names)


def test_there_and_back(network):
    other = made(**{"training.seed": 7})
    saved = to_numpy(named_weights(network))
    assign(named_weights(other), saved, "here")
    for name, array in to_numpy(named_weights(other)).items():
        np.testing.assert_array_equal(array, saved[name])


def test_a_scalar_stays_a_scalar(network):
    shapes = {n: tuple(v.shape) for n, v in named_variables(network).items()}
    assert {n: a.shape for n, a in to_numpy(named_variables(network)).items()} == shapes


def test_another_shape_is_refused(network):
    saved = to_numpy(named_weights(network))
    name = next(iter(saved))
    wrong = saved | {name: np.zeros((3, 1), "float32")}
    with pytest.raises(BundleError, match=rf"'{name}' in here has another shape.*3, 1"):
        assign(named_weights(network), wrong, "here")


def test_weights_of_another_network_are_refused(network):
    saved = to_numpy(named_weights(network))
    last = [name for name in saved if name.startswith("head.")][-1]
    saved["foreign"] = saved.pop(last)
    message = rf"missing \['{last}'\], unknown \['foreign'\]"
    with pytest.raises(BundleError, match=message):
        assign(named_weights(network), saved, "here")
