import keras
import numpy as np

from homodal.layers.normalisation import RmsNorm


def test_equals_the_formula():
    values = np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
    layer = RmsNorm()
    layer.build(values.shape)
    layer.scale.assign([1.0, 2.0, 3.0, 4.0])
    power = np.sqrt(np.mean(values**2, axis=-1, keepdims=True) + 1e-6)
    wanted = values / power * [1, 2, 3, 4]
    np.testing.assert_allclose(layer(values), wanted, rtol=1e-5, atol=1e-6)


def test_zeros_stay_zeros_and_float16_does_not_overflow():
    layer = RmsNorm(dtype="mixed_float16")
    values = np.zeros((1, 2, 4), "float16")
    values[0, 1] = 1000
    got = keras.ops.convert_to_numpy(layer(values))
    np.testing.assert_array_equal(got[0, 0], 0)
    np.testing.assert_allclose(got[0, 1], 1, rtol=1e-2)
