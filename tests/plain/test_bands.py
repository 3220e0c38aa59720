"""Figures of sounds: which bands are loud, and whether they change."""

import numpy as np
import pytest

from homodal.plain.bands import sound_figures

RATE = 8000


def tone(hertz, seconds=0.5):
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)


def test_a_higher_tone_is_loudest_in_a_higher_band():
    loudest = [sound_figures(tone(f), RATE)[:32].argmax() for f in (200, 800, 3000)]
    assert loudest == sorted(set(loudest))


def test_a_steady_tone_does_not_change_and_a_broken_one_does():
    steady, broken = tone(500), tone(500)
    broken[: len(broken) // 2] = 0
    band = sound_figures(steady, RATE)[:32].argmax()
    assert sound_figures(steady, RATE)[32 + band] < 0.1
    assert sound_figures(broken, RATE)[32 + band] > 1.0


@pytest.mark.parametrize("steps", [1, 100, 5000])
@pytest.mark.parametrize("rate", [100, 8000, 48_000])
def test_sounds_of_any_length_have_as_many_figures(steps, rate):
    figures = sound_figures(np.ones(steps, np.float16), rate)
    assert figures.shape == (96,) and np.isfinite(figures).all()
