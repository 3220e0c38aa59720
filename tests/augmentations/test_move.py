"""Moves of known size do to pixels what geometry says."""

import numpy as np
from keras import ops

from homodal.augmentations.move import Move

HEIGHT, WIDTH = 9, 11


def moved(pixels, **options):
    layer = Move(**{"turn_degrees": 0.0, "scale": 0.0, "shift": 0.0} | options)
    mask = np.ones(pixels.shape[:2], bool)
    return ops.convert_to_numpy(layer(pixels, mask, training=True))


def ramp():
    """Pixels that tell their own place: `(2, H, W, 2)` of x and y."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.repeat(np.stack([x, y], axis=-1)[None], 2, axis=0).astype("float32")


def test_nothing_moves_by_nothing():
    np.testing.assert_allclose(moved(ramp()), ramp(), atol=1e-4)


def inside(found):
    """Places whose pixels came from inside the picture, with a border left out."""
    x, y = found[..., 0], found[..., 1]
    return (x > 0) & (x < WIDTH - 1) & (y > 0) & (y < HEIGHT - 1)


def test_a_shift_is_the_same_everywhere_and_small_enough():
    found = moved(ramp(), shift=0.2)
    for row, pixels in enumerate(found):
        away = (pixels - ramp()[row])[inside(pixels)]
        np.testing.assert_allclose(
            away, np.broadcast_to(away[0], away.shape), atol=0.02
        )
        assert np.all(np.abs(away[0]) <= [0.2 * WIDTH, 0.2 * HEIGHT])
    assert not np.allclose(found[0], found[1])


def test_a_turn_keeps_the_middle_and_all_distances():
    found = moved(ramp(), turn_degrees=30.0)[0]
    middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    np.testing.assert_allclose(found[HEIGHT // 2, WIDTH // 2], middle, atol=0.02)
    here = inside(found)
    before = np.linalg.norm(ramp()[0][here] - middle, axis=-1)
    after = np.linalg.norm(found[here] - middle, axis=-1)
    np.testing.assert_allclose(after, before, atol=0.05)


def test_a_scale_stretches_all_distances_alike():
    found = moved(ramp(), scale=0.5)[0]
    middle = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
    here = inside(found) & (np.abs(ramp()[0] - middle).sum(axis=-1) > 1)
    before = np.linalg.norm(ramp()[0][here] - middle, axis=-1)
    after = np.linalg.norm(found[here] - middle, axis=-1)
    ratios = after / before
    np.testing.assert_allclose(ratios, ratios[0], atol=0.02)
    assert 1 / 1.5 - 0.01 <= ratios[0] <= 1.5 + 0.01 and abs(ratios[0] - 1) > 0.01
