import pytest

tf = pytest.importorskip("tensorflow")


def test_the_tape_gives_values_and_gradients():
    from homodal.evaluation.gradients_tensorflow import gradients

    given = {"x": tf.constant([[3.0]]), "unused": tf.constant([[1.0]])}
    values, found = gradients(lambda g: g["x"][:, 0] ** 2, given)
    assert float(values[0]) == 9 and float(found["x"][0, 0]) == 6
    assert float(found["unused"][0, 0]) == 0
