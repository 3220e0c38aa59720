import numpy as np
import pytest

from homodal.errors import PartError
from homodal.fusions.early import Early
from homodal.layers.alignment import Align
from homodal.layers.stream import Stream


def here(*names, rows=2):
    return {n: np.full(rows, n in names) for n in "ab"}


@pytest.mark.parametrize("way", Align.ways)
def test_the_clock_is_that_of_the_longest_present_column(sequences, way):
    fusion = Early(width=8, align=way, dropout=0.0)
    streams = sequences({"a": 3, "b": 5})
    both = fusion(streams, here("a", "b"))
    assert both.values.shape == (2, 5, 8)
    assert np.asarray(both.mask).all()
    alone = fusion(streams, here("a"))
    np.testing.assert_array_equal(alone.mask, [[True] * 3 + [False] * 2] * 2)
    assert not np.asarray(alone.values)[:, 3:].any()


@pytest.mark.parametrize("way", ["pool", "convolve", "attend"])
def test_padding_never_changes_the_result(sequences, way):
    fusion = Early(width=8, align=way, dropout=0.0)
    streams = sequences({"a": 3, "b": 5})
    wanted = np.asarray(fusion(streams, here("a", "b")).values)
    longer = {
        n: Stream(
            np.pad(s.values, ((0, 0), (0, 2), (0, 0)), constant_values=9.0),
            np.pad(s.mask, ((0, 0), (0, 2))),
        )
        for n, s in streams.items()
    }
    got = np.asarray(fusion(longer, here("a", "b")).values)
    np.testing.assert_allclose(got[:, :5], wanted, rtol=1e-4, atol=1e-5)


def test_what_happens_at_one_time_meets_at_one_step(sequences):
    """Without its transformer, a step sees its own time in every column."""
    fusion = Early(width=8, depth=0, dropout=0.0)
    streams = sequences({"a": 4, "b": 4})
    before = np.asarray(fusion(streams, here("a", "b")).values)
    values = np.asarray(streams["b"].values).copy()
    values[:, 2] += 1.0
    streams["b"] = Stream(values, streams["b"].mask)
    after = np.asarray(fusion(streams, here("a", "b")).values)
    changed = np.abs(after - before).max(axis=(0, 2)) > 1e-6
    np.testing.assert_array_equal(changed, [False, False, True, False])


def test_an_unknown_way_is_refused(sequences):
    with pytest.raises(PartError, match=r"align of fusion 'early'.*interpolate"):
        Early(align="stretch")(sequences({"a": 2}), {"a": np.full(2, True)})
