import numpy as np

from homodal.layers.masking import zero_finite_padding, zero_padding


def test_zeros_replace_anything():
    for trailing in ((), (2,), (2, 3), (2, 3, 4)):
        values = np.full((2, 3, *trailing), np.nan, "float32")
        mask = np.array([[True, False, False], [False] * 3])
        values[0, 0] = 7
        got = np.asarray(zero_padding(values, mask))
        assert got.shape == values.shape
        assert np.all(got[0, 0] == 7) and np.all(got[~mask] == 0)


def test_a_product_does_for_finite_values():
    values = np.random.default_rng(0).normal(size=(2, 3, 2, 4)).astype("float32")
    mask = np.array([[True, True, False], [False] * 3])
    wanted = np.asarray(zero_padding(values, mask))
    np.testing.assert_array_equal(zero_finite_padding(values, mask), wanted)
