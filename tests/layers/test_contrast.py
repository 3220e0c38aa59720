import numpy as np

from homodal.layers.contrast import Contrast, info_nce

EYE = np.eye(2, dtype="float32")
BOTH = np.array([True, True])


def test_by_hand():
    np.testing.assert_allclose(info_nce(EYE, EYE, BOTH, 1.0), 0.313262, rtol=1e-5)
    cold = info_nce(EYE, EYE, BOTH, 1 / 0.07)
    np.testing.assert_allclose(cold, 6.2487e-7, rtol=0.2)  # float32 ends there
    crossed = info_nce(EYE, EYE[::-1], BOTH, 1.0)
    np.testing.assert_allclose(crossed, 1.313262, rtol=1e-5)


def test_rows_that_lack_a_column_take_no_part():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 4, 3)).astype("float32")
    both = np.array([True, False, True, True])
    got = info_nce(one, other, both, 2.0)
    wanted = info_nce(one[both], other[both], np.ones(3, bool), 2.0)
    np.testing.assert_allclose(got, wanted, rtol=1e-5)
    assert float(info_nce(one, other, np.zeros(4, bool), 2.0)) == 0


def test_is_the_mean_over_pairs_and_its_temperature_is_bounded():
    pooled = np.random.default_rng(0).normal(size=(5, 3, 4)).astype("float32")
    there, layer = np.ones((5, 3), bool), Contrast(width=4)
    layer(pooled, there)
    assert layer.count_params() == 3 * 4 * 4 + 1
    np.testing.assert_allclose(np.exp(layer.log_scale), 1 / 0.07, rtol=1e-5)
    layer.log_scale.assign(50.0)
    hot = layer(pooled, there)
    layer.log_scale.assign(np.log(100.0))
    np.testing.assert_allclose(layer(pooled, there), hot, rtol=1e-5)
    there[:, 2] = False
    alone = layer(pooled, there)
    pair = Contrast(width=4)
    pair(pooled[:, :2], there[:, :2])
    for mine, theirs in zip(pair.projections, layer.projections[:2], strict=True):
        mine.kernel.assign(theirs.kernel)
    pair.log_scale.assign(np.log(100.0))
    np.testing.assert_allclose(alone * 3, pair(pooled[:, :2], there[:, :2]), rtol=1e-4)
