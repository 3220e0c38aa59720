"""Whole channels dropped in training, their expected value kept."""

import keras
import numpy as np
import pytest

from homodal.layers.dropout import ChannelDropout


def in_training(layer, values):
    return keras.ops.convert_to_numpy(layer(values, training=True))


@pytest.mark.parametrize("shape", [(64, 7, 8), (64, 3, 5, 8)])
def test_whole_channels_of_a_row_go_and_the_mean_stays(shape):
    keras.utils.set_random_seed(0)
    got = in_training(ChannelDropout(0.25), np.ones(shape, "float32"))
    flat = got.reshape(len(got), -1, 8)
    np.testing.assert_array_equal(flat, np.broadcast_to(flat[:, :1], flat.shape))
    assert sorted({round(float(v), 5) for v in np.unique(flat)}) == [0, 1.33333]
    assert flat.mean() == pytest.approx(1.0, abs=0.1)
    assert not np.all(flat[0] == flat[1])


def test_nothing_goes_in_prediction_or_at_a_rate_of_zero():
    values = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    np.testing.assert_array_equal(ChannelDropout(0.5)(values), values)
    np.testing.assert_array_equal(in_training(ChannelDropout(0.0), values), values)
    assert ChannelDropout(0.0).variables == []


def test_half_precision_stays_half():
    layer = ChannelDropout(0.5)
    layer.dtype_policy = "mixed_float16"
    assert layer(np.ones((2, 3, 4), "float16"), training=True).dtype == "float16"
