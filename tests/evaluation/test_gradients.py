import numpy as np
from keras import ops

from homodal.evaluation.gradients import gradients


def test_gradients_of_a_polynomial():
    x = np.array([[1.0, 2.0], [3.0, -1.0]], "float32")
    y = np.array([[2.0], [5.0]], "float32")

    def function(given):
        return ops.sum(given["x"] ** 2, axis=1) * given["y"][:, 0]

    values, found = gradients(function, {"x": x, "y": y, "unused": x})
    np.testing.assert_allclose(values, [10, 50])
    np.testing.assert_allclose(found["x"], 2 * x * y)
    np.testing.assert_allclose(found["y"][:, 0], [5, 10])
    assert (found["unused"] == 0).all()
