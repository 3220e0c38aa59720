import numpy as np
import pytest
import soundfile

from homodal.errors import BadCell, PartError
from homodal.media import repairs, sound
from homodal.media.excerpts import Excerpt
from homodal.modalities.audio import Audio
from homodal.tables.samples import Samples


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
    assert evidence.options == {"rate_hz": 8000}
    assert evidence.why == (
        "3 of 3 cells open as sounds (8000 to 44100 Hz, at most 1.2 s)"
    )


def test_rates_have_a_ceiling_and_lengths_that_of_the_modality(written):
    evidence = Audio().recognise([written(np.zeros(44100 * 11), 44100)])
    assert evidence.options == {"rate_hz": 16000}
    evidence = Audio().recognise([written(np.zeros(8000 * 31))])
    assert "at most 31.0 s, cut at 30 s" in evidence.why


def test_the_length_follows_the_sound_up_to_30_seconds(written):
    for seconds, kept, reasons in [
        (12.5, 12.5, []),
        (30.0, 30.0, []),
        (30.3, 30.0, ["cut at 30 s: it is longer"]),
    ]:
        with repairs.noted() as notes:
            samples = Audio(8000).read(written(tone(seconds)))
        assert (len(samples), notes) == (8000 * kept, reasons)
        with repairs.noted() as notes:  # also where the rate is another
            assert len(Audio(16000).read(written(tone(seconds)))) == 16000 * kept
        assert notes == reasons


def test_what_a_window_leaves_out_is_not_cut(written):
    cell = written(tone(2.0))
    for audio, reasons in [
        (Audio(8000, window=[0.5, 1.0]), []),
        (Audio(8000, 0.25, window=[0.5, 1.0]), ["cut at 0.25 s: it is longer"]),
        (Audio(8000, 0.25, trim=True), ["cut at 0.25 s: it is longer"]),
    ]:
        with repairs.noted() as notes:
            audio.read(cell)
        assert notes == reasons


def whole(samples, kind=np.int16):
    return (samples * np.iinfo(kind).max).astype(kind)


def test_integers_of_any_width_are_the_same_sound():
    samples = tone(0.25)
    wanted = Audio(8000).read(samples)
    for array in (
        whole(samples),
        whole(samples).astype(np.int64),
        whole(samples).astype(np.float64),
        whole(samples, np.int32),
        (whole(samples).astype(np.int32) + 32768).astype(np.uint16),
        (samples * (2**23 - 1)).astype(np.int64),
        np.stack([whole(samples)] * 2),
        np.stack([whole(samples)] * 2, axis=1),
    ):
        found = Audio(8000).read(array)
        np.testing.assert_allclose(found, wanted, atol=1e-3)
    for array in (
        whole(samples, np.int8),
        (samples * 127 + 128).astype(np.uint8),
        (samples * 127 + 128).astype(np.int64),
    ):
        np.testing.assert_allclose(Audio(8000).read(array), wanted, atol=0.02)


def test_the_column_says_what_quiet_cells_are():
    loud, quiet = (whole(tone(0.25) * gain).astype(np.int64) for gain in (1, 0.001))
    options = Audio().recognise([quiet, loud]).options
    assert options == {"coding": "int16"}
    with repairs.noted() as notes:
        found = Audio(8000, **options).read(quiet)
    assert notes == []
    np.testing.assert_allclose(found, 0.001 * tone(0.25), atol=1e-4)
    with repairs.noted() as notes:
        Audio(8000).read(loud)
    assert notes == ["samples of int64 without a scale: taken for int16"]
    with repairs.noted() as notes:
        Audio(8000, coding="int16").read(loud * 4)
    assert notes == ["samples beyond the range of int16: louder than full scale"]


def test_arrays_with_a_rate_are_sounds_of_that_rate():
    cell = Samples(tone(0.5, rate_hz=22050).astype(np.float32), 22050)
    evidence = Audio().recognise([cell])
    assert evidence.options == {"rate_hz": 16000}
    assert evidence.confidence > 0.9
    found = Audio(8000).read(cell)
    assert len(found) == pytest.approx(4000, abs=1)
    np.testing.assert_allclose(found[500:3500], tone(0.5)[500:3500], atol=2e-3)
    with pytest.raises(BadCell, match="impossible sampling rate"):
        Audio(8000).read(Samples(tone(0.5), 4e9))


def test_arrays_without_a_rate_are_sounds_only_where_that_is_told():
    evidence = Audio(rate_hz=8000).recognise([tone(0.5), tone(1.0)])
    assert 0 < evidence.confidence < 0.5
    assert "2 arrays taken to be at 8000 Hz" in evidence.why
    assert "rate_hz" not in evidence.options


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
    assert "at most 0.2 s)" in Audio(window=[0.25, 0.5]).recognise([cell]).why
