"""Sounds from their magnitudes alone."""

import numpy as np
import pytest

from homodal.media import mels, vocoder

RATE = 16000


def vowel(seconds=0.6):
    """A gliding pitch with its overtones, louder and softer: like a voice."""
    time = np.arange(round(seconds * RATE)) / RATE
    turns = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 2 * time)) / RATE
    waves = sum(np.sin(n * turns) / n for n in range(1, 20))
    return 0.1 * waves * (1.2 + np.sin(2 * np.pi * 3 * time))


def test_a_known_sound_comes_back_with_its_magnitudes():
    wanted = np.abs(mels.stft(vowel(), RATE))
    found = vocoder.griffin_lim(wanted, RATE)
    assert vocoder.convergence(wanted, found, RATE) < 0.1


def test_momentum_converges_further_than_none():
    wanted = np.abs(mels.stft(vowel(), RATE))
    fast = vocoder.griffin_lim(wanted, RATE)
    slow = vocoder.griffin_lim(wanted, RATE, momentum=0.0)
    far = [vocoder.convergence(wanted, found, RATE) for found in (fast, slow)]
    assert far[0] < far[1]


def test_convergence_is_none_of_itself_and_all_of_silence():
    samples = vowel()[: 40 * mels.hop_of(RATE)]
    wanted = np.abs(mels.stft(samples, RATE))
    assert vocoder.convergence(wanted, samples, RATE) == pytest.approx(0, abs=1e-12)
    assert vocoder.convergence(wanted, 0 * samples, RATE) == pytest.approx(1)


def test_magnitudes_have_the_bands_that_were_asked_for():
    log_mels = mels.log_mel(vowel(), RATE, 80)
    found = vocoder.magnitudes(log_mels, RATE)
    assert (found >= 0).all() and np.isfinite(found).all()
    bands = found @ mels.bands_of(80, RATE)
    off = np.linalg.norm(bands - np.exp(log_mels)) / np.linalg.norm(np.exp(log_mels))
    assert off < 0.02


def test_what_is_spoken_has_the_frames_it_is_made_of():
    log_mels = mels.log_mel(vowel(), RATE, 80)
    samples = vocoder.spoken(log_mels, RATE)
    assert samples.dtype == np.float32 and np.abs(samples).max() <= 1
    assert len(samples) == (len(log_mels) - 1) * mels.hop_of(RATE)
    again = mels.log_mel(samples, RATE, 80)
    assert np.abs(again - log_mels).mean() < 0.3
    np.testing.assert_array_equal(samples, vocoder.spoken(log_mels, RATE))


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_nearly_nothing_is_nearly_no_sound(frames):
    samples = vocoder.spoken(np.full((frames, 80), -9.0, np.float32), RATE)
    assert len(samples) == max(frames - 1, 0) * mels.hop_of(RATE)
    assert np.isfinite(samples).all()
