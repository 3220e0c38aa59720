import pytest

jax = pytest.importorskip("jax")


def test_jax_gives_values_and_gradients():
    from homodal.evaluation.gradients_jax import gradients

    given = {"x": jax.numpy.array([[3.0]]), "unused": jax.numpy.array([[1.0]])}
    values, found = gradients(lambda g: g["x"][:, 0] ** 2, given)
    assert float(values[0]) == 9 and float(found["x"][0, 0]) == 6
    assert float(found["unused"][0, 0]) == 0
