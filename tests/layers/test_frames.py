import numpy as np

from homodal.layers.frames import PerFrame


def test_every_frame_is_seen_by_itself():
    values = np.random.default_rng(0).normal(size=(2, 3, 8, 9, 1)).astype("float32")
    mask = np.array([[True, True, True], [True, False, False]])
    layer = PerFrame(width=16, depth=2)
    wanted = np.asarray(layer(values, mask))
    assert wanted.shape == (2, 3, 16)
    np.testing.assert_array_equal(wanted[1, 1:], 0)
    alone = np.asarray(layer(values[:1, 1:2], mask[:1, :1]))
    np.testing.assert_allclose(alone[0, 0], wanted[0, 1], rtol=1e-5, atol=1e-6)
