import numpy as np

from homodal.fusions.concatenate import Concatenate
from homodal.fusions.joint import Joint


def test_its_features_are_those_of_concatenation(columns):
    given = columns.random()
    fusion, other = Joint(width=4, dropout=0.0), Concatenate(4, dropout=0.0)
    given.fused(fusion)
    given.fused(other)
    other.hidden.kernel.assign(fusion.together.hidden.kernel)
    other.out.kernel.assign(fusion.together.out.kernel)
    np.testing.assert_array_equal(given.fused(fusion), given.fused(other))
    assert fusion.level == "joint"
