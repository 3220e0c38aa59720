"""Features of a pretrained network are brought to one scale; padding stays zero."""

import numpy as np
from keras import ops

from homodal.fronts.video import Video
from homodal.layers.features import Features


def test_it_knows_the_seconds_that_the_front_of_the_cells_knows():
    mask = np.ones((2, 3), bool)
    arrays = np.zeros((2, 3, 8), np.float32)
    assert Features().seconds(arrays, mask, mask) is None
    film = Video(rate_hz=5.0)
    wanted = ops.convert_to_numpy(film.seconds(arrays, mask, mask))
    found = ops.convert_to_numpy(Features(film).seconds(arrays, mask, mask))
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_allclose(found[0, :, 0], [0.0, 0.2, 0.4], atol=1e-6)


def test_each_step_has_mean_zero_and_deviation_one():
    rng = np.random.default_rng(0)
    arrays = rng.normal(3.0, 5.0, size=(2, 4, 8)).astype(np.float32)
    mask = np.array([[True] * 4, [True, True, False, False]])
    values, real = Features()(arrays, mask)
    values = ops.convert_to_numpy(values)
    wanted = arrays - arrays.mean(axis=-1, keepdims=True)
    wanted /= np.sqrt(wanted.var(axis=-1, keepdims=True) + 1e-5)
    np.testing.assert_allclose(values[mask], wanted[mask], rtol=1e-4, atol=1e-5)
    assert not values[~mask].any()
    np.testing.assert_array_equal(ops.convert_to_numpy(real), mask)
