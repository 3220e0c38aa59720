"""Compiling is told or measured, and measuring changes nothing."""

import keras
import numpy as np
import pytest

from homodal.model.weights import named_variables, to_numpy
from homodal.training import jit
from homodal.training.fit import fit
from homodal.training.jit import choose_jit

tensorflow_only = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="the other backends have no choice"
)


def test_jax_always_compiles(fed):
    if keras.backend.backend() == "jax":
        assert choose_jit(fed(["size"]).training, None, [])


@tensorflow_only
def test_told(fed):
    assert choose_jit(fed(["size"], jit="on").training, None, [])
    assert not choose_jit(fed(["size"], jit="off").training, None, [])


@tensorflow_only
def test_a_short_run_is_not_measured(fed):
    run = fed(["size"])
    assert not choose_jit(run.training, None, run.batches)


@tensorflow_only
def test_a_run_that_is_quick_after_all(opened):
    run = opened(["size"], epochs=1000)
    before = to_numpy(named_variables(run.network))
    assert not choose_jit(run.training, run.network, run.batches)
    same(before, to_numpy(named_variables(run.network)))


@tensorflow_only
def test_measuring_leaves_the_variables_alone(opened, monkeypatch):
    monkeypatch.setattr(jit, "_WORTH_MEASURING_SECONDS", 0)
    run = opened(["size"], epochs=1000)
    before = to_numpy(named_variables(run.network))
    assert choose_jit(run.training, run.network, run.batches) in (True, False)
    same(before, to_numpy(named_variables(run.network)))


@tensorflow_only
def test_what_cannot_be_compiled_trains_plainly(opened, monkeypatch):
    import tensorflow as tf

    monkeypatch.setattr(jit, "_WORTH_MEASURING_SECONDS", 0)
    run = opened(["size"], epochs=1000)
    before, fused = to_numpy(named_variables(run.network)), run.network._fused

    def through_numpy(*arguments):
        logits = fused(*arguments)
        nothing = tf.numpy_function(np.zeros_like, [logits], "float32")
        return logits + tf.ensure_shape(nothing, logits.shape)

    monkeypatch.setattr(run.network, "_fused", through_numpy)
    run.network.compile(optimizer="sgd", jit_compile=True)
    with pytest.raises(tf.errors.InvalidArgumentError):
        run.network.train_on_batch(*run.batches.batch(0))
    assert not choose_jit(run.training, run.network, run.batches)
    same(before, to_numpy(named_variables(run.network)))


def test_a_run_has_to_earn_back_what_compiling_takes():
    assert jit._pays(compiling=100, compiled=0.5, plain=1.0, steps=1000)
    assert not jit._pays(compiling=450, compiled=0.5, plain=1.0, steps=1000)
    assert not jit._pays(compiling=0, compiled=0.95, plain=1.0, steps=1000)


@tensorflow_only
def test_every_shape_of_a_batch_is_compiled_anew(opened, monkeypatch):
    times = {False: (0.0, 1.0), True: (1000.0, 0.1)}  # seconds of the first, of others
    monkeypatch.setattr(jit, "_seconds", lambda *_, jit: times[jit])
    run = opened(["size"], epochs=1000)
    assert 3000 <= 1000 * len(run.batches) < 10_000
    for shapes, chosen in ((2, True), (20, False)):
        monkeypatch.setattr(type(run.batches), "shapes", lambda _, n=shapes: n)
        assert choose_jit(run.training, run.network, run.batches) is chosen


def same(one, other):
    assert set(one) == set(other)
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_compiled_training_trains(opened, kept):
    run = opened(["size"], epochs=6, jit="on", learning_rate=0.05)
    chosen = choose_jit(run.training, run.network, run.batches)
    assert chosen
    before = to_numpy(named_variables(run.network))
    checkpoints, journal = kept
    arguments = (run.network, run.batches, run.training, lambda _: {"accuracy": 0.5})
    assert fit(*arguments, checkpoints, journal, jit=chosen)
    assert run.network.jit_compile
    losses = [event["train"]["loss"] for event in journal.read()]
    assert len(losses) == 6 and losses[-1] < losses[0]
    after = to_numpy(named_variables(run.network))
    assert any(not np.array_equal(before[name], after[name]) for name in before)
