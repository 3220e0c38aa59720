import numpy as np

from homodal.fusions.bilinear import Bilinear

U = [[1, 0], [0, 1], [1, 1], [1, -1]]
V = [[1, 1], [0, 2], [1, 0], [0, 1]]


def by_hand(columns, plain):
    given = columns(a=[[1.0, 2.0]], b=[[3.0, -1.0]])
    fusion = Bilinear(width=2, factors=2, dropout=0.0)
    given.fused(fusion)
    for name, matrix in (("a", U), ("b", V)):
        plain(fusion.projections.each[name], np.transpose(matrix))
    fusion.out.kernel.assign(np.eye(2))
    return fusion, given


def test_by_hand(columns, plain):
    fusion, given = by_hand(columns, plain)
    got = given.fused(fusion)
    np.testing.assert_allclose(got, [[-0.408248, 0.912871]], atol=1e-5)
    assert fusion.count_params() == 2 * (2 * 2 + 1) * 2 * 2 + (2 + 1) * 2


def test_an_absent_column_is_a_factor_of_one(columns, plain):
    fusion, given = by_hand(columns, plain)
    rooted = np.sqrt([1 + 2, 3 - 1])  # u = (1, 2, 3, -1) in groups of two
    wanted = [rooted / np.linalg.norm(rooted)]
    np.testing.assert_allclose(given.fused(fusion, "a"), wanted, rtol=1e-5)


def test_one_factor_is_the_plain_product(columns, plain):
    given = columns(a=[[2.0, 3.0]], b=[[5.0, -1.0]])
    fusion = Bilinear(width=2, factors=1, dropout=0.0)
    given.fused(fusion)
    for dense in fusion.projections.each.values():
        plain(dense)
    fusion.out.kernel.assign(np.eye(2))
    rooted = np.array([np.sqrt(10), -np.sqrt(3)])
    wanted = [rooted / np.linalg.norm(rooted)]
    np.testing.assert_allclose(given.fused(fusion), wanted, rtol=1e-5)
