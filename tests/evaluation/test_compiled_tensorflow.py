"""As `compiled` uses it, on its own backend."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")


def test_it_is_traced_once():
    from homodal.evaluation.compiled_tensorflow import compiled

    traces = []

    def doubled(x):
        traces.append(x.shape)
        return 2 * x

    found = compiled(doubled)
    for rows in (1, 2, 3):
        array = np.ones((rows, 4), "float32")
        np.testing.assert_array_equal(found(tf.constant(array)).numpy(), 2 * array)
    assert [tuple(shape) for shape in traces] == [(None, 4)]
