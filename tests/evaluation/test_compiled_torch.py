"""As `compiled` uses it, on its own backend."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")


def test_no_gradient_is_recorded():
    from homodal.evaluation.compiled_torch import compiled

    weight = torch.ones(3, requires_grad=True)
    found = compiled(lambda x: x * weight)(torch.tensor(np.ones(3)))
    assert not found.requires_grad and found.sum() == 3
