import numpy as np
import pytest

from homodal.layers.stems import PatchStem, RowStem

SHAPES = {(6, 5): 6, (13, 10, 2): 4, (4, 9, 8, 1): 4}


@pytest.mark.parametrize("shape, steps", SHAPES.items())
def test_a_row_stem_gives_one_step_a_row(shape, steps):
    values = np.ones((2, *shape), "float32")
    stream = RowStem(width=32, depth=2)(values, np.ones((2, shape[0]), bool))
    assert stream.values.shape == (2, steps, 32)
    assert stream.mask.shape == (2, steps)


@pytest.mark.parametrize("patch, cells", [(4, 8 * 4), (8, 4 * 2), (16, 2 * 2)])
def test_a_patch_stem_gives_one_step_a_patch(patch, cells):
    values = np.ones((2, 32, 16, 1), "float32")
    stem = PatchStem(width=32, depth=2, patch=patch)
    stream = stem(values, np.ones((2, 32), bool))
    assert stream.values.shape == (2, cells, 32)


@pytest.mark.parametrize("shape", [(6, 5), (4, 9, 8, 1)])
def test_a_patch_stem_keeps_steps_and_frames(shape):
    values = np.ones((2, *shape), "float32")
    stream = PatchStem(width=32, depth=2)(values, np.ones((2, shape[0]), bool))
    assert stream.values.shape == (2, shape[0], 32)
