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


def test_frames_of_a_film_move_alike():
    films = np.random.default_rng(0).normal(size=(20, 3, 5, 6, 2)).astype("float32")
    films = np.repeat(films[:, :1], 3, axis=1)
    got = np.asarray(RandomShift(2)(films, training=True))
    np.testing.assert_array_equal(got[:, 0], got[:, 1])
    for film, moved in zip(films, got, strict=True):
        assert any(
            np.array_equal(_moved(film[0], down, right), moved[0])
            for down in range(-2, 3)
            for right in range(-2, 3)
        )
    assert np.any(got != films)


def _moved(picture, down, right):
    rows = np.clip(np.arange(5) + down, 0, 4)
    columns = np.clip(np.arange(6) + right, 0, 5)
    return picture[rows][:, columns]
