"""Plain features: sparse products, standardised figures, one number of several."""

import numpy as np
import pytest

from homodal.plain.features import Flat, OneOf, Sparse, Statistics


def test_a_sparse_product_is_that_of_the_whole_matrix():
    rng = np.random.default_rng(0)
    dense = rng.normal(size=(6, 5)) * (rng.random((6, 5)) < 0.4)
    dense[[1, 5]] = 0  # rows without any number, one of them the last
    rows, numbers = np.nonzero(dense)
    offsets = np.searchsorted(rows, np.arange(7))
    sparse = Sparse(offsets, numbers, dense[rows, numbers].astype(np.float32), 5)
    kernel = rng.normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(sparse @ kernel, dense @ kernel, rtol=1e-5, atol=1e-6)


def test_a_sparse_matrix_without_numbers_gives_zeros():
    empty = Sparse(np.zeros(3, np.int64), np.zeros(0, np.int64), np.zeros(0), 4)
    assert not (empty @ np.ones((4, 2), np.float32)).any()


@pytest.mark.parametrize("stacked", [True, False])
def test_flat_numbers_are_standardised_by_the_training_rows(stacked):
    values = np.array([[[1.0, 5.0]], [[3.0, 5.0]], [[9.0, 9.0]]], np.float32)
    there = np.array([True, True, False])
    cells = values if stacked else [*values[:2], None]
    features = Flat()
    learned = features.learn(cells, there)
    np.testing.assert_allclose(learned["location"], [2.0, 5.0])
    matrix = features.matrix(cells, there, learned)
    # the second number never changed, and so tells nothing; the third row is not there
    np.testing.assert_allclose(matrix, [[-1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])


def test_a_wild_figure_is_drawn_in():
    features = Flat()
    learned = features.learn(np.array([[0.0], [2.0]]), np.ones(2, bool))
    assert features.matrix(np.array([[1e9]]), np.ones(1, bool), learned) == [[10.0]]


def test_a_row_of_many_statistics_is_about_as_long_as_one():
    rng = np.random.default_rng(0)
    cells = [rng.normal(size=(4, 25)) for _ in range(200)]
    features = Statistics(np.ravel)
    there = np.ones(200, bool)
    matrix = features.matrix(cells, there, features.learn(cells, there))
    assert matrix.shape == (200, 100)
    assert np.linalg.norm(matrix, axis=1).mean() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("stacked", [True, False])
def test_one_of_several_numbers_picks_a_row_of_the_kernel(stacked):
    cells = np.array([[2], [0], [1]], np.int32)
    cells = cells if stacked else [*cells]
    matrix = OneOf(3).matrix(cells, np.array([True, False, True]), {})
    kernel = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(matrix @ kernel, [[4, 5], [0, 0], [2, 3]])
    assert matrix.width == OneOf(3).size({}) == 3
