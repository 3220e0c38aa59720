import numpy as np

from homodal.fusions.low_rank import LowRank
from homodal.layers.bilinear import outer, with_one


def twice(values):
    """A pooled column of one step is its value twice."""
    return with_one(np.concatenate([values] * 2, axis=1).astype("float32"))


def test_by_hand(columns):
    given = columns(a=[[1.0, 2.0]], b=[[3.0, -1.0]])
    fusion = LowRank(width=1, rank=2, dropout=0.0)
    given.fused(fusion)
    factors = {"a": [[1, 0.5, -1], [0, 1, 1]], "b": [[2, 0, 1], [1, 1, 0]]}
    for name, rows in factors.items():
        padded = np.zeros((2, 5, 1))
        padded[:, :3, 0] = rows
        fusion.factors[name].assign(padded)
    fusion.ranks.assign([0.5, 2.0])
    fusion.bias.assign([0.1])
    np.testing.assert_allclose(given.fused(fusion), [[23.85]], rtol=1e-6)
    # absent: the first entry of its factor, for each rank
    wanted = 0.5 * -0.5 * 2 + 2.0 * 3 * 1 + 0.1
    np.testing.assert_allclose(given.fused(fusion, "a"), [[wanted]], rtol=1e-6)


def test_equals_the_tensor_fusion_of_its_factors(columns):
    for names in ("ab", "abc"):
        given = columns.random(names, width=2)
        fusion = LowRank(width=4, rank=3, dropout=0.0)
        got = given.fused(fusion)
        letters = "ijk"[: len(names)]
        pattern = ",".join(["r", *(f"r{letter}o" for letter in letters)])
        weights = np.einsum(
            f"{pattern}->{letters}o",
            np.asarray(fusion.ranks),
            *(np.asarray(fusion.factors[n]) for n in names),
        ).reshape(-1, 4)
        tensor = outer([twice(given.values[n]) for n in names])
        np.testing.assert_allclose(got, tensor @ weights, rtol=1e-4, atol=1e-5)
        assert fusion.count_params() == 3 * len(names) * 5 * 4 + 3 + 4
