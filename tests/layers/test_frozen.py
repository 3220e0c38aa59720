"""A frozen network answers as it was built, and is not trained."""

import keras
import numpy as np

from homodal.layers.frozen import frozen


def test_answers_are_those_of_the_network_as_float32():
    made = []

    def build():
        made.append(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]))
        return made[0]

    answer = frozen(build)
    values = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    kernel, bias = made[0].get_weights()
    found = answer(values)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, values @ kernel + bias, rtol=1e-5, atol=1e-6)
    assert made[0].trainable_weights == []
