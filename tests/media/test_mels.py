"""Transforms that undo each other, and mel bands of an equally loud sound."""

import numpy as np
import pytest

from homodal.media import mels

RATE = 16000


def tone(hertz, seconds=0.5, rate_hz=RATE):
    return 0.4 * np.sin(
        2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz
    )


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050])
@pytest.mark.parametrize("count", [1, 150, 4000, 4321])
def test_there_and_back_is_what_it_was(rate_hz, count):
    samples = np.random.default_rng(0).normal(0, 0.1, count)
    spectrum = mels.stft(samples, rate_hz)
    assert len(spectrum) == mels.frames_of(count, rate_hz)
    back = mels.istft(spectrum, rate_hz)
    hop = mels.hop_of(rate_hz)
    assert len(back) == count // hop * hop
    np.testing.assert_allclose(back, samples[: len(back)], atol=1e-9)


def test_a_frame_is_the_transform_of_its_window():
    samples = np.random.default_rng(1).normal(size=3000)
    size, hop = 1024, 200
    length = 800
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    around = np.pad(samples, size)[size + 7 * hop - size // 2 :][:size]
    window = np.pad(hann / hann.sum(), (size - length) // 2)
    wanted = np.fft.rfft(around * window)
    np.testing.assert_allclose(mels.stft(samples, RATE)[7], wanted, atol=1e-12)


def test_a_tone_is_in_its_band_and_silence_is_the_floor():
    found = mels.log_mel(tone(1000), RATE, 40)
    assert found.dtype == np.float32 and found.shape == (41, 40)
    top = 2595 * np.log10(1 + RATE / 2 / 700)
    at = 2595 * np.log10(1 + 1000 / 700) / top * 41 - 1
    assert abs(found[20].argmax() - at) <= 0.6
    assert mels.log_mel(np.zeros(800), RATE, 40) == pytest.approx(np.log(mels.FLOOR))


def test_loudness_does_not_count():
    samples = tone(500) + np.random.default_rng(0).normal(0, 0.01, 8000)
    loud, soft = (mels.log_mel(samples * by, RATE, 20) for by in (2.0, 0.1))
    np.testing.assert_allclose(loud, soft, atol=1e-3)


def test_every_band_has_a_bin_however_narrow():
    matrix = mels.mel_matrix(200, 512, RATE)
    assert matrix.shape == (257, 200) and (matrix.sum(axis=0) > 0).all()
