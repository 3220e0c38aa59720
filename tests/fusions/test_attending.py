"""Merged attention, Perceiver, bottlenecks and MulT: identities and counts."""

import numpy as np
import pytest

from homodal.errors import PartError
from homodal.fusions.bottleneck import Bottleneck
from homodal.fusions.merged import Merged
from homodal.fusions.mult import Mult
from homodal.fusions.perceiver import Perceiver
from homodal.layers.pooling import Pooling
from homodal.layers.stream import Stream

STEPS = {"a": 3, "b": 4}


def here(names="ab", rows=2):
    return {n: np.full(rows, n in names) for n in "ab"}


def fused(fusion, streams, names="ab"):
    return np.asarray(fusion(streams, here(names)).values)[:, 0]


def turned(stream):
    return Stream(stream.values[:, ::-1], stream.mask[:, ::-1])


def test_the_order_of_steps_means_nothing_without_positions(sequences):
    for fusion in (Merged(4, dropout=0.0), Perceiver(4, latents=3, dropout=0.0)):
        streams = sequences(STEPS)
        wanted = fused(fusion, streams)
        got = fused(fusion, streams | {"a": turned(streams["a"])})
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def test_mult_knows_the_order_of_steps(sequences):
    fusion, streams = Mult(4, dropout=0.0), sequences(STEPS)
    wanted = fused(fusion, streams)
    got = fused(fusion, streams | {"a": turned(streams["a"])})
    assert np.abs(got - wanted).max() > 1e-3


def test_the_columns_are_told_apart_by_their_type(sequences):
    for fusion in (Merged(4, dropout=0.0), Perceiver(4, latents=3, dropout=0.0)):
        streams = sequences({"a": 3, "b": 3})
        swapped = {"a": streams["b"], "b": streams["a"]}
        assert np.abs(fused(fusion, streams) - fused(fusion, swapped)).max() > 1e-5
        for kind in fusion.sequence.types.values():
            kind.assign(np.zeros(8))
        np.testing.assert_allclose(
            fused(fusion, streams), fused(fusion, swapped), rtol=1e-4, atol=1e-5
        )


def test_without_bottlenecks_the_columns_are_encoders_of_their_own(sequences):
    fusion, streams = Bottleneck(4, bottlenecks=0, dropout=0.0), sequences(STEPS)
    got = fused(fusion, streams)
    wanted = np.mean([_encoded(fusion, n, streams[n]) for n in "ab"], axis=0)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def _encoded(fusion, name, stream):
    values = stream.values
    for blocks in fusion.blocks:
        values = blocks[name](values, stream.mask)
    pooled = Pooling()(Stream(fusion.norms[name](values), stream.mask))
    return np.asarray(fusion.projections[name](pooled))


def test_columns_meet_in_the_bottlenecks_and_only_if_present(sequences):
    fusion, streams = Bottleneck(4, dropout=0.0), sequences(STEPS)
    fused(fusion, streams)
    # column a's own answer: b's is silenced
    fusion.projections["b"].kernel.assign(np.zeros((16, 4)))
    other = streams | {"b": sequences(STEPS, seed=5)["b"]}
    assert np.abs(fused(fusion, streams) - fused(fusion, other)).max() > 1e-5
    np.testing.assert_array_equal(
        fused(fusion, streams, "a"), fused(fusion, other, "a")
    )


def test_all_columns_use_the_old_bottlenecks(sequences):
    """In the first layer no column can see another: Z changes after all of them."""
    fusion, streams = Bottleneck(4, depth=1, dropout=0.0), sequences(STEPS)
    fused(fusion, streams)
    for silent in "ab":
        kernel = np.asarray(fusion.projections[silent].kernel).copy()
        fusion.projections[silent].kernel.assign(0 * kernel)
        other = streams | {silent: sequences(STEPS, seed=5)[silent]}
        np.testing.assert_array_equal(fused(fusion, streams), fused(fusion, other))
        fusion.projections[silent].kernel.assign(kernel)


def test_shared_blocks_are_counted_once(sequences):
    counts = []
    for share in ("none", "columns"):
        fusion = Bottleneck(4, depth=2, bottlenecks=3, share=share)
        fused(fusion, sequences(STEPS))
        counts.append(fusion.count_params())
    block, rest = 8 * 8**2 + 9 * 8, 3 * 8 + 2 * (16 + 1) * 4 + 2 * 8
    assert counts == [2 * 2 * block + rest, 2 * block + rest]


def test_parameters_are_as_the_docstrings_say(sequences):
    cross, block, norm, out = 8 * 64 + 80, 8 * 64 + 72, 8, (16 + 1) * 4
    wanted = {
        Merged(4): block + norm + 2 * 8 + out,
        Perceiver(4, latents=3): cross + block + norm + (3 + 2) * 8 + out,
        Mult(4, depth=2): 2 * 2 * cross
        + 2 * (block + norm + 1)
        + (32 + 1) * 4
        + (4 + 1) * 32
        + (32 + 1) * 4,
    }
    for fusion, count in wanted.items():
        fused(fusion, sequences(STEPS))
        assert fusion.count_params() == count, fusion


def test_mult_leaves_out_what_is_absent(sequences):
    fusion, streams = Mult(4, dropout=0.0), sequences(STEPS)
    wanted = fused(fusion, streams, "a")
    other = streams | {"b": sequences(STEPS, seed=5)["b"]}
    np.testing.assert_array_equal(fused(fusion, other, "a"), wanted)


def test_an_unknown_share_is_refused(sequences):
    with pytest.raises(PartError, match="one of: columns, none"):
        fused(Bottleneck(4, share="weights"), sequences(STEPS))
