"""As `compiled` uses it, on its own backend."""

import numpy as np
import pytest

pytest.importorskip("jax")


def test_it_gives_what_the_function_gives():
    from homodal.evaluation.compiled_jax import compiled

    found = compiled(lambda x: (2 * x, x + 1))(np.ones((2, 3)))
    assert [float(each.sum()) for each in found] == [12, 12]
