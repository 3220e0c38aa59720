"""A context of all steps reaches each of them, and keeps their number."""

import numpy as np
from keras import ops

from homodal.layers.context import Context, Summary


def test_every_step_hears_of_the_others():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2, 3, 8)).astype("float32")
    mask = np.ones((2, 3), bool)
    layer = Context(1)
    before = ops.convert_to_numpy(layer(values, mask)[0])
    assert before.shape == values.shape
    values[0, 2] += 1
    after = ops.convert_to_numpy(layer(values, mask)[0])
    assert not np.allclose(before[0, 0], after[0, 0])
    np.testing.assert_allclose(before[1], after[1], atol=1e-6)


def test_a_summary_is_one_step_of_all():
    values = np.random.default_rng(0).normal(size=(2, 70, 8)).astype("float32")
    mask = np.ones((2, 70), bool)
    mask[1, 3:] = False
    layer = Summary(16, 2)
    stream = layer(values, mask)
    assert stream.values.shape == (2, 1, 16) and stream.mask.shape == (2, 1)
    before = ops.convert_to_numpy(stream.values)
    values[:, 5] += 1  # masked in the second row
    after = ops.convert_to_numpy(layer(values, mask).values)
    assert not np.allclose(before[0], after[0])
    np.testing.assert_allclose(before[1], after[1], atol=1e-6)
