"""Factors by hand, gradients on their way back, and who is judged how."""

import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from homodal.layers.balance import (
    Balance,
    agm_factors,
    agm_ratios,
    mean_over_present,
    noisy_gradient,
    ogm_factors,
    opm_rates,
    ratios,
    scaled_gradient,
)
from homodal.layers.stream import single


def made(kind, strength=0.8, count=2, **options):
    layer = Balance(kind, strength, count, **options)
    layer.build()
    return layer


def test_a_scaled_gradient_leaves_the_value_alone():
    values = tf.Variable([[1.5, -2.0], [0.1, 3.0]])
    with tf.GradientTape() as tape:
        out = scaled_gradient(values, 0.25)
        loss = tf.reduce_sum(out * [[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(out, values)
    gradient = tape.gradient(loss, values)
    np.testing.assert_allclose(gradient, [[0.25, 0.5], [0.75, 1.0]])


def test_noise_has_the_deviation_of_the_gradient():
    values = tf.Variable(np.zeros((40, 50), "float32"))
    upstream = np.random.default_rng(0).normal(0, 3, (40, 50)).astype("float32")
    draws = np.random.default_rng(1).normal(size=(40, 50)).astype("float32")
    with tf.GradientTape() as tape:
        out = noisy_gradient(values, 0.5, ops.convert_to_tensor(draws))
        loss = tf.reduce_sum(out * upstream)
    np.testing.assert_array_equal(out, values)
    wanted = 0.5 * upstream + upstream.std() * draws
    np.testing.assert_allclose(tape.gradient(loss, values), wanted, rtol=1e-4)


def test_ratios_of_two_columns_are_the_papers():
    got = ratios(np.array([0.6, 0.4], "float32"))
    np.testing.assert_allclose(got, [1.5, 2 / 3], rtol=1e-6)
    three = ratios(np.array([0.6, 0.2, 0.4], "float32"))
    np.testing.assert_allclose(three, [2.0, 0.4, 1.0], rtol=1e-6)


def test_factors_by_hand():
    got = ogm_factors(np.array([1.5, 0.5, 1.0], "float32"), 0.8)
    np.testing.assert_allclose(got, [0.166345, 1, 1], rtol=1e-5)
    ratio = np.asarray(agm_ratios(np.array([-0.5, -1.5], "float32")))
    np.testing.assert_allclose(ratio, np.exp([1, -1]), rtol=1e-5)
    got = agm_factors(ratio, np.ones(2, "float32"), 0.1)
    np.testing.assert_allclose(got, np.exp(0.1 * (1 - ratio)), rtol=1e-5)
    got = opm_rates(np.array([2.0, 0.9], "float32"), 0.5)
    np.testing.assert_allclose(got, [0.28 * (1 + 0.5 * np.tanh(1)), 0], rtol=1e-5)


def test_means_are_over_the_rows_that_have_the_column():
    values = np.array([[1.0, 5.0], [3.0, 7.0]], "float32")
    there = np.array([[True, False], [True, False]])
    np.testing.assert_allclose(mean_over_present(values, there), [2.0, 0.0])


def test_the_column_that_leads_is_damped_and_its_gradient_with_it():
    layer = made("ogm")
    layer.judge(np.log([[0.9, 0.3], [0.9, 0.3]]).astype("float32"), np.ones((2, 2)) > 0)
    np.testing.assert_allclose(layer.factors, [1 - np.tanh(0.8 * 3), 1], rtol=1e-4)
    values = tf.Variable([[1.0]])
    with tf.GradientTape(persistent=True) as tape:
        found = layer({"a": single(values), "b": single(values)})
        first, second = found["a"].values, found["b"].values
    assert tape.gradient(first, values)[0, 0] < 0.05
    assert tape.gradient(second, values)[0, 0] == 1


def test_agm_damps_a_share_above_what_is_usual():
    layer = made("agm", 0.1)
    layer.judge(np.log([[0.9, 0.1]]).astype("float32"), np.ones((1, 2)) > 0)
    first, second = np.asarray(layer.factors)
    assert first < 1 < second
    assert np.asarray(layer.usual)[0] > 1  # and gets used to it


def test_opm_hides_the_column_that_leads_and_never_all():
    layer = made("opm", 0.5)
    layer.judge(np.log([[0.9, 0.3]]).astype("float32"), np.ones((1, 2)) > 0)
    draws = np.random.default_rng(0).random((1000, 2)).astype("float32")
    present = np.ones((1000, 2), bool)
    present[500:, 1] = False  # here column a is alone
    shown = np.asarray(layer.hidden(present, draws))
    hidden = 1 - shown[:500].mean(axis=0)
    assert 0.15 < hidden[0] < 0.5 and hidden[1] == 0
    np.testing.assert_array_equal(shown[500:], present[500:])


def test_pmr_draws_only_the_column_that_lags_to_its_class():
    layer = made("pmr", 0.6, classes=2, width=2)
    centres = np.array([[[4, 0], [-4, 0]], [[0, 1], [0, -1]]], "float32")
    layer.prototypes.assign(centres)
    pooled = tf.Variable([[[4.0, 0.0], [0.0, 0.2]], [[-4.0, 0.0], [0.0, 0.3]]])
    there, truth = np.ones((2, 2), bool), np.array([0, 1])
    with tf.GradientTape() as tape:
        loss = layer.pull(pooled, truth, there)
    gradient = np.asarray(tape.gradient(loss, pooled))
    assert float(loss) > 0.3
    np.testing.assert_array_equal(gradient[:, 0], 0)  # it leads
    assert gradient[0, 1, 1] < 0 < gradient[1, 1, 1]  # up to (0, 1), down to (0, -1)
    moved = np.asarray(layer.prototypes)[1, :, 1]
    np.testing.assert_allclose(moved, [0.9 + 0.1 * 0.2, -0.9 + 0.1 * 0.3], rtol=1e-5)


@pytest.mark.parametrize("kind", ["ogm", "opm"])
def test_absent_cells_are_not_judged(kind):
    layer, said = made(kind), np.log([[0.9, 0.3], [0.1, 0.3]]).astype("float32")
    layer.judge(said, np.array([[True, True], [False, True]]))
    other = made(kind)
    other.judge(said[:1], np.array([[True, True]]))
    for one, two in zip(layer.weights, other.weights, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5)
