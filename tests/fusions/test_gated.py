import math

import keras
import numpy as np

from homodal.fusions.gated import Gated
from homodal.layers.stream import single

HERE = {"a": np.array([True]), "b": np.array([True])}


def streams(a, b):
    given = {"a": a, "b": b}
    return {n: single(keras.ops.convert_to_tensor([[v]])) for n, v in given.items()}


def bimodal():
    """u = (a, b) itself, and the two gates z and 1 - z with z = sigmoid(a / 2)."""
    fusion = Gated(width=1, dropout=0.0)
    fusion(streams(0.0, 0.0), HERE)
    for name in "ab":  # a pooled column of one step is its value twice
        fusion.contents[name].kernel.assign([[1.0], [0.0]])
    fusion.gates["a"].kernel.assign([[0.5], [0], [0], [0]])
    fusion.gates["b"].kernel.assign([[-0.5], [0], [0], [0]])
    return fusion


def test_the_bimodal_unit_with_opposite_gates():
    got = bimodal()(streams(1.0, -2.0), HERE).values
    z = 1 / (1 + math.exp(-0.5))
    wanted = z * math.tanh(1) + (1 - z) * math.tanh(-2)
    np.testing.assert_allclose(got, [[[wanted]]], rtol=1e-5)
    np.testing.assert_allclose(got, [[[0.110102]]], atol=1e-6)


def test_an_absent_column_adds_nothing_but_is_seen_by_the_gates():
    absent = HERE | {"b": np.array([False])}
    got = bimodal()(streams(1.0, -2.0), absent).values
    z = 1 / (1 + math.exp(-0.5))
    np.testing.assert_allclose(got, [[[z * math.tanh(1)]]], rtol=1e-5)
    fusion = bimodal()
    fusion.gates["a"].kernel.assign([[0], [0], [0.5], [0]])  # asks column b only
    got = fusion(streams(1.0, -2.0), absent).values
    np.testing.assert_allclose(got, [[[math.tanh(1) / (1 + math.e)]]], rtol=1e-5)


def test_parameters_are_as_the_docstring_says():
    fusion = Gated(width=7)
    fusion(streams(0.0, 0.0), HERE)
    assert fusion.count_params() == 2 * (2 + 1) * 7 + 2 * (2 * 2 + 1) * 7


def test_the_gates_can_be_looked_at():
    found = bimodal().weights_of(streams(1.0, -2.0), HERE)
    z = 1 / (1 + math.exp(-0.5))
    np.testing.assert_allclose(found, [[z, 1 - z]], rtol=1e-5)
    absent = HERE | {"b": np.array([False])}
    assert float(bimodal().weights_of(streams(1.0, -2.0), absent)[0][1]) == 0
