"""Features of a pretrained network are brought to one scale; padding stays zero."""

import numpy as np
from keras import ops

from homodal.layers.features import Features


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
