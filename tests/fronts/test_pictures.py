"""Pictures and films: pixels about zero."""

import numpy as np

from homodal.fronts.image import Image
from homodal.fronts.video import Video


def test_pixels_are_scaled_and_padding_is_zero():
    film = Video(motion=False)
    for front, shape in ((Image(), (1, 2, 3, 1)), (film, (1, 2, 3, 3, 1))):
        pixels = np.full(shape, 255, "uint8")
        values, mask = front(pixels, np.array([[True, False]]))
        np.testing.assert_array_equal(np.asarray(values)[0, 0], 1)
        np.testing.assert_array_equal(np.asarray(values)[0, 1], 0)
        np.testing.assert_array_equal(mask, [[True, False]])


def test_shifts_only_in_training():
    pixels = np.random.default_rng(0).integers(0, 255, (4, 9, 9, 1)).astype("uint8")
    mask, front = np.ones((4, 9), bool), Image(shift_px=3)
    still = np.asarray(front(pixels, mask)[0])
    np.testing.assert_allclose(still, pixels / 127.5 - 1, atol=1e-6)
    assert np.any(np.asarray(front(pixels, mask, training=True)[0]) != still)


def test_motion_is_what_changed_since_the_frame_before():
    pixels = np.zeros((1, 3, 1, 2, 3), "uint8")
    pixels[0, 1:, 0, 1] = 255  # the right pixel turns white, and stays so
    values, _ = Video()(pixels, np.array([[True, True, True]]))
    assert values.shape == (1, 3, 1, 2, 4)
    motion = np.asarray(values)[0, :, 0, :, 3]
    np.testing.assert_allclose(motion, [[0, 0], [0, 4], [0, 0]], atol=1e-6)
