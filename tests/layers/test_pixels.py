import keras
import numpy as np

from homodal.layers.pixels import RandomShift, centred


def test_pixels_are_centred():
    got = centred(np.array([0, 51, 255], "uint8"), "float32")
    np.testing.assert_allclose(got, [-1, -0.6, 1], rtol=1e-6)


def test_a_shift_moves_the_whole_picture_and_repeats_its_border():
    keras.utils.set_random_seed(0)
    values = np.arange(30, dtype="float32").reshape(1, 5, 6, 1)
    values = np.repeat(values, 40, axis=0)
    layer = RandomShift(2)
    np.testing.assert_array_equal(layer(values), values)
    got = np.asarray(layer(values, training=True))
    possible = {
        _moved(values[0], down, right).tobytes()
        for down in range(-2, 3)
        for right in range(-2, 3)
    }
    seen = {picture.tobytes() for picture in got}
    assert seen <= possible and len(seen) > 5


def _moved(picture, down, right):
    rows = np.clip(np.arange(5) + down, 0, 4)
    columns = np.clip(np.arange(6) + right, 0, 5)
    return picture[rows][:, columns]
