"""Tokens on frames, against counting by hand."""

import numpy as np
import pytest
from keras import ops

from homodal.layers.regulation import regulated


def run(durations, frames, width=4):
    durations = np.asarray(durations, "float32")
    shape = (*durations.shape, width)
    tokens = np.random.default_rng(0).normal(size=shape).astype("float32")
    found = regulated(*map(ops.convert_to_tensor, (tokens, durations)), frames)
    return tokens, *map(ops.convert_to_numpy, found)


def test_each_token_is_repeated_as_often_as_it_lasts():
    tokens, values, _, mask = run([[2, 0, 3], [1, 1, 0]], 7)
    wanted = np.concatenate([np.repeat(tokens[0], [2, 0, 3], axis=0), np.zeros((2, 4))])
    np.testing.assert_allclose(values[0], wanted, atol=1e-6)
    assert mask.tolist() == [[True] * 5 + [False] * 2, [True] * 2 + [False] * 5]


@pytest.mark.parametrize("seed", range(5))
def test_a_frame_is_of_the_token_in_its_middle(seed):
    durations = np.random.default_rng(seed).uniform(0, 3, (2, 6)).astype("float32")
    tokens, values, places, mask = run(durations, 20)
    for row in range(2):
        ends = np.cumsum(durations[row])
        for frame in range(20):
            token = np.searchsorted(ends, frame + 0.5, side="right")
            assert mask[row, frame] == (token < 6)
            if token == 6:
                assert not values[row, frame].any() and not places[row, frame].any()
                continue
            np.testing.assert_allclose(values[row, frame], tokens[row, token], 1e-5)
            passed = frame + 0.5 - (ends[token] - durations[row, token])
            share, since, left = places[row, frame]
            assert share == pytest.approx(passed / durations[row, token], abs=1e-4)
            assert np.expm1(since) == pytest.approx(passed, abs=1e-4)
            assert np.expm1(left) == pytest.approx(
                durations[row, token] - passed, abs=1e-4
            )


def test_what_is_too_long_is_cut():
    _, values, _, mask = run([[4, 4]], 6)
    assert values.shape == (1, 6, 4) and mask.all()
