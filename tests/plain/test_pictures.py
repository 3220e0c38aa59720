"""Figures of pictures and films: which way edges run, which colours there are."""

import numpy as np
import pytest

from homodal.plain.pictures import (
    film_figures,
    oriented_gradients,
    picture_figures,
    pictures_figures,
)


def stripes(across):
    """Stripes of 4 pixels, grey `(32, 32)`; across: they run from left to right."""
    line = np.repeat([0, 255], 4)[np.arange(32) % 8].astype(np.uint8)
    picture = np.tile(line, (32, 1))
    return picture.T if across else picture


@pytest.mark.parametrize(("across", "angle"), [(False, 0), (True, 4)])
def test_gradients_stand_in_the_bin_of_their_direction(across, angle):
    cells = oriented_gradients(stripes(across)).reshape(64, 9)
    assert (cells.argmax(axis=1) == angle).all()
    np.testing.assert_allclose(np.linalg.norm(cells, axis=1), 1.0, atol=1e-3)


def test_a_picture_without_edges_has_no_gradients():
    assert not oriented_gradients(np.full((9, 7), 80)).any()
    assert not oriented_gradients(np.full((1, 7), 80)).any()


@pytest.mark.parametrize(("channels", "size"), [(1, 576 + 16), (3, 576 + 64)])
@pytest.mark.parametrize("shape", [(32, 32), (5, 13)])
def test_figures_are_as_many_for_every_size(channels, size, shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, channels), np.uint8)
    figures = picture_figures(pixels)
    assert figures.shape == (size,) and np.isfinite(figures).all()
    assert (figures[576:] ** 2).sum() == pytest.approx(1.0)


def test_colours_are_told_apart():
    red, blue = np.zeros((2, 8, 8, 3), np.uint8)
    red[..., 0] = blue[..., 2] = 255
    assert picture_figures(red)[576:] @ picture_figures(blue)[576:] == 0


def test_several_pictures_count_as_their_mean():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), np.uint8)
    each = [picture_figures(one) for one in pixels]
    np.testing.assert_allclose(pictures_figures(pixels), np.mean(each, axis=0))


def test_a_film_tells_where_it_changes():
    frames = np.zeros((5, 16, 16, 1), np.uint8)
    frames[1::2, :8] = 255  # the upper half blinks
    change = film_figures(frames)[-128:-64].reshape(8, 8)
    np.testing.assert_allclose(change[:4], 1.0, atol=1e-6)
    assert not change[4:].any()


def test_a_film_of_one_frame_does_not_change():
    figures = film_figures(np.full((1, 16, 16, 3), 9, np.uint8))
    assert not figures[-128:].any() and len(figures) == 576 + 64 + 128
