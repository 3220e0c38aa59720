import keras
import numpy as np
from keras import ops

from homodal.layers.imputation import Imputation
from homodal.layers.stream import Stream


def tables():
    rng = np.random.default_rng(0)
    pooled = rng.normal(size=(3, 2, 4)).astype("float32")
    there = np.array([[True, True], [True, False], [False, True]])
    return pooled, there


def made(matrix=None):
    layer = Imputation()
    layer.build({}, (None, 2, 4), (None, 2))
    if matrix is not None:
        layer.guesses.assign(matrix)
    return layer


def test_only_an_absent_column_is_guessed_and_from_the_others():
    pooled, there = tables()
    matrix = np.random.default_rng(1).normal(size=(2, 2, 4, 2)).astype("float32")
    layer = made(matrix)
    streams = {
        n: Stream(ops.zeros((3, 2, 2)), ops.convert_to_tensor([[True, False]] * 3))
        for n in "ab"
    }
    found = layer(streams, pooled, there)
    b, a = np.asarray(found["b"].values), np.asarray(found["a"].values)
    np.testing.assert_allclose(b[1, 0], pooled[1, 0] @ matrix[0, 1], rtol=1e-5)
    np.testing.assert_allclose(a[2, 0], pooled[2, 1] @ matrix[1, 0], rtol=1e-5)
    assert not b[[0, 2]].any() and not a[[0, 1]].any()
    assert not b[:, 1].any()  # its one step, and not its padding


def test_starts_as_the_token_alone():
    pooled, there = tables()
    assert not np.asarray(made().guessed(pooled, there)).any()


def test_the_loss_by_hand_and_that_training_lowers_it():
    pooled, there = tables()
    layer = made()
    means = pooled[0, :, :2]  # row 0 alone has both
    gap = np.abs(means)
    wanted = np.where(gap < 1, gap**2 / 2, gap - 0.5).mean(axis=1).mean()
    np.testing.assert_allclose(layer.loss(pooled, there), wanted, rtol=1e-5)
    rng = np.random.default_rng(2)
    first = rng.normal(size=(64, 4)).astype("float32")
    both = np.stack([first, first @ rng.normal(size=(4, 4)).astype("float32")], axis=1)
    everything = np.ones((64, 2), bool)
    before = float(layer.loss(both, everything))
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(0.05)
    for _ in range(60):
        with tf.GradientTape() as tape:
            value = layer.loss(both, everything)
        gradients = tape.gradient(value, [layer.guesses.value])
        optimizer.apply(gradients, [layer.guesses])
    assert float(layer.loss(both, everything)) < 0.2 * before
