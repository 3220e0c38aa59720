"""Attention against NumPy."""

import keras
import numpy as np
import pytest

from homodal.errors import RecipeError
from homodal.layers.attention import Attention, TransformerBlock, TransformerTrunk


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def dense(layer, values):
    return values @ np.asarray(layer.kernel) + np.asarray(layer.bias)


def oracle(layer, queries, context, mask, leaning=0.0):
    """One row and one head at a time."""
    heads, (batch, asking) = layer.heads, queries.shape[:2]
    shape = (batch, heads, asking, context.shape[1])
    leaning = np.broadcast_to(leaning, shape)
    width = queries.shape[-1]
    size = width // heads
    asked, offered = dense(layer.query, queries), dense(layer.content, context)
    found = np.zeros_like(asked)
    for row in range(len(queries)):
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            keys = offered[row][:, part]
            contents = offered[row][:, width:][:, part]
            scores = asked[row][:, part] @ keys.T / np.sqrt(size)
            scores = scores + leaning[row, head]
            weights = np.exp(scores) * mask[row]
            shares = weights / (1 + weights.sum(axis=-1, keepdims=True))
            found[row][:, part] = shares @ contents
    return dense(layer.mix, found) * mask.any(axis=1)[:, None, None]


def test_equals_the_formula():
    queries, context = random(3, 4, 8), random(3, 5, 6, seed=1)
    mask = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0, 0, 0, 0, 0]], bool)
    layer = Attention(heads=2)
    got = keras.ops.convert_to_numpy(layer(queries, context, mask))
    wanted = oracle(layer, queries, context, mask)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(got[2], 0)


def test_what_attention_leans_to_is_added_to_its_scores():
    queries, context, mask = random(3, 4, 8), random(3, 5, 6), np.ones((3, 5), bool)
    mask[1, 3:] = False
    layer, leaning = Attention(heads=2), 3 * random(3, 2, 4, 5)
    got = layer(queries, context, mask, leaning)
    wanted = oracle(layer, queries, context, mask, leaning)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_large_scores_stay_finite():
    queries, mask = 1e4 * random(2, 3, 8), np.ones((2, 3), bool)
    got = Attention(2)(queries, queries, mask)
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(got)))


def test_the_order_of_the_context_never_matters():
    queries, context, mask = random(2, 3, 8), random(2, 5, 8), np.ones((2, 5), bool)
    layer = Attention(heads=4)
    wanted = layer(queries, context, mask)
    got = layer(queries, context[:, ::-1].copy(), mask)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_heads_must_divide_the_width():
    with pytest.raises(RecipeError, match="multiple of 3"):
        Attention(heads=3).build((None, 2, 8), (None, 2, 8))


def test_parameters_are_as_the_docstrings_say():
    attention, block = Attention(2), TransformerBlock(2)
    attention.build((None, 4, 8), (None, 5, 6))
    block.build((None, 4, 8))
    assert attention.count_params() == (2 * 8 + 2 * 6 + 4) * 8
    assert block.count_params() == 8 * 8**2 + 9 * 8


def test_a_block_whose_branches_end_in_zero_changes_nothing():
    values, mask = random(2, 4, 8), np.ones((2, 4), bool)
    block = TransformerBlock(2)
    block.build(values.shape)
    for layer in (block.attention.mix, block.out):
        layer.kernel.assign(np.zeros(layer.kernel.shape))
    np.testing.assert_array_equal(block(values, mask), values)


def test_a_trunk_masks_what_it_returns():
    values, mask = random(2, 4, 8), np.ones((2, 4), bool)
    mask[1, 2:] = False
    stream = TransformerTrunk(depth=1, heads=2)(values, mask)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(stream.values)[1, 2:], 0)
