import numpy as np

from homodal.fusions.concatenate import Concatenate
from homodal.fusions.tanh_gate import TanhGate


def test_starts_as_concatenation_to_the_bit(columns):
    given = columns.random()
    fusion, other = TanhGate(width=4, dropout=0.0), Concatenate(4, dropout=0.0)
    given.fused(fusion)
    given.fused(other)
    other.hidden.kernel.assign(fusion.together.hidden.kernel)
    other.out.kernel.assign(fusion.together.out.kernel)
    for names in ("abc", "b"):
        got, wanted = given.fused(fusion, names), given.fused(other, names)
        np.testing.assert_array_equal(got, wanted)
    assert fusion.count_params() == other.count_params() + 3 * 2 * 36 + 2 * 3 * 3


def test_an_open_gate_lets_in_the_present_others(columns):
    given = columns(a=[[2.0]], b=[[3.0]])
    fusion = TanhGate(width=2, dropout=0.0)
    given.fused(fusion)
    fusion.told["a"].kernel.assign(np.eye(2))
    fusion.gates["a"].assign([0.5, 0.5])
    opened = TanhGate(width=2, dropout=0.0)
    moved = columns(a=[[2.0 + np.tanh(0.5) * 3.0]], b=[[3.0]])
    moved.fused(opened)
    opened.together.hidden.kernel.assign(fusion.together.hidden.kernel)
    opened.together.out.kernel.assign(fusion.together.out.kernel)
    np.testing.assert_allclose(given.fused(fusion), moved.fused(opened), rtol=1e-5)
    without = given.fused(fusion, "a")
    fusion.gates["a"].assign([0.0, 0.0])
    np.testing.assert_array_equal(given.fused(fusion, "a"), without)
