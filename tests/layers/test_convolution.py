"""Residual convolutions against NumPy, and how strides meet padding."""

import keras
import numpy as np
import pytest

from homodal.layers.convolution import Halving, Pyramid, ResidualConvolution, cells


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_a_residual_convolution_equals_the_formula():
    values, mask = random(2, 6, 4), np.ones((2, 6), bool)
    mask[1, 4:] = False
    values[~mask] = 0
    layer = ResidualConvolution(kernel=3)
    layer.build(values.shape)
    layer.norm.scale.assign([1.0, 2.0, 0.5, 3.0])
    layer.near.bias.assign([0.1, -0.2, 0.3, 0.0])
    got = keras.ops.convert_to_numpy(layer(values, mask))
    normed = values / np.sqrt(np.mean(values**2, axis=-1, keepdims=True) + 1e-6)
    normed = normed * [1.0, 2.0, 0.5, 3.0]
    around = np.pad(normed, ((0, 0), (1, 1), (0, 0)))
    kernel = np.asarray(layer.near.kernel)  # (3, 4, 4)
    near = sum(around[:, i : i + 6] @ kernel[i] for i in range(3))
    near += np.asarray(layer.near.bias)
    wanted = values + np.maximum(near, 0) @ np.asarray(layer.mix.kernel)
    np.testing.assert_allclose(got, wanted * mask[..., None], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 6, 4), (2, 6, 5, 4)])
def test_a_convolution_whose_branch_ends_in_zero_changes_nothing(shape):
    values, layer = random(*shape), ResidualConvolution()
    layer.build(shape)
    layer.mix.kernel.assign(np.zeros((4, 4)))
    np.testing.assert_array_equal(layer(values, np.ones(shape[:2], bool)), values)
    rank = len(shape) - 2
    assert layer.count_params() == 3**rank * 4**2 + 4**2 + 3 * 4


def test_no_taps_along_an_axis_of_one():
    layer = ResidualConvolution(kernel=3)
    layer.build((None, 5, 1, 4))
    assert layer.near.kernel.shape == (3, 1, 4, 4)


def test_dropout_takes_whole_channels():
    values = np.ones((4, 10, 8), "float32")
    layer = ResidualConvolution(dropout=0.5)
    layer.build(values.shape)
    layer.mix.kernel.assign(np.eye(8))
    layer.near.kernel.assign(np.stack([np.zeros((8, 8)), np.eye(8), np.zeros((8, 8))]))
    mask = np.ones((4, 10), bool)
    got = keras.ops.convert_to_numpy(layer(values, mask, training=True))
    assert np.all(got == got[:, :1])
    assert 0 < (got == 1).mean() < 1


@pytest.mark.parametrize("kernel", [2, 4])
@pytest.mark.parametrize("rows", [4, 5, 6, 7])
def test_halving_keeps_to_the_start_of_the_axis(kernel, rows):
    """More zeros at the end, odd or even, never shift what is before them."""
    values, layer = random(1, rows, 6, 3), Halving(5, kernel)
    wanted, mask = layer(values, np.ones((1, rows), bool))
    assert wanted.shape == (1, -(-rows // 2), 3, 5)
    for more in (1, 2, 3):
        longer = np.pad(values, ((0, 0), (0, more), (0, 0), (0, 0)))
        there = np.arange(rows + more)[None] < rows
        got, real = layer(longer, there)
        steps = mask.shape[1]
        np.testing.assert_array_equal(np.asarray(real)[:, :steps], mask)
        assert not np.asarray(real)[:, steps:].any()
        np.testing.assert_allclose(
            np.asarray(got)[:, :steps], wanted, rtol=1e-5, atol=1e-6
        )


def test_halving_leaves_short_axes_alone():
    layer = Halving(5)
    layer.build((None, 2, 3, 1))
    assert layer.strides == [1, 2] and layer.map_shape == (None, 2, 2, 5)
    layer = Halving(5)
    layer.build((None, None, 1, 1))
    assert layer.strides == [2, 1] and layer.map_shape == (None, None, 1, 5)


def test_a_pyramid_doubles_channels_as_axes_halve():
    layer = Pyramid(width=64, depth=3)
    values, mask = layer(random(2, 28, 20, 1), np.ones((2, 28), bool))
    assert layer.map_shape == (2, 4, 3, 64) == tuple(values.shape)
    assert mask.shape == (2, 4)
    assert [halving.width for halving in layer.halvings] == [16, 32, 64]


def test_cells_keep_their_row_of_the_mask():
    stream = cells(random(1, 2, 3, 4), np.array([[True, False]]))
    np.testing.assert_array_equal(stream.mask, [[True] * 3 + [False] * 3])
    assert stream.values.shape == (1, 6, 4)
