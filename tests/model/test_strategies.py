"""Training strategies on a whole network: what each promises to change."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from homodal.data.batches import PRESENT, mask_name
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.demo.tasks import paired
from homodal.errors import RecipeError
from homodal.model.build import build
from homodal.model.strategies import shares
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.fit import compile_network
from homodal.training.session import open_rows

SMALL = {
    "target": "label",
    "encoder.width": 8,
    "encoder.depth": 1,
    "encoder.dropout": 0.0,
    "fusion.width": 8,
    "training.learning_rate": 0.01,
    "training.epochs": 1,
    "training.modality_dropout": 0.0,
    "fusion.dropout": 0.0,
    "head": {"name": "classify", "dropout": 0.0},
    # of encoders that differ, or the two numbers would be one block
    "columns": {
        "number_1": "number",
        "number_2": {
            "modality": "number",
            "encoder": {
                "name": "cnn",
                "width": 8,
                "depth": 1,
                "kernel": 1,
                "dropout": 0.0,
            },
        },
    },
}


@pytest.fixture(scope="module")
def uneven():
    """Two columns: the first tells the class, the second hardly does."""
    table = paired(rows=128, noise=0.2, flips=0.0)
    table["number_2"] = np.random.default_rng(0).normal(size=128).tolist()
    return Table.open(table)


def opened(table, **training):
    """A fresh network, the whole table as its inputs, and its recipe."""
    changes = {f"training.{k}": v for k, v in training.items()}
    recipe = Recipe().with_settings(SMALL | changes)
    preparation = prepare(
        table, recognise(table, recipe), recipe, np.arange(len(table))
    )
    inputs, truth = open_rows(table, preparation).batches(len(table)).batch(0)
    return build(recipe, preparation), inputs, truth, recipe


def trained(table, steps=20, **training):
    """A network after some steps on the whole table, and its inputs."""
    network, inputs, truth, recipe = opened(table, **training)
    compile_network(network, recipe.training, steps, jit=False)
    for _ in range(steps):
        network.train_on_batch(inputs, truth)
    return network, inputs


def test_the_column_that_leads_is_damped(uneven):
    network, _ = trained(uneven, balance="ogm_ge")
    factors = np.asarray(network.strategies.balance.factors)
    assert factors[0] < 0.5 and factors[1] == 1


def test_what_reaches_a_damped_encoder_is_scaled_and_the_rest_is_not(uneven):
    network, inputs, truth, _ = opened(uneven, balance="ogm")

    def gradients():
        with tf.GradientTape() as tape:
            found = network(inputs, training=True)
            loss = network.compute_loss(inputs, truth, found, training=False)
        layers = (*network.encoders.values(), network.fusion)
        weights = [w.value for layer in layers for w in layer.trainable_weights]
        found = tape.gradient(loss, weights)
        first = len(network.encoders["number_1"].trainable_weights)
        return [np.asarray(f) for f in found[:first]], [
            np.asarray(f) for f in found[first:] if f is not None
        ]

    damped, others = gradients()
    network.strategies.balance.factors.assign([0.25, 1.0])
    quarter, same = gradients()
    for one, other in zip(quarter, damped, strict=True):
        np.testing.assert_allclose(one, 0.25 * other, rtol=1e-4, atol=1e-7)
    assert max(np.abs(one).max() for one in quarter) > 1e-4
    for one, other in zip(same, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-7)


def test_a_share_that_grows_is_damped(uneven):
    network, _ = trained(uneven, steps=12, balance="agm")
    factors = np.asarray(network.strategies.balance.factors)
    assert factors[0] < 1 < factors[1]


def test_the_column_that_leads_is_hidden_in_training(uneven):
    network, inputs = trained(uneven, balance="opm")
    shown = np.asarray(network(inputs, training=True)["present"])
    hidden = 1 - shown.mean(axis=0)
    assert hidden[0] > 0.1 and hidden[1] == 0
    assert np.asarray(network(inputs)["present"]).all()


@pytest.mark.parametrize("balance", ["opm", "ogm_ge"])
def test_what_draws_for_two_reasons_draws_other_numbers(uneven, balance):
    """Modality dropout would hide the very cells that OPM hides, and no others."""

    def drawn():
        network = opened(uneven, balance=balance, modality_dropout=0.3)[0]
        other = network.strategies if balance == "opm" else network.strategies.balance
        return [
            np.asarray(keras.random.uniform((64, 2), seed=part.generator))
            for part in (network.dropout, other)
        ]

    first, second = drawn()
    assert np.abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.3
    np.testing.assert_array_equal(drawn(), [first, second])


def test_columns_of_a_row_come_together(uneven):
    """The two columns tell the same here, so that they can be matched."""
    table = Table.open(paired(rows=128, noise=0.2, flips=0.0))

    def missed(weight):
        network, inputs = trained(table, contrastive_weight=weight)
        found = network(inputs, training=True)
        there = found["present"]
        return float(network.strategies.contrast(found["pooled"], there))

    # all that the columns have in common is the class, of 64 rows: no less is possible
    assert np.log(64) - 0.02 < missed(1.0) < min(np.log(64) + 0.03, missed(1e-6))


def test_an_absent_column_is_guessed_from_the_other(uneven):
    table = Table.open(paired(rows=128, noise=0.2, flips=0.0))
    network, inputs = trained(table, imputation_weight=1.0)
    first = np.zeros_like(inputs[PRESENT])
    first[:, 0] = True
    encoded = {
        s: network.encoded(s, inputs[s], inputs[mask_name(s)]) for s in network.slugs
    }
    streams, _ = network.tokened(encoded, first)
    guessed = np.asarray(streams["number_2"].values)
    network.strategies.imputation.guesses.assign(np.zeros((2, 2, 16, 8)))
    streams, _ = network.tokened(encoded, first)
    alone = np.asarray(streams["number_2"].values)
    really = np.asarray(encoded["number_2"].values)
    gap = [np.abs(found[:, 0] - really[:, 0]).mean() for found in (guessed, alone)]
    assert gap[0] < 0.7 * gap[1]


def test_columns_that_were_hidden_in_training_are_missed_less():
    table = Table.open(paired(rows=128, noise=0.3, flips=0.0))

    def missed(rate):
        changes = {"modality_dropout": rate, "auxiliary_weight": 0.0}
        network, inputs = trained(table, steps=30, **changes)
        truth = np.array([label == "yes" for label in table.cells("label")], int)
        losses = []
        for lacking in (0, 1):
            there = np.ones_like(inputs[PRESENT])
            there[:, lacking] = False
            logits = network(inputs | {PRESENT: there})["logits"]
            losses.append(float(np.mean(network.head.loss(logits, truth))))
        return np.mean(losses)

    assert missed(0.5) < 0.7 * missed(0.0)


def test_own_losses_bring_more_to_the_column_that_lags(uneven):
    """What reaches the second encoder while the first answers for both."""

    def reached(weight):
        network, inputs = trained(uneven, steps=20, auxiliary_weight=weight)
        truth = np.array([label == "yes" for label in uneven.cells("label")], int)
        with tf.GradientTape() as tape:
            found = network(inputs)
            loss = network.compute_loss(inputs, truth, found, training=False)
        weights = network.encoders["number_2"].trainable_weights
        gradients = tape.gradient(loss, [w.value for w in weights])
        return np.sqrt(sum(float(np.sum(np.square(g))) for g in gradients))

    assert reached(1.0) > 1.5 * reached(0.0)


def test_the_column_that_lags_comes_nearer_to_its_classes(uneven):
    """PMR: the distance to the right prototype against that to the wrong one."""

    def told_apart(strength):
        network, inputs = trained(
            uneven, steps=30, balance="pmr", balance_strength=strength
        )
        truth = np.array([label == "yes" for label in uneven.cells("label")], int)
        pooled = np.asarray(network(inputs, training=True)["pooled"])[:, 1]
        prototypes = np.asarray(network.strategies.balance.prototypes)[1]
        gaps = np.linalg.norm(pooled[:, None] - prototypes[None], axis=-1)
        rows = np.arange(len(truth))
        return float(np.mean(gaps[rows, 1 - truth] - gaps[rows, truth]))

    assert told_apart(3.0) > told_apart(0.0)


def test_shares_are_shapley_values():
    """v(a), v(b), v(ab) = .3, .5, .8 above v() = 0 by hand; and they add up."""
    worth = {(1, 0): 0.3, (0, 1): 0.6, (1, 1): 0.8}

    def answer(present):
        return np.array([[worth[tuple(np.asarray(present)[0].astype(int))]]])

    got = shares(answer, np.array([[True, True]]))
    np.testing.assert_allclose(np.ravel(got), [0.25, 0.55])

    def game(present):
        a, b, c = np.asarray(present)[0].astype(float)
        return np.array([[a + 2 * b + 4 * a * b * c]])

    got = np.ravel(shares(game, np.ones((1, 3), bool)))
    np.testing.assert_allclose(got, [1 + 4 / 3, 2 + 4 / 3, 4 / 3], rtol=1e-6)
    assert len(shares(lambda p: np.ones((1, 1)), np.ones((1, 5), bool))) == 5


def test_settings_that_do_not_fit_are_refused(uneven):
    with pytest.raises(RecipeError, match="auxiliary_weight above 0"):
        trained(uneven, steps=0, balance="ogm", auxiliary_weight=0.0)


def test_a_single_column_has_nothing_to_balance(uneven):
    one = Table.open({n: uneven.cells(n) for n in ("number_1", "label")})
    recipe = Recipe().with_settings(
        SMALL | {"columns": {"number_1": "number"}, "training.balance": "ogm"}
    )
    preparation = prepare(one, recognise(one, recipe), recipe, np.arange(len(one)))
    network = build(recipe, preparation)
    assert network.strategies.balance is None


def test_with_cosines_no_column_outweighs_another(uneven):
    """Each column adds at most the scale, however long its vectors grow."""
    settings = SMALL | {"training.balance": "mmcosine"}
    recipe = Recipe().with_settings(settings | {"fusion": "late", "fusion.rule": "sum"})
    preparation = prepare(uneven, recognise(uneven, recipe), recipe, np.arange(128))
    inputs, _ = open_rows(uneven, preparation).batches(128).batch(0)
    alone = build(recipe, preparation)(inputs)["alone"]
    for logits in alone.values():
        assert 1.0 < np.abs(np.asarray(logits)).max() <= 15.0
    with pytest.raises(RecipeError, match=r"fusion\.name=late"):
        build(recipe.with_settings({"fusion": "mean"}), preparation)


@pytest.mark.parametrize("kind", ["ogm_ge", "pmr"])
def test_strategies_compute_in_single_under_mixed_precision(uneven, kind):
    network, inputs = trained(
        uneven,
        steps=2,
        precision="mixed_bfloat16",
        balance=kind,
        contrastive_weight=0.1,
        imputation_weight=0.1,
    )
    assert {w.dtype for w in network.strategies.weights} == {"float32"}
    assert np.isfinite(np.asarray(network(inputs)["logits"])).all()
