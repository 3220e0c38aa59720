"""Texts in, samples out."""

import io

import numpy as np
import pytest
import soundfile

from homodal.errors import ColumnError, HomodalError
from homodal.model import speaking


def test_each_row_says_its_own_text(voice):
    rows = list(speaking.spoken(voice.model, {"said": ["ab", None, "ab ba ca"]}))
    (short, ok), (nothing, why), (long, _) = rows
    assert ok == "ok" and why != "ok"
    assert 0.1 < len(short) / 8000 < len(long) / 8000 < 1.2
    assert len(nothing) == 0
    assert long.dtype == np.float32 and np.abs(long).max() <= 1
    alone = speaking.speak(voice.model, "ab")
    np.testing.assert_allclose(short, alone, atol=1e-3)  # in a batch, sums round


def test_tones_are_those_of_the_letters(voice):
    samples = speaking.speak(voice.model, "ca")
    half = len(samples) // 2
    peaks = [
        np.abs(np.fft.rfft(part)).argmax() * 8000 / len(part)
        for part in (samples[:half], samples[half:])
    ]
    assert peaks == pytest.approx([2000, 500], rel=0.1)


def test_what_does_not_speak_is_refused(trained, voice):
    with pytest.raises(HomodalError, match="does not speak"):
        speaking.rate_of(trained.model)
    with pytest.raises(ColumnError, match="none of the model's columns"):
        next(speaking.spoken(voice.model, {"other": ["ab"]}))


def test_what_is_written_can_be_read(tmp_path):
    samples = np.sin(np.arange(800) / 9).astype("float32") / 2
    speaking.write(tmp_path / "a.wav", samples, 8000)
    file = io.BytesIO()
    speaking.write(file, samples, 8000)
    assert file.getvalue() == (tmp_path / "a.wav").read_bytes()
    found, rate_hz = soundfile.read(tmp_path / "a.wav")
    assert rate_hz == 8000
    np.testing.assert_allclose(found, samples, atol=1e-4)
