"""Stacked layers give each column what a layer of its own would give."""

import numpy as np
from keras import ops

from homodal.layers.stacked import StackedDense, StackedEmbedding


def test_a_dense_layer_for_each_column():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4, 3, 2)).astype("float32")
    layer = StackedDense(5)
    found = ops.convert_to_numpy(layer(values))
    kernel = np.asarray(layer.kernel)
    for column in range(3):
        wanted = values[:, column] @ kernel[column]
        np.testing.assert_allclose(found[:, column], wanted, rtol=1e-5, atol=1e-6)


def test_an_embedding_for_each_column():
    layer = StackedEmbedding([2, 3], 4)
    found = ops.convert_to_numpy(layer(np.array([[1, 0], [1, 2]])))
    table = np.asarray(layer.table.embeddings)
    np.testing.assert_array_equal(found[0], table[[1, 2]])
    np.testing.assert_array_equal(found[1], table[[1, 4]])
