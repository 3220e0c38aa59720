import numpy as np

from homodal.fusions.stacking import Stacking


def test_starts_as_the_mean_of_log_probabilities(columns):
    p, q = np.array([[0.7, 0.2, 0.1]]), np.array([[0.5, 0.4, 0.1]])
    given, fusion = columns(p=np.log(p) + 3, q=np.log(q)), Stacking()
    got = np.exp(given.fused(fusion))
    roots = np.sqrt(p * q)
    np.testing.assert_allclose(got, roots / roots.sum(), rtol=1e-5)
    assert fusion.count_params() == 2 * 3**2 + 3
    alone = np.exp(given.fused(fusion, "p"))
    roots = np.sqrt(p / 3)  # the other column says nothing
    np.testing.assert_allclose(alone, roots / roots.sum(), rtol=1e-5)


def test_a_column_that_is_always_wrong_can_be_read_the_other_way(columns):
    given, fusion = columns(p=[[2.0, -2.0]], q=[[0.0, 0.0]]), Stacking()
    given.fused(fusion)
    fusion.kernel.assign([[0, 1], [1, 0], [0, 0], [0, 0]])
    got = given.fused(fusion)[0]
    assert got[1] > got[0]
