"""Weights by hand, and what every way of aligning promises."""

import numpy as np
import pytest
from keras import ops

from homodal.layers.alignment import (
    Align,
    Nearness,
    aligned,
    clock,
    even,
    evenly_timed,
    interpolating,
    lengths,
    of_steps,
    pooling,
    span,
)
from homodal.layers.stream import Stream


def mask(*counts, steps):
    return np.arange(steps) < np.array(counts)[:, None]


def values_of(counts, steps, seed=0):
    values = np.random.default_rng(seed).normal(size=(len(counts), steps, 8))
    values = values.astype("float32")
    real = mask(*counts, steps=steps)
    return Stream(*map(ops.convert_to_tensor, (values, real)))


def test_the_clock_is_the_longest_stream_of_each_row():
    got = clock([mask(2, 1, 0, steps=3), mask(1, 4, 0, steps=5)])
    np.testing.assert_array_equal(lengths(got), [[2], [4], [1]])
    assert got.shape == (3, 5)


def test_interpolation_by_hand():
    weights = np.asarray(interpolating(mask(2, steps=3), mask(4, steps=4)))
    wanted = [[1, 0, 0], [0.75, 0.25, 0], [0.25, 0.75, 0], [0, 1, 0]]
    np.testing.assert_allclose(weights[0], wanted, atol=1e-6)
    ramp = np.asarray(interpolating(mask(8, steps=8), mask(4, steps=4)))[0]
    np.testing.assert_allclose(ramp @ np.arange(8), [0.5, 2.5, 4.5, 6.5], atol=1e-5)


def test_pooling_by_hand():
    weights = np.asarray(pooling(mask(4, steps=5), mask(2, steps=2)))
    wanted = [[0.5, 0.5, 0, 0, 0], [0, 0, 0.5, 0.5, 0]]
    np.testing.assert_allclose(weights[0], wanted, atol=1e-6)
    over_edges = np.asarray(pooling(mask(3, steps=3), mask(2, steps=2)))[0]
    wanted = [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]]
    np.testing.assert_allclose(over_edges, wanted, atol=1e-6)
    repeated = np.asarray(pooling(mask(1, steps=2), mask(3, steps=3)))[0]
    np.testing.assert_allclose(repeated, [[1, 0]] * 3, atol=1e-6)


@pytest.mark.parametrize("weigh", [interpolating, pooling])
def test_weights_sum_to_one_and_never_touch_padding(weigh):
    source, target = mask(5, 1, 3, steps=6), mask(2, 7, 3, steps=7)
    source[2] = [1, 0, 1, 0, 1, 0]  # real steps need not stand first
    weights = np.asarray(weigh(source, target))
    sums = weights.sum(axis=2)
    np.testing.assert_allclose(sums, target.astype("float32"), atol=1e-6)
    assert not weights[~np.broadcast_to(source[:, None], weights.shape)].any()
    np.testing.assert_allclose(weights[2, :3, ::2], np.eye(3), atol=1e-6)


@pytest.mark.parametrize("way", Align.ways)
def test_padding_never_changes_what_is_aligned(way):
    stream, target = values_of([3, 4], 4), mask(2, 5, steps=5)
    queries = np.ones((2, 5, 8), "float32")
    layer = Align(way, heads=2)
    wanted = layer(stream, target, queries)
    longer = Stream(
        np.pad(stream.values, ((0, 0), (0, 2), (0, 0)), constant_values=np.nan),
        np.pad(stream.mask, ((0, 0), (0, 2))),
    )
    longer = Stream(*map(ops.convert_to_tensor, longer))
    if way == "attend":  # whose inputs are masked by the encoder
        longer = Stream(ops.nan_to_num(longer.values), longer.mask)
    more = np.pad(target, ((0, 0), (0, 1)))
    got = layer(longer, more, np.pad(queries, ((0, 0), (0, 1), (0, 0))))
    np.testing.assert_array_equal(got.mask, more)
    np.testing.assert_allclose(
        np.asarray(got.values)[:, :5], wanted.values, rtol=1e-5, atol=1e-5
    )
    assert not np.asarray(wanted.values)[~target].any()


def test_equal_lengths_stay_as_they_are():
    stream = values_of([4, 2], 4)
    for weigh in (interpolating, pooling):
        weights = weigh(stream.mask, stream.mask)
        found = aligned(stream, weights, stream.mask)
        real = np.asarray(stream.mask)
        np.testing.assert_allclose(
            np.asarray(found.values)[real], np.asarray(stream.values)[real], atol=1e-6
        )


def cells(*pairs):
    return np.array([pairs], "float32")


def test_words_at_their_own_times_by_hand():
    """Two words, from 0 to .25 and from .5 to .75 of the time, on four steps."""
    given = cells([0, 0.25], [0.5, 0.75], [0, 0])
    source, target = mask(2, steps=3), mask(4, steps=4)
    pooled = np.asarray(pooling(source, target, given))[0]
    wanted = [[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]  # silence has no weights
    np.testing.assert_allclose(pooled, wanted, atol=1e-5)
    between = np.asarray(interpolating(source, target, given))[0]
    wanted = [[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 1, 0]]
    np.testing.assert_allclose(between, wanted, atol=1e-4)


@pytest.mark.parametrize("weigh", [interpolating, pooling])
def test_even_times_are_what_is_taken_without_any(weigh):
    source, target = mask(5, 1, 3, steps=6), mask(2, 7, 3, steps=7)
    got = np.asarray(weigh(source, target, even(source)))
    np.testing.assert_allclose(got, weigh(source, target), atol=1e-4)


def test_a_word_without_length_and_two_at_one_time_are_not_lost():
    given = cells([0.3, 0.3], [0.6, 0.8], [0.6, 0.8])
    source, target = mask(3, steps=3), mask(2, steps=2)
    pooled = np.asarray(pooling(source, target, given))[0]
    np.testing.assert_allclose(pooled, [[1, 0, 0], [0, 0.5, 0.5]], atol=1e-5)
    between = np.asarray(interpolating(source, target, given))[0]
    np.testing.assert_allclose(between.sum(axis=1), [1, 1], atol=1e-5)


def test_seconds_of_steps_that_an_encoder_mixed():
    """Eight frames of 0.1 s, of which six are real, became three steps."""
    seconds = ops.convert_to_tensor(evenly_timed(1, 8, 0.1))
    real = mask(6, steps=8)
    np.testing.assert_allclose(span(seconds, real), [[[0.0]], [[0.6]]], atol=1e-6)
    got = np.asarray(of_steps(seconds, real, mask(3, steps=4), mixed=True))[0, :3]
    np.testing.assert_allclose(got, [[0, 0.2], [0.2, 0.4], [0.4, 0.6]], atol=1e-6)
    assert of_steps(seconds, real, real, mixed=False) is seconds
    nothing = span(seconds, np.zeros((1, 8), bool))
    np.testing.assert_array_equal(nothing, [[[0.0]], [[0.0]]])


@pytest.mark.parametrize("way", Align.ways)
def test_weights_are_those_that_are_used(way):
    stream, target = values_of([3, 4], 4), mask(2, 5, steps=5)
    queries = np.ones((2, 5, 8), "float32")
    layer = Align(way, heads=2)
    moved = np.asarray(layer(stream, target, queries).values)
    weights = np.asarray(layer.shares(stream, target, queries))
    assert weights.shape == (2, 5, 4) and weights.min() >= 0
    assert not weights[0, 2:].any() and not weights[0, :, 3].any()
    assert (weights.sum(axis=2) <= 1 + 1e-5).all()
    if way in ("pool", "interpolate"):
        np.testing.assert_allclose(
            weights @ np.asarray(stream.values), moved, atol=1e-5
        )


def test_nearness_by_hand():
    layer = Nearness(heads=2, reach=0.5)
    target = np.array([[True, True, False]])
    source = np.array([[True, True, True, True]])
    got = ops.convert_to_numpy(layer(target, source))
    assert got.shape == (1, 2, 3, 4)
    asked, places = np.array([0.25, 0.75]), np.array([0.125, 0.375, 0.625, 0.875])
    wanted = -((asked[:, None] - places) ** 2) / (2 * 0.5**2)
    for head in range(2):
        np.testing.assert_allclose(got[0, head, :2], wanted, rtol=1e-5)
    assert np.all(np.isfinite(got))
    layer.log_reach.assign(np.log([[[0.5]], [[0.1]]]))
    other = ops.convert_to_numpy(layer(target, source))[0, 1, :2]
    np.testing.assert_allclose(other, 25 * wanted, rtol=1e-4)
