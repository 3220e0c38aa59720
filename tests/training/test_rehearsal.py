"""Losses weighed by how they generalise, and columns that remember their teachers."""

import numpy as np
import pytest

import homodal
from homodal.demo.tasks import paired
from homodal.errors import RecipeError, TrainingError
from homodal.model.build import build
from homodal.model.strategies import distance
from homodal.model.weights import named_variables, to_numpy
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.fit import fit_plainly
from homodal.training.journal import Journal
from homodal.training.rehearsal import FILE, blend, measured, rehearsal
from homodal.training.session import open_session

SETTINGS = {
    "target": "label",
    "encoder.width": 8,
    "encoder.depth": 1,
    "encoder.dropout": 0.0,
    "fusion": {"name": "mean", "width": 8},
    "head": {"name": "classify", "label_smoothing": 0.0},
    # of encoders that differ, or the two columns would be one block
    "columns": {
        "number_1": "number",
        "category_2": {
            "modality": "category",
            "encoder": {
                "name": "cnn",
                "width": 8,
                "depth": 1,
                "kernel": 1,
                "dropout": 0.0,
            },
        },
    },
    "training.learning_rate": 0.02,
    "training.batch_size": 16,
    "training.modality_dropout": 0.0,
    "training.validation": 0.5,
}


@pytest.fixture(scope="module")
def uneven():
    """The first column tells the class; the second is a name of its own in each row."""
    table = paired(rows=128, kinds=("number", "category"), noise=0.3, flips=0.05)
    names = np.random.default_rng(0).permutation(128) // 2  # each twice
    table["category_2"] = [f"n{name}" for name in names]
    return Table.open(table)


def opened(table, tmp_path, **training):
    changes = {f"training.{k}": v for k, v in training.items()}
    session = open_session(table, Recipe().with_settings(SETTINGS | changes))
    network = build(session.recipe, session.preparation)
    training, held = session.recipe.training, session.valid.batches(64)
    batches = session.train.batches(training.batch_size, seed=0)
    ready = rehearsal(network, held, training, tmp_path, Journal(tmp_path))
    return network, batches, held, ready


def test_weights_by_hand():
    got = blend([0.5, 0.3, 0.6], [0.1, 0.2, 0.3])
    np.testing.assert_allclose(got, [0.779221, 0.116883, 0.103896], rtol=1e-5)
    np.testing.assert_allclose(blend([0.3, -0.1], [0.1, 0.1]), [1, 0])
    np.testing.assert_allclose(blend([-1, -1], [1, 2]), [0.5, 0.5])
    assert np.isfinite(blend([0.3, 0.1], [0.0, 0.1])).all()
    np.testing.assert_allclose(blend([0.3, 0.1], [1, 2], power=1), [6 / 7, 1 / 7])


def test_what_only_overfits_has_little_weight(uneven, tmp_path):
    network, batches, _, ready = opened(uneven, tmp_path, balance="blend", epochs=60)
    before = to_numpy(named_variables(network))
    assert ready(network, batches, False) is batches
    after = to_numpy(named_variables(network))
    mix = next(name for name in after if name.endswith("mix"))
    together, number, name = after.pop(mix)
    assert name < 0.1 * number and np.isclose(together + number + name, 1)
    for kept, value in after.items():
        np.testing.assert_array_equal(value, before[kept], err_msg=kept)
    (event,) = Journal(tmp_path).read()
    assert event["losses"]["category_2"]["overfit"] > 0.1
    # the loss is that mix
    inputs, truth = batches.batch(0)
    found = network(inputs)
    got = network.compute_loss(inputs, truth, found, training=False)
    losses = network._alone_losses(found, 1.0)
    joint = np.mean(network.head.loss(found["logits"], truth))
    wanted = together * joint + number * losses[0] + name * losses[1]
    np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_what_was_weighed_is_not_weighed_again(uneven, tmp_path):
    network, batches, _, ready = opened(uneven, tmp_path, balance="blend")
    network.strategies.mix.assign([0.5, 0.4, 0.1])
    assert ready(network, batches, True) is batches
    np.testing.assert_allclose(network.strategies.mix, [0.5, 0.4, 0.1])


def test_teachers_are_columns_that_learned_alone(uneven, tmp_path):
    network, batches, held, ready = opened(uneven, tmp_path, balance="umt", epochs=20)
    before = to_numpy(named_variables(network))
    start = measured(network, held)
    taught = ready(network, batches, False)
    for name, value in to_numpy(named_variables(network)).items():
        if not name.endswith("mix"):
            np.testing.assert_array_equal(value, before[name], err_msg=name)
    inputs, _ = taught.batch(0)
    assert inputs["taught"].shape == (16, 2, 16)
    assert not np.any(taught.taught[held.rows])  # teachers are asked of training rows
    (event,) = Journal(tmp_path).read()
    assert event["log_loss"]["number_1"] < 0.5 * start[1]
    assert event["log_loss"]["category_2"] < 1.1 * start[2]  # the best of its epochs
    # a run that goes on reads them
    again = ready(network, batches, True)
    np.testing.assert_array_equal(again.taught, taught.taught)
    (tmp_path / FILE).unlink()
    with pytest.raises(TrainingError, match="missing"):
        ready(network, batches, True)


def test_columns_stay_nearer_to_their_teachers(uneven, tmp_path):
    def apart(strength):
        folder = tmp_path / f"{strength}"
        folder.mkdir()
        network, batches, _, ready = opened(
            uneven, folder, balance="umt", epochs=12, balance_strength=strength
        )
        batches = ready(network, batches, False)
        fit_plainly(network, batches, recipe_of(strength).training)
        inputs, _ = batches.batch(0)
        found = network(inputs, training=True)
        return float(distance(found["pooled"], inputs["taught"], found["present"]))

    assert apart(10.0) < 0.5 * apart(0.0)


def recipe_of(strength):
    changes = {"training.epochs": 12, "training.balance": "umt"}
    changes["training.balance_strength"] = strength
    return Recipe().with_settings(SETTINGS | changes)


def test_the_distance_by_hand_leaves_out_what_is_absent():
    pooled = np.array([[[1.0, 3.0], [0.0, 0.0]], [[2.0, 2.0], [5.0, 5.0]]], "float32")
    taught = np.zeros((2, 2, 2), "float32")
    there = np.array([[True, True], [True, False]])
    # column one: 5 and 4, in the mean 4.5; column two: 0
    np.testing.assert_allclose(distance(pooled, taught, there), 4.5)


def test_only_two_strategies_rehearse(uneven, tmp_path):
    assert opened(uneven, tmp_path, balance="ogm")[3] is None
    with pytest.raises(RecipeError, match="auxiliary_weight above 0"):
        opened(uneven, tmp_path, balance="umt", auxiliary_weight=0.0)


def test_a_run_that_was_interrupted_goes_on_with_its_teachers(
    uneven, tmp_path, signal_at, same_run
):
    settings = SETTINGS | {"training.balance": "umt", "training.epochs": 2}
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    homodal.train(uneven, settings=settings, out=whole)
    signal_at(1, 1)
    assert not homodal.train(uneven, settings=settings, out=cut).finished
    assert homodal.resume(cut, uneven).finished
    same_run(whole, cut)
