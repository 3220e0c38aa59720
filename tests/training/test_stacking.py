import numpy as np
import pytest

from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.demo.tasks import paired
from homodal.errors import RecipeError
from homodal.model.build import build
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.fit import compile_network
from homodal.training.session import open_rows
from homodal.training.stacking import fitted, settle

SETTINGS = {
    "target": "label",
    "encoder.width": 8,
    "encoder.depth": 1,
    "fusion": "stacking",
    # of encoders that differ, or the two numbers would be one block
    "columns": {
        "number_1": "number",
        "number_2": {
            "modality": "number",
            "encoder": {"name": "cnn", "width": 8, "depth": 1, "kernel": 1},
        },
    },
    "training.learning_rate": 0.01,
    "training.epochs": 1,
}


def said_and_truth(rows=400):
    """Two voices over two classes; the second always says the opposite."""
    rng = np.random.default_rng(0)
    truth = rng.integers(2, size=rows)
    first = np.where(rng.random(rows) < 0.7, truth, 1 - truth)
    second = np.where(rng.random(rows) < 0.9, 1 - truth, truth)
    shares = [np.where(v[:, None] == [0, 1], 0.8, 0.2) for v in (first, second)]
    return np.log(np.concatenate(shares, axis=1)), truth


def test_the_fit_is_sklearns():
    from sklearn.linear_model import LogisticRegression

    said, truth = said_and_truth()
    nothing = (np.zeros((4, 2)), np.zeros(2))
    kernel, bias = fitted(said, truth, nothing, 1e-4)
    scores = said @ kernel + bias
    own = LogisticRegression(C=1e3).fit(said, truth)
    wanted = own.decision_function(said)
    np.testing.assert_allclose(scores[:, 1] - scores[:, 0], wanted, atol=0.15)


def test_a_strong_ridge_keeps_the_start():
    said, truth = said_and_truth()
    start = (np.ones((4, 2)), np.zeros(2))
    kernel, _ = fitted(said, truth, start, 1e4)
    np.testing.assert_allclose(kernel, start[0], atol=1e-2)


def test_a_network_is_settled_on_rows_that_trained_no_column():
    table = paired(rows=160, flips=0.0, noise=0.2)
    held = paired(rows=160, flips=0.0, noise=0.2, seed=1)
    # in the rows held out the second column says the opposite
    held["number_2"] = [-value for value in held["number_2"]]
    table, held = Table.open(table), Table.open(held)
    recipe = Recipe().with_settings(SETTINGS)
    everything = np.arange(160)
    preparation = prepare(table, recognise(table, recipe), recipe, everything)
    network = build(recipe, preparation)
    compile_network(network, recipe.training, 20, jit=False)
    inputs, truth = open_rows(table, preparation).batches(160).batch(0)
    for _ in range(20):
        network.train_on_batch(inputs, truth)
    batches = open_rows(held, preparation).batches(64)
    found = settle(network, batches)
    assert found["rows"] == 160 and found["ridge"] is not None
    assert found["log_loss"] < 0.5 * found["mean_log_loss"]
    inputs, truth = open_rows(held, preparation).batches(160).batch(0)
    answers = np.asarray(network(inputs)["logits"]).argmax(axis=1)
    assert np.mean(answers == truth) > 0.95
    few = open_rows(held.take(range(4)), preparation).batches(4)
    assert settle(network, few) == {"ridge": None, "rows": 4}


def test_columns_without_losses_of_their_own_cannot_be_stacked():
    table = Table.open(paired(rows=20))
    recipe = Recipe().with_settings(SETTINGS | {"training.auxiliary_weight": 0})
    preparation = prepare(table, recognise(table, recipe), recipe, np.arange(20))
    with pytest.raises(RecipeError, match="auxiliary_weight above 0"):
        build(recipe, preparation)
