"""A step through two towers is the step of the whole batch."""

import keras
import numpy as np
import pytest

from homodal import api
from homodal.model.weights import to_numpy
from homodal.training.fit import compile_network

if keras.backend.backend() != "tensorflow":
    pytest.skip("towers are TensorFlow's", allow_module_level=True)

from homodal.training import towers_tensorflow


def stepped(opened, rows, towers, **training):
    """`(clipped gradient of a step, figures, network)`, without any dropout."""
    keras.utils.set_random_seed(0)
    settings = {"batch_size": 16, "modality_dropout": 0.0} | training
    run = opened(["mass", "size"], **settings)
    for layer in run.network._flatten_layers():
        if isinstance(getattr(layer, "rate", None), float):
            layer.rate = 0.0
    compile_network(run.network, run.training, 4, jit=False)
    if not towers:
        vars(run.network).pop("train_step", None)
    inputs, truth = run.batches.batch(0)
    inputs = {name: each[:rows] for name, each in inputs.items()}
    figures = run.network.train_on_batch(inputs, truth[:rows], return_dict=True)
    # the first step of the running mean; Adam's own is the sign of what is about zero
    moments = {v.name: v for v in run.network.optimizer.variables}
    return 10 * to_numpy(moments)["mean"], figures, run.network


@pytest.mark.parametrize("rows", [16, 15, 2])
def test_a_step_is_that_of_the_whole_batch(opened, rows):
    plain, said, network = stepped(opened, rows, towers=False, auxiliary_weight=0.0)
    assert "train_step" not in vars(network)
    found, figures, network = stepped(opened, rows, towers=True, auxiliary_weight=0.0)
    assert "train_step" in vars(network)
    assert np.abs(plain).max() > 0.1
    np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-5)
    assert figures.keys() == said.keys()
    for name, value in figures.items():
        assert value == pytest.approx(said[name], rel=1e-4), name


def test_a_batch_of_one_row_is_taken(opened):
    plain, _, _ = stepped(opened, 1, towers=False)
    found, figures, _ = stepped(opened, 1, towers=True)
    assert np.isfinite(figures["loss"])
    np.testing.assert_allclose(found, plain, rtol=1e-4, atol=1e-5)


def test_towers_draw_numbers_of_their_own(opened):
    run = opened(["size", "mass"], batch_size=16)
    compile_network(run.network, run.training, 4, jit=False)
    seeds = {v.path: v for v in run.network.non_trainable_variables}
    before = to_numpy(seeds)
    draws = []
    for tower in (0, 1):
        [state] = towers_tensorflow._apart(list(before.values())[:1], tower)
        generator = keras.random.SeedGenerator(0)
        generator.state.assign(state)
        drawn = keras.random.uniform((64,), seed=generator)
        draws.append(keras.ops.convert_to_numpy(drawn))
    assert abs(np.corrcoef(*draws)[0, 1]) < 0.5
    run.network.train_on_batch(*run.batches.batch(0))
    after = to_numpy(seeds)
    assert any((after[path] != state).any() for path, state in before.items())


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"batch_size": 8},
        {"contrastive_weight": 0.1},
        {"imputation_weight": 0.1},
        {"balance": "ogm"},
        {"balance": "umt"},
        {"modality_dropout_schedule": "rising"},
        {"precision": "mixed_float16"},
    ],
)
def test_only_where_a_row_needs_no_other_is_the_batch_split(opened, training):
    # a text and a number: two entries, or nothing could be compared or balanced
    run = opened(["size", "text"], **{"batch_size": 16} | training)
    compile_network(run.network, run.training, 4, jit=False)
    assert ("train_step" in vars(run.network)) == (not training)


def test_compiled_by_xla_the_batch_is_whole_again(opened):
    run = opened(["size", "mass"], batch_size=16)
    compile_network(run.network, run.training, 4, jit=False)
    assert "train_step" in vars(run.network)
    compile_network(run.network, run.training, 4, jit=True)
    assert "train_step" not in vars(run.network)


def test_an_interrupted_run_goes_on_to_the_bit(
    table, settings, same_run, signal_at, tmp_path
):
    def train(out):
        return api.train(
            table, settings=settings(batch_size=16), columns=["size"], out=out
        )

    train(tmp_path / "whole")
    signal_at(1, 1)
    assert not train(tmp_path / "run").finished
    assert api.resume(tmp_path / "run").finished
    same_run(tmp_path / "run", tmp_path / "whole")
