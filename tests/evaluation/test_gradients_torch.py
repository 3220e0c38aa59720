import pytest

torch = pytest.importorskip("torch")


def test_autograd_gives_values_and_gradients():
    from homodal.evaluation.gradients_torch import gradients

    given = {"x": torch.tensor([[3.0]]), "unused": torch.tensor([[1.0]])}
    values, found = gradients(lambda g: g["x"][:, 0] ** 2, given)
    assert float(values[0]) == 9 and float(found["x"][0, 0]) == 6
    assert float(found["unused"][0, 0]) == 0
