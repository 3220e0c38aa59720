import numpy as np
import pytest

from homodal.errors import PartError
from homodal.fusions.tensor import Tensor


def test_equals_the_formula(columns):
    given = columns.random("ab")
    fusion = Tensor(width=4, inside=2, dropout=0.0)
    got = given.fused(fusion)

    def vector(name):
        dense = fusion.projections.each[name]
        pooled = np.concatenate([given.values[name]] * 2, axis=1)
        inner = np.tanh(pooled @ np.asarray(dense.kernel))
        return np.concatenate([np.ones((3, 1)), inner], axis=1)

    tensor = np.einsum("bi,bj->bij", vector("a"), vector("b")).reshape(3, 9)
    wanted = tensor @ np.asarray(fusion.out.kernel)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
    assert fusion.count_params() == 9 * 4 + 4 + 2 * (2 * 3 + 1) * 2


def test_an_absent_column_leaves_the_products_of_the_others(columns):
    given = columns.random("ab")
    fusion = Tensor(width=4, inside=2, dropout=0.0)
    given.fused(fusion)
    kernel = np.zeros((3, 3, 4), "float32")
    kernel[1:, 0, :2] = np.eye(2)  # passes on a, where b has its 1
    fusion.out.kernel.assign(kernel.reshape(9, 4))
    np.testing.assert_allclose(
        given.fused(fusion, "a"), given.fused(fusion, "ab"), rtol=1e-6
    )
    np.testing.assert_array_equal(given.fused(fusion, "b"), 0)


@pytest.mark.parametrize(("count", "inside"), [(1, 32), (2, 32), (3, 15), (5, 4)])
def test_the_tensor_stays_small_by_itself(columns, count, inside):
    fusion = Tensor(width=2)
    columns.random("abcde"[:count], rows=1, width=2).fused(fusion)
    assert fusion.projections.width == inside
    assert (inside + 1) ** count <= 4096


def test_a_tensor_that_is_too_large_is_refused(columns):
    with pytest.raises(PartError, match=r"\(32 \+ 1\)\^5.*fusion=low_rank"):
        columns.random("abcde").fused(Tensor(inside=32))
