import numpy as np
import pytest
from keras import ops

from homodal.fusions.match import Match
from homodal.layers.stream import single

ONE = np.array([[1.0, 2.0], [0.5, -1.0]], "float32")
OTHER = np.array([[-1.0, 3.0], [0.5, -1.0]], "float32")


@pytest.fixture
def fusion():
    """Projections and output that leave their inputs as they are, if not below zero."""
    made = Match(width=5, inside=2, dropout=0.0)
    compared(made, ONE, OTHER)
    made.project.kernel.assign(np.eye(4, 2) / 2 + np.eye(4, 2, k=-2) / 2)
    made.out.kernel.assign(np.eye(5))
    made.out.bias.assign(np.full(5, 10.0))
    return made


def compared(fusion, one, other, both=(True, True)):
    streams = {"a": single(ops.convert_to_tensor(one))}
    streams["b"] = single(ops.convert_to_tensor(other))
    present = {"a": np.array(both), "b": np.ones(2, bool)}
    return np.asarray(fusion(streams, present).values)[:, 0] - 10.0


def test_it_is_the_difference_the_product_and_the_cosine(fusion):
    got = compared(fusion, ONE, OTHER)
    cosine = (ONE * OTHER).sum(1) / np.linalg.norm(ONE, axis=1)
    cosine = cosine / np.linalg.norm(OTHER, axis=1)
    wanted = np.concatenate([np.abs(ONE - OTHER), ONE * OTHER, cosine[:, None]], axis=1)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(got[1, -1], 1.0, rtol=1e-5)


def test_which_of_a_pair_comes_first_never_matters(fusion):
    got, turned = compared(fusion, ONE, OTHER), compared(fusion, OTHER, ONE)
    np.testing.assert_allclose(got, turned, rtol=1e-5)


def test_an_absent_column_is_in_no_pair(fusion):
    got = compared(fusion, ONE, OTHER, both=(False, True))
    np.testing.assert_allclose(got[0], np.zeros(5), atol=1e-5)
    assert np.abs(got[1]).max() > 0.1


def test_parameters_are_as_the_docstring_says():
    made = Match(width=7, inside=3)
    compared(made, ONE, OTHER)
    assert made.count_params() == (2 * 2 + 1) * 3 + (2 * 3 + 2) * 7
