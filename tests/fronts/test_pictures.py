"""Pictures and films: pixels about zero."""

import numpy as np
import pytest

from homodal.errors import PartError
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


def test_what_stays_in_a_film_can_be_subtracted():
    rng = np.random.default_rng(0)
    stays, moves = (
        rng.integers(0, 99, (1, 1, 4, 5, 1)),
        rng.integers(0, 9, (3, 4, 5, 1)),
    )
    mask = np.array([[True] * 3 + [False]])
    faint = np.pad(stays + moves, ((0, 0), (0, 1), (0, 0), (0, 0), (0, 0)))
    values, _ = Video(background="subtracted")(faint.astype("uint8"), mask)
    bright, _ = Video(background="subtracted")((faint * 2 + 40).astype("uint8"), mask)
    np.testing.assert_allclose(values, bright, rtol=0.02, atol=1e-3)
    real = np.asarray(values)[0, :3]
    np.testing.assert_allclose(np.sqrt(np.mean(real**2, axis=(0, 1, 2))), 1, rtol=0.05)
    np.testing.assert_allclose(real[..., 0].mean(axis=0), 0, atol=1e-5)
    wanted = moves[..., 0] - moves[..., 0].mean(axis=0)
    wanted = wanted / np.sqrt(np.mean(wanted**2))
    np.testing.assert_allclose(real[..., 0], wanted, atol=0.1)
    assert not np.any(np.asarray(values)[0, 3])


def test_a_film_that_shows_nothing_is_zero_without_its_background():
    film, mask = np.full((1, 3, 2, 2, 3), 200, "uint8"), np.ones((1, 3), bool)
    assert not np.any(np.asarray(Video(background="subtracted")(film, mask)[0]))


def test_the_frames_of_a_film_are_shifted_together_in_training():
    frame = np.random.default_rng(0).integers(0, 255, (1, 1, 9, 8, 1))
    films = np.tile(frame, (6, 3, 1, 1, 1)).astype("uint8")
    mask, front = np.ones((6, 3), bool), Video(motion=False, shift_px=2)
    np.testing.assert_allclose(front(films, mask)[0], films / 127.5 - 1, atol=1e-6)
    moved = np.asarray(front(films, mask, training=True)[0])
    assert np.any(moved != films / 127.5 - 1)
    np.testing.assert_array_equal(moved, np.repeat(moved[:, :1], 3, axis=1))


def test_an_unknown_background_is_named():
    with pytest.raises(PartError, match="blurred"):
        Video(background="blurred")
