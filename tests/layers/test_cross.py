import numpy as np
from keras import ops

from homodal.layers.cross import CrossBlock, TypedSequence
from homodal.layers.stream import Stream


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def test_a_block_without_a_context_only_thinks():
    values, context = random(2, 3, 8), random(2, 4, 8, seed=1)
    block = CrossBlock(2)
    nothing = np.zeros((2, 4), bool)
    got = np.asarray(block(values, context, nothing))
    thought = block.out(block.hidden(block.think_norm(values)))
    np.testing.assert_allclose(got, values + np.asarray(thought), rtol=1e-5, atol=1e-5)
    seen = np.asarray(block(values, context, ~nothing))
    assert np.abs(seen - got).max() > 1e-3
    assert block.count_params() == 8 * 8**2 + 10 * 8


def test_a_sequence_names_its_columns_and_hides_absent_ones():
    streams = {
        "b": Stream(*map(ops.convert_to_tensor, (random(2, 2, 4), np.eye(2) > 0))),
        "a": Stream(
            *map(ops.convert_to_tensor, (random(2, 1, 4), np.ones((2, 1)) > 0))
        ),
    }
    layer = TypedSequence()
    found = layer(streams, {"a": np.array([True, False]), "b": np.array([True, True])})
    wanted = [[True, True, False], [False, False, True]]
    np.testing.assert_array_equal(found.mask, wanted)
    first = np.asarray(streams["a"].values) + np.asarray(layer.types["a"])
    np.testing.assert_allclose(np.asarray(found.values)[:, :1], first, rtol=1e-6)
    assert layer.count_params() == 2 * 4
