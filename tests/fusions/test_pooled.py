"""Sum, maximum, product and weighted sum against their formulas."""

import numpy as np
import pytest

from homodal.fusions.max import Max
from homodal.fusions.product import Product
from homodal.fusions.sum import Sum
from homodal.fusions.weighted_sum import WeightedSum

A, B, C = [[1.0, -2.0]], [[3.0, 4.0]], [[-5.0, 6.0]]


def identity(fusion, columns, plain, **values):
    """The fusion with projections that leave two features as they are."""
    given = columns(**values)
    given.fused(fusion)
    for dense in fusion.projections.each.values():
        plain(dense)
    return given


@pytest.mark.parametrize(
    ("kind", "names", "wanted"),
    [
        (Sum, "abc", [-1, 8]),
        (Sum, "ac", [-4, 4]),
        (Sum, "", [0, 0]),
        (Max, "abc", [3, 6]),
        (Max, "ac", [1, 6]),
        (Max, "", [0, 0]),
        (Product, "abc", [-15, -48]),
        (Product, "ac", [-5, -12]),
        (Product, "", [1, 1]),
    ],
)
def test_by_hand_over_the_columns_that_are_present(columns, plain, kind, names, wanted):
    fusion = kind(width=2, dropout=0.0)
    given = identity(fusion, columns, plain, a=A, b=B, c=C)
    np.testing.assert_allclose(given.fused(fusion, names), [wanted])
    assert fusion.count_params() == 3 * (2 * 2 + 1) * 2


def test_a_product_begins_with_factors_near_one(columns):
    fusion, given = Product(width=2), columns(a=[[0.0, 0.0]], b=[[0.0, 0.0]])
    np.testing.assert_array_equal(given.fused(fusion), [[1, 1]])


def weighted(columns, plain):
    fusion = WeightedSum(width=2, dropout=0.0)
    given = identity(fusion, columns, plain, a=A, b=B, c=C)
    fusion.scores.kernel.assign(np.zeros(fusion.scores.kernel.shape))
    fusion.scores.bias.assign(np.log([1.0, 2.0, 5.0]))
    return fusion, given


def test_a_weighted_sum_by_hand(columns, plain):
    fusion, given = weighted(columns, plain)
    wanted = (np.array(A) + 2 * np.array(B) + 5 * np.array(C)) / 8
    np.testing.assert_allclose(given.fused(fusion), wanted, rtol=1e-5)
    without = (np.array(A) + 5 * np.array(C)) / 6
    np.testing.assert_allclose(given.fused(fusion, "ac"), without, rtol=1e-5)
    np.testing.assert_allclose(given.fused(fusion, ""), [[0, 0]])


def test_the_weights_of_columns_can_be_read(columns, plain):
    fusion, given = weighted(columns, plain)
    weights = fusion.weights_of(given.streams, given.shown("ab"))
    np.testing.assert_allclose(weights, [[1 / 3, 2 / 3, 0]], rtol=1e-5)
    fusion.scores.kernel.assign(np.ones(fusion.scores.kernel.shape) * [[1, 0, 0]])
    asked = np.asarray(fusion.weights_of(given.streams, given.shown("ab")))
    assert asked[0, 0] > 0.9  # the rows' values decide, with 14 for column a
