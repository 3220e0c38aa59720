"""Products of vectors against NumPy and by hand."""

import numpy as np

from homodal.layers.bilinear import (
    circular_convolution,
    outer,
    signed_root,
    sketch_matrix,
    unit_length,
    with_one,
)


def row(*values):
    return np.array([values], "float32")


def test_the_outer_product_with_ones_by_hand():
    got = outer([with_one(row(1, 2)), with_one(row(3, -1))])
    np.testing.assert_allclose(got, [[1, 3, -1, 1, 3, -1, 2, 6, -2]])


def test_the_outer_product_of_three_is_numpys():
    rng = np.random.default_rng(0)
    a, b, c = (rng.normal(size=(2, n)).astype("float32") for n in (3, 2, 4))
    wanted = np.einsum("bi,bj,bk->bijk", a, b, c).reshape(2, -1)
    np.testing.assert_allclose(outer([a, b, c]), wanted, rtol=1e-6)


def test_roots_and_lengths_by_hand():
    rooted = np.asarray(signed_root(row(-2, 10, 0)))
    np.testing.assert_allclose(rooted, [[-1.41421, 3.16228, 0]], atol=1e-5)
    unit = np.asarray(unit_length(rooted[:, :2]))
    np.testing.assert_allclose(unit, [[-0.408248, 0.912871]], atol=1e-5)
    np.testing.assert_array_equal(unit_length(row(0, 0)), [[0, 0]])


def test_the_root_has_a_finite_slope_at_zero_and_no_jump():
    small = np.array([[0, 1e-6, 0.99e-4, 1.01e-4]], "float32")
    got = np.asarray(signed_root(small))[0]
    assert got[0] == 0 and abs(got[1] - 1e-4) < 1e-9
    assert abs(got[2] - got[3]) < 2e-4


def test_the_sketch_of_the_outer_product_is_the_convolution_of_sketches():
    first = np.zeros((2, 3), "float32")
    first[[0, 1], [0, 2]] = [1, -1]
    second = np.zeros((2, 3), "float32")
    second[[0, 1], [1, 1]] = 1
    x, y = row(1, 2) @ first, row(3, -1) @ second
    np.testing.assert_array_equal(x, [[1, 0, -2]])
    np.testing.assert_array_equal(y, [[0, 2, 0]])
    here = [np.array([True])] * 2
    np.testing.assert_allclose(
        circular_convolution([x, y], here), [[-4, 2, 0]], atol=1e-6
    )


def test_the_convolution_is_circular_over_those_that_are_present():
    rng = np.random.default_rng(0)
    vectors = [rng.normal(size=(2, 8)).astype("float32") for _ in range(3)]
    there = [np.array([True, True]), np.array([True, False]), np.array([True, True])]
    got = np.asarray(circular_convolution(vectors, there))

    def convolved(a, b):
        return [sum(a[j] * b[(k - j) % 8] for j in range(8)) for k in range(8)]

    all_three = convolved(convolved(vectors[0][0], vectors[1][0]), vectors[2][0])
    without = convolved(vectors[0][1], vectors[2][1])
    np.testing.assert_allclose(got, [all_three, without], rtol=1e-4, atol=1e-5)


def test_a_sketch_keeps_products_in_the_mean():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 20))
    found = [
        (x @ sketch_matrix(20, 64, seed)) @ (y @ sketch_matrix(20, 64, seed))
        for seed in range(400)
    ]
    assert abs(np.mean(found) - x @ y) < 4 * np.std(found) / 20
    matrix = sketch_matrix(20, 64, 0)
    np.testing.assert_array_equal(np.abs(matrix).sum(axis=1), 1)
    np.testing.assert_array_equal(matrix, sketch_matrix(20, 64, 0))
