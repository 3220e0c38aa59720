"""Waves of quantities are those of the formula; stacked columns are each by itself."""

import numpy as np
import pytest
from keras import ops

from homodal.layers.waves import StackedWaves, Waves


def by_formula(features, rates, kernel, bias):
    angles = 2 * np.pi * features[..., :1] * rates
    waves = np.concatenate([features, np.sin(angles), np.cos(angles)], axis=-1)
    return np.maximum(waves @ kernel + bias, 0)


@pytest.mark.parametrize("inside", [1, 5])
def test_values_are_those_of_the_formula(inside):
    features = np.random.default_rng(0).normal(size=(4, 3, inside)).astype("float32")
    mask = np.array([[True, True, False]] * 4)
    layer = Waves(6, 8, 0.3)
    values, real = layer(features, mask)
    weights = layer.get_weights()
    wanted = by_formula(features, *weights) * mask[..., None]
    np.testing.assert_allclose(ops.convert_to_numpy(values), wanted, atol=1e-5)
    np.testing.assert_array_equal(ops.convert_to_numpy(real), mask)


@pytest.mark.parametrize("shape", [(4, 3, 1), (4, 3, 1, 5)])
def test_each_of_several_columns_has_weights_of_its_own(shape):
    arrays = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = StackedWaves(width=6)
    values, _ = layer(arrays, np.ones((4, 3), bool))
    rates, kernel, bias = layer.get_weights()
    flat = arrays.reshape(4, 3, -1)
    for column in range(3):
        own = by_formula(flat[:, column], rates[column], kernel[column], bias[column])
        found = ops.convert_to_numpy(values)[:, column]
        np.testing.assert_allclose(found, own, atol=1e-5)
