import numpy as np
import pytest

from homodal.errors import PartError
from homodal.fusions.film import Film
from homodal.fusions.mean import Mean


def test_starts_as_the_identity(columns):
    """Nothing is modulated: the mean of the projections."""
    given = columns.random()
    fusion, mean = Film(width=4, dropout=0.0), Mean(width=4, dropout=0.0)
    given.fused(fusion)
    given.fused(mean)
    for name, dense in fusion.projections.each.items():
        mean.projections[name].kernel.assign(dense.kernel)
    for names in ("abc", "ac", "b"):
        np.testing.assert_allclose(
            given.fused(fusion, names), given.fused(mean, names), rtol=1e-5, atol=1e-6
        )
    assert fusion.count_params() == 3 * 3 * (2 * 3 + 1) * 4


def test_by_hand_with_an_anchor(columns, plain):
    given = columns(a=[[2.0]], b=[[3.0]], c=[[5.0]])
    fusion = Film(width=1, dropout=0.0, anchor="b")
    given.fused(fusion)
    assert set(fusion.conditions) == {"a", "c"}
    plain(fusion.projections.each["b"])
    plain(fusion.conditions["a"], [[0.5, 1.0]])  # of a: scale 1, shift 2
    plain(fusion.conditions["c"], [[0.0, -1.0]])  # of c: scale 0, shift -5
    np.testing.assert_allclose(given.fused(fusion), [[(1 + 1) * 3 + 2 - 5]])
    np.testing.assert_allclose(given.fused(fusion, "bc"), [[3 - 5]])
    np.testing.assert_allclose(given.fused(fusion, "b"), [[3]])
    assert fusion.count_params() == (1 + 2 * 2) * (2 * 1 + 1) * 1


def test_a_column_never_modulates_itself(columns, plain):
    given = columns(a=[[2.0]], b=[[3.0]])
    fusion = Film(width=1, dropout=0.0)
    given.fused(fusion)
    for dense in fusion.projections.each.values():
        plain(dense)
    plain(fusion.conditions["a"], [[1.0, 0.0]])  # scale 2, for b alone
    np.testing.assert_allclose(given.fused(fusion), [[(2 + 3 * 3) / 2]])


def test_an_anchor_that_is_no_column_is_refused(columns):
    with pytest.raises(PartError, match=r"no column 'd'.*one of: a, b, c"):
        columns.random().fused(Film(anchor="d"))
