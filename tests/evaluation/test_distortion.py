"""Distances of sounds of different pace, against every path."""

import numpy as np
import pytest

from homodal.evaluation.distortion import distortion_db, warped


def every_path(rows, columns):
    """All monotone paths from the first pair to the last."""
    if (rows, columns) == (0, 0):
        return [[(0, 0)]]
    found = []
    for down, right in ((1, 1), (1, 0), (0, 1)):
        if rows >= down and columns >= right:
            before = every_path(rows - down, columns - right)
            found += [[*path, (rows, columns)] for path in before]
    return found


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1), (3, 4), (5, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_the_path_is_the_least_of_all(shape, seed):
    apart = np.random.default_rng(seed).random(shape)
    sums = {
        sum(apart[pair] for pair in path): len(path)
        for path in every_path(shape[0] - 1, shape[1] - 1)
    }
    total, steps = warped(apart)
    assert total == pytest.approx(min(sums))
    assert steps == sums[min(sums)]


def test_pace_and_loudness_do_not_count():
    frames = np.random.default_rng(0).normal(size=(30, 80))
    assert distortion_db(np.repeat(frames, 2, axis=0) + 1.0, frames) == pytest.approx(
        0, abs=1e-9
    )


def test_one_cepstrum_in_decibels():
    mels = 40
    wave = np.cos(np.pi * 3 * (np.arange(mels) + 0.5) / mels)
    flat = np.zeros((10, mels))
    wanted = 10 / np.log(10) * np.sqrt(2 * 0.5**2)
    assert distortion_db(flat + 0.5 * wave, flat) == pytest.approx(wanted)


def test_no_sound_is_far_from_a_sound_but_not_from_none():
    frames = np.random.default_rng(0).normal(size=(30, 80))
    assert distortion_db(frames[:0], frames) > 1
    assert distortion_db(frames[:1], frames[:0]) == 0
