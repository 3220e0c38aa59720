import numpy as np
import pytest
import soundfile

from homodal.errors import BadCell, PartError
from homodal.media import sound
from homodal.media.excerpts import Excerpt
from homodal.modalities.audio import Audio


@pytest.fixture
def written(tmp_path):
    """`written(samples, rate_hz)`: the path of a WAV file."""

    def write(samples, rate_hz=8000, subtype="FLOAT"):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.wav"
        soundfile.write(path, samples, rate_hz, subtype=subtype)
        return path

    return write


def tone(seconds, hz=440.0, rate_hz=8000):
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return 0.5 * np.sin(2 * np.pi * hz * times)


def test_options_follow_what_was_seen(written):
    other = written(tone(0.5, 440, 44100), 44100)
    cells = [written(tone(0.3)), written(tone(1.21)), other]
    evidence = Audio().recognise(cells)
    assert evidence.options == {"rate_hz": 8000, "seconds": 1.3}
    assert evidence.why == (
        "3 of 3 cells open as sounds (8000 to 44100 Hz, at most 1.2 s)"
    )


def test_rates_and_lengths_have_a_ceiling(written):
    options = Audio().recognise([written(np.zeros(44100 * 11), 44100)]).options
    assert options == {"rate_hz": 16000, "seconds": 10.0}


def test_the_sound_of_films_is_less_sure(written, monkeypatch):
    cell = written(tone(0.3))
    alone = Audio().recognise([cell]).confidence
    found = sound.probe(cell)._replace(in_film=True)
    monkeypatch.setattr(sound, "probe", lambda _: found)
    in_film = Audio().recognise([cell])
    assert 0.5 < in_film.confidence < 0.7 < alone
    assert "1 in films" in in_film.why


def test_samples_are_cut_at_the_seconds(written):
    assert len(Audio(8000, 0.25).read(written(tone(1.0)))) == 2000
    assert len(Audio(8000, 2.0).read(written(tone(1.0)))) == 8000


def test_float16_keeps_the_quiet_and_the_loud(written):
    loud = 3 * tone(0.5)
    quiet = loud / 1000
    for samples in (loud, quiet):
        modality = Audio(rate_hz=8000)
        stored = modality.encode(modality.read(written(samples)), {}).astype(float)
        error = np.sqrt(np.mean((stored - samples) ** 2) / np.mean(samples**2))
        assert 20 * np.log10(error) < -66
    assert np.isfinite(Audio().encode(np.array([sound.MAX_PEAK]), {})).all()


def test_band_hz_keeps_the_band(written):
    cell = written(tone(1.0, 100) + tone(1.0, 1000))
    samples = Audio(8000, 1.0, band_hz=[300, 3000]).read(cell)
    spectrum = np.abs(np.fft.rfft(samples))
    assert spectrum[100] < 0.01 * spectrum[1000]


def test_denoise_turns_steady_noise_down(written):
    noise = np.random.default_rng(0).normal(0, 0.05, 8000)
    cell = written(noise)
    plain, cleaned = (Audio(8000, 1.0, denoise=d).read(cell) for d in (False, True))
    assert cleaned.std() < 0.4 * plain.std()
    assert len(cleaned) == len(plain)


def test_trim_skips_the_silence_before_the_cut(written):
    cell = written(np.concatenate([np.zeros(8000), tone(0.5), np.zeros(8000)]))
    assert np.abs(Audio(8000, 0.5).read(cell)).max() == 0
    samples = Audio(8000, 0.5, trim=True).read(cell)
    assert len(samples) == pytest.approx(4000, abs=320)
    assert np.abs(samples[:400]).max() > 0.4


@pytest.mark.parametrize(
    "options",
    [{"band_hz": [300]}, {"band_hz": [3000, 300]}, {"band_hz": [0, 9000]},
     {"band_hz": 300}, {"rate_hz": 16e3}, {"seconds": 0}],
)  # fmt: skip
def test_wrong_options_are_named(options):
    with pytest.raises(PartError, match=f"Option '{next(iter(options))}'"):
        Audio(**options)


def test_a_window_is_cut_from_the_sound(written):
    samples = np.linspace(0, 0.8, 8000).astype("float32")
    cell = written(samples)
    found = Audio(8000, 4.0, window=[0.25, 0.5]).read(cell)
    np.testing.assert_allclose(found, samples[2000:4000], atol=1e-6)
    modality = Audio(8000, 0.5, window=["from", "to"])
    assert modality.beside() == ("from", "to")
    found = modality.read(Excerpt(cell, {"from": "0.25", "to": None}))
    np.testing.assert_allclose(found, samples[2000:6000], atol=1e-6)  # no more seconds
    with pytest.raises(BadCell, match="ends before its window begins, at 2 s"):
        modality.read(Excerpt(cell, {"from": 2, "to": 3}))
    assert Audio(window=[0.25, 0.5]).recognise([cell]).options["seconds"] == 0.3
