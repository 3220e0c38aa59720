import numpy as np
import pytest

from homodal.media import filters


def strength(samples, hz, rate_hz=8000):
    spectrum = np.abs(np.fft.rfft(samples)) * 2 / len(samples)
    return spectrum[round(hz * len(samples) / rate_hz)]


def test_band_pass_keeps_the_band_and_drops_the_rest(tone):
    mixed = tone(1.0, hz=100) + tone(1.0, hz=1000) + tone(1.0, hz=3500)
    kept = filters.band_pass(mixed.astype(np.float32), 8000, 300, 3000)
    assert kept.dtype == np.float32
    assert strength(kept, 1000) == pytest.approx(0.5, abs=1e-3)
    assert strength(kept, 100) < 1e-3
    assert strength(kept, 3500) < 1e-3


def test_band_pass_from_zero_keeps_the_lowest(tone):
    kept = filters.band_pass(tone(1.0, hz=50) + 0.25, 8000, 0, 1000)
    assert kept.mean() == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize("steps", [1, 2, 7, 8001])
def test_every_length_is_kept(steps):
    samples = np.ones(steps, np.float32)
    assert filters.band_pass(samples, 8000, 0, 4000).shape == (steps,)
    assert filters.reduce_noise(samples, 8000).shape == (steps,)


def test_noise_goes_and_the_tone_stays(tone):
    noise = np.random.default_rng(0).normal(0, 0.02, 16000)
    burst = np.zeros(16000)
    burst[6000:10000] = tone(0.5, hz=1000)
    cleaned = filters.reduce_noise((burst + noise).astype(np.float32), 8000)
    assert cleaned.dtype == np.float32
    assert cleaned[:4000].std() < 0.4 * noise[:4000].std()
    assert strength(cleaned[6500:9500], 1000) == pytest.approx(0.5, rel=0.1)


def test_sound_that_is_never_gated_is_rebuilt_exactly(monkeypatch):
    monkeypatch.setattr(filters, "_GATE_FLOOR", 1.0)
    samples = np.random.default_rng(0).normal(size=3000).astype(np.float32)
    np.testing.assert_allclose(filters.reduce_noise(samples, 8000), samples, atol=1e-5)


def test_trim_drops_both_silences(tone):
    quiet = np.full(4000, 1e-4)
    trimmed = filters.trim(np.concatenate([quiet, tone(0.5), quiet]), 8000)
    assert len(trimmed) == pytest.approx(4000, abs=2 * 160)
    assert np.abs(trimmed).max() == pytest.approx(0.5, abs=0.01)


def test_trim_never_leaves_nothing():
    assert len(filters.trim(np.zeros(500, np.float32), 8000)) == 500
    assert len(filters.trim(np.ones(1, np.float32), 8000)) == 1
