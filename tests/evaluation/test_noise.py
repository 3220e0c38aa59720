import numpy as np
import pytest

from homodal.evaluation.noise import disturb


def test_none_is_none():
    arrays = np.arange(6, dtype="float32").reshape(2, 3)
    assert disturb(arrays, np.ones((2, 3), bool), 0, None) is arrays


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_noise_is_as_strong_as_said(dtype):
    rng = np.random.default_rng(0)
    arrays = rng.normal(128, 20, (4, 5000)).astype(dtype)
    noisy = disturb(arrays, np.ones((4, 5000), bool), 0.5, rng)
    assert noisy.dtype == arrays.dtype
    difference = noisy.astype(float) - arrays
    np.testing.assert_allclose(difference.std(axis=1), 10, rtol=0.05)


def test_padding_stays_and_tells_nothing_of_the_strength():
    rng = np.random.default_rng(0)
    arrays = np.zeros((2, 100, 3), "float32")
    arrays[:, :50] = rng.normal(0, 1, (2, 50, 3))
    mask = np.arange(100) < np.array([[50], [0]])
    noisy = disturb(arrays, mask, 1.0, rng)
    assert (noisy[0, 50:] == 0).all() and (noisy[1] == arrays[1]).all()
    assert (noisy[0, :50] - arrays[0, :50]).std() == pytest.approx(1, rel=0.2)


def test_a_single_number_moves_by_its_spread_in_training():
    numbers = np.zeros((3000, 1), "float32")
    moved = disturb(numbers, np.ones((3000, 1), bool), 0.5, np.random.default_rng(0))
    assert moved.std() == pytest.approx(0.5, rel=0.05)


def test_tokens_are_replaced_by_others_of_the_column():
    tokens = np.repeat([[5, 6, 7, 0]], 2000, axis=0).astype("int32")
    mask = tokens != 0
    noisy = disturb(tokens, mask, 0.3, np.random.default_rng(0))
    assert (noisy[:, 3] == 0).all()
    assert set(np.unique(noisy[:, :3])) == {5, 6, 7}
    # a third of the replacements are the token that was there
    assert (noisy != tokens)[:, :3].mean() == pytest.approx(0.2, abs=0.02)


def test_words_with_times_are_replaced_whole():
    words = np.array([[[5, 0, 100], [6, 100, 300]], [[7, 50, 90], [0, 0, 0]]], "int32")
    mask = words[..., 0] != 0
    seen = {tuple(step) for step in words[mask].tolist()}
    for seed in range(20):
        noisy = disturb(words, mask, 0.8, np.random.default_rng(seed))
        assert {tuple(step) for step in noisy[mask].tolist()} <= seen
        assert not noisy[1, 1].any()
