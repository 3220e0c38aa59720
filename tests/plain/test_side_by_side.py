"""Matrices side by side multiply as the one matrix that they make."""

import numpy as np
import pytest
import scipy.sparse

from homodal.plain.side_by_side import SideBySide


@pytest.fixture
def whole():
    rng = np.random.default_rng(0)
    return rng.normal(size=(7, 9)) * (rng.random((7, 9)) < 0.5)


@pytest.fixture
def blocks(whole):
    sparse = scipy.sparse.csr_array(whole[:, 2:6])
    return SideBySide([whole[:, :2], sparse, whole[:, 6:]])


def test_products_are_those_of_the_whole_matrix(whole, blocks):
    rng = np.random.default_rng(1)
    kernel, slopes = rng.normal(size=(9, 3)), rng.normal(size=(7, 3))
    assert blocks.shape == whole.shape
    np.testing.assert_allclose(blocks @ kernel, whole @ kernel)
    np.testing.assert_allclose(blocks.transposed() @ slopes, whole.T @ slopes)


def test_rows_are_taken_from_each(whole, blocks):
    rows = np.array([5, 0, 0])
    kernel = np.eye(9)
    np.testing.assert_array_equal(blocks[rows] @ kernel, whole[rows])
