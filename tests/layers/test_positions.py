import numpy as np
import pytest

from homodal.layers.positions import Positions, sinusoids


@pytest.mark.parametrize("width", [6, 7])
def test_sinusoids_equal_the_formula(width):
    got = np.asarray(sinusoids(5, width))
    half = (width + 1) // 2
    for step in range(5):
        angles = step / 10_000 ** (np.arange(half) / half)
        wanted = np.concatenate([np.sin(angles), np.cos(angles)])[:width]
        np.testing.assert_allclose(got[step], wanted, rtol=1e-5, atol=1e-6)


def test_steps_keep_their_place_when_there_are_more():
    layer = Positions(gain=1.0)
    short = np.asarray(layer(np.zeros((1, 3, 8), "float32")))
    longer = np.asarray(layer(np.zeros((1, 9, 8), "float32")))
    np.testing.assert_allclose(longer[:, :3], short, rtol=1e-6, atol=1e-6)


def test_cells_know_their_row_and_their_column():
    got = np.asarray(Positions(gain=0.5)(np.zeros((1, 3, 4, 9), "float32")))
    assert np.all(got[0, :, 0, :4] == got[0, :, 1, :4])
    assert np.all(got[0, 0, :, 4:] == got[0, 1, :, 4:])
    np.testing.assert_allclose(got[0, :, 0, :4], 0.5 * np.asarray(sinusoids(3, 4)))
    np.testing.assert_allclose(got[0, 0, :, 4:], 0.5 * np.asarray(sinusoids(4, 5)))
