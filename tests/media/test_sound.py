import os

import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media import repairs, sound


def loudest_hz(samples, rate_hz):
    return np.abs(np.fft.rfft(samples)).argmax() * rate_hz / len(samples)


def test_a_wav_is_read_exactly(wav):
    samples = np.array([0, 0.25, -0.5, 0.75])
    read = sound.read(wav(samples), 8000, 1.0)
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, samples)


@pytest.mark.parametrize(
    ("subtype", "step"),
    [("PCM_U8", 2**-7), ("PCM_16", 2**-15), ("PCM_24", 2**-22), ("FLOAT", 2**-23),
     ("DOUBLE", 2**-23), ("ULAW", 0.03)],
)  # fmt: skip
def test_every_depth_has_full_scale_one(wav, tone, subtype, step):
    read = sound.read(wav(tone(), 8000, subtype), 8000, 1.0)
    assert np.abs(read - tone()).max() <= step


@pytest.mark.parametrize("format", ["FLAC", "OGG", "MP3", "AIFF"])
def test_every_format_sounds_the_same(wav, tone, format):
    read = sound.read(wav(tone(1.0, 16000), 16000, format=format), 16000, 2.0)
    assert len(read) == pytest.approx(16000, abs=2400)
    assert loudest_hz(read, 16000) == pytest.approx(440, abs=3)
    assert np.abs(read).max() == pytest.approx(0.5, abs=0.1)


def test_channels_are_averaged(wav):
    stereo = np.stack([np.full(100, 0.5), np.full(100, -0.25)], axis=1)
    np.testing.assert_allclose(sound.read(wav(stereo), 8000, 1.0), 0.125, atol=1e-4)
    six = np.tile([0.6, 0, 0, 0, 0, 0], (100, 1))
    np.testing.assert_allclose(sound.read(wav(six), 8000, 1.0), 0.1, atol=1e-4)


@pytest.mark.parametrize("own", [8000, 11025, 22050, 44100, 48000])
def test_every_rate_becomes_the_one_asked_for(wav, tone, own):
    read = sound.read(wav(tone(0.5, own), own), 16000, 1.0)
    assert len(read) == pytest.approx(8000, abs=1)
    assert loudest_hz(read, 16000) == pytest.approx(440, abs=2)


def test_only_the_first_seconds_are_decoded(wav, tone, monkeypatch):
    asked = []
    plain = sound.soundfile.SoundFile.read

    def counting(self, frames=-1, *args, **options):
        asked.append(frames)
        return plain(self, frames, *args, **options)

    monkeypatch.setattr(sound.soundfile.SoundFile, "read", counting)
    read = sound.read(wav(tone(10.0)), 8000, 1.5)
    assert len(read) == 12000
    assert asked == [12000]


def test_peaks_above_full_scale_survive(wav):
    samples = np.array([0.0, 3.0, -2.0])
    read = sound.read(wav(samples, 8000, "FLOAT"), 8000, 1.0)
    np.testing.assert_array_equal(read, samples)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_a_bad_cell(wav, value):
    with pytest.raises(BadCell, match="NaN or infinite samples"):
        sound.read(wav(np.array([0, value, 0]), 8000, "FLOAT"), 8000, 1.0)


def test_samples_beyond_all_scales_are_a_bad_cell(wav):
    with pytest.raises(BadCell, match=r"out of range: peak 1e\+06"):
        sound.read(wav(np.array([0, 1e6]), 8000, "FLOAT"), 8000, 1.0)


def test_a_header_without_samples_is_a_bad_cell(wav):
    with pytest.raises(BadCell, match="no samples"):
        sound.read(wav(np.zeros(0)), 8000, 1.0)


def test_a_truncated_wav_is_a_bad_cell(wav, tone):
    content = wav(tone())
    with pytest.raises(BadCell, match="truncated sound: 3,978 of 8,000 bytes"):
        sound.read(content[: 44 + 3978], 8000, 1.0)


def test_a_truncated_flac_is_a_bad_cell(wav):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 20000)
    content = wav(noise, format="FLAC")
    with pytest.raises(BadCell, match=r"truncated|damaged"):
        sound.read(content[: len(content) // 2], 8000, 4.0)


@pytest.mark.parametrize("size", [b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f"])
def test_a_streamed_wav_that_never_knew_its_length_is_read(wav, tone, size):
    content = bytearray(wav(tone()))
    content[40:44] = size
    with repairs.noted() as found:
        read = sound.read(bytes(content), 8000, 1)
    np.testing.assert_allclose(read, tone(), atol=1e-4)
    assert found == ["the sound declares no length: read to its end"]
    with repairs.noted() as found:
        sound.read(wav(tone()), 8000, 1)
    assert found == []


def test_a_wav_that_declares_too_much_is_a_bad_cell(wav, tone):
    content = bytearray(wav(tone()))
    content[40:44] = (10**9).to_bytes(4, "little")
    with pytest.raises(BadCell, match="truncated sound"):
        sound.read(bytes(content), 8000, 1.0)


def test_ima_adpcm_never_reaches_libsndfile(wav, tone):
    content = wav(tone(), 8000, "IMA_ADPCM")
    with pytest.raises(BadCell, match="IMA-ADPCM coding is refused"):
        sound.read(content, 8000, 1.0)
    with pytest.raises(BadCell, match="IMA-ADPCM coding is refused"):
        sound.probe(content)


@pytest.mark.parametrize("subtype", ["MS_ADPCM", "GSM610"])
def test_unusual_codings_are_refused(wav, tone, subtype):
    with pytest.raises(BadCell, match=r"WAV with 0x00.* coding is refused"):
        sound.read(wav(tone(), 8000, subtype), 8000, 1.0)


def test_a_coding_behind_the_extensible_header_is_seen(wav, tone):
    content = bytearray(wav(tone(), format="WAVEX"))
    assert len(sound.read(bytes(content), 8000, 1.0)) == len(tone())
    place = content.index(b"fmt ") + 8 + 24
    content[place : place + 2] = (0x11).to_bytes(2, "little")
    with pytest.raises(BadCell, match="IMA-ADPCM coding is refused"):
        sound.read(bytes(content), 8000, 1.0)


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW", "FLOAT", "DOUBLE"])
def test_the_plain_codings_are_read(wav, tone, subtype):
    read = sound.read(wav(tone(), 8000, subtype), 8000, 1.0)
    np.testing.assert_allclose(read, tone(), atol=0.02)


@pytest.mark.parametrize(
    ("at", "value", "match"),
    [(24, 2_000_000, "impossible sampling rate: 2000000 Hz"),
     (24, 3, "impossible sampling rate: 3 Hz"),
     (22, 100, "too many channels: 100")],
)  # fmt: skip
def test_impossible_headers_are_bad_cells(wav, tone, at, value, match):
    content = bytearray(wav(tone()))
    content[at : at + 2 + 2 * (at == 24)] = value.to_bytes(2 + 2 * (at == 24), "little")
    content[32:34] = (200 if at == 22 else 2).to_bytes(2, "little")
    with pytest.raises(BadCell, match=match):
        sound.read(bytes(content), 8000, 1.0)


@pytest.mark.parametrize("content", [b"hello, this is text", bytes(1000), b"RIFF"])
def test_what_is_no_sound_says_how_it_starts(content):
    with pytest.raises(BadCell, match=r"not a sound \(starts with|damaged sound"):
        sound.read(content, 8000, 1.0)


def test_a_picture_is_no_damaged_sound():
    webp = b"RIFF\x24\0\0\0WEBPVP8 " + bytes(24)
    with pytest.raises(BadCell, match=r"not a sound \(starts with b'RIFF"):
        sound.read(webp, 8000, 1.0)


def test_a_fifo_never_waits(tmp_path):
    os.mkfifo(tmp_path / "a.wav")
    with pytest.raises(BadCell, match="not a regular file"):
        sound.read(tmp_path / "a.wav", 8000, 1.0)


def test_the_sound_of_a_film_is_read(film, greys, tone):
    content = film(greys([0] * 10), samples=tone(1.0, 16000))
    read = sound.read(content, 16000, 2.0)
    assert len(read) == pytest.approx(16000, abs=2100)  # AAC works in blocks of 1024
    assert loudest_hz(read, 16000) == pytest.approx(440, abs=8)
    assert len(sound.read(content, 8000, 0.5)) == 4000
    assert sound.probe(content).in_film


@pytest.mark.parametrize("name", ["a.mp4", "a.wav", "a"])
def test_a_film_of_sound_only_is_a_sound_whatever_its_name(film, tone, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(film(samples=tone(1.0, 16000)))
    assert len(sound.read(path, 16000, 0.5)) == 8000
    found = sound.probe(path)
    assert (found.rate_hz, found.channels, found.in_film) == (16000, 1, False)
    assert found.seconds == pytest.approx(1.0, abs=0.1)


def test_matroska_and_transport_streams_are_read(film, greys, tone):
    for format in ("matroska", "mpegts", "avi"):
        content = film(greys([0] * 10), samples=tone(1.0, 16000), format=format)
        read = sound.read(content, 16000, 0.5)
        assert loudest_hz(read, 16000) == pytest.approx(440, abs=8)


def test_a_silent_film_has_no_sound_track(film, greys):
    for read in (lambda c: sound.read(c, 8000, 1.0), sound.probe):
        with pytest.raises(BadCell, match="the film has no sound track"):
            read(film(greys([0, 50, 100])))


def test_a_film_cut_short_is_a_bad_cell(film, greys, tone):
    content = film(greys([0, 50]), samples=tone(1.0, 16000))
    with pytest.raises(BadCell, match="not a film"):
        sound.read(content[: len(content) // 3], 16000, 1.0)


def test_arrays_are_sounds_already_at_the_rate():
    samples = np.linspace(-1, 1, 50, dtype=np.float64)
    np.testing.assert_allclose(sound.read(samples, 100, 1), samples, rtol=1e-6)
    assert len(sound.read(samples, 100, 0.2)) == 20
    whole = np.array([0, 32767], np.int16)
    np.testing.assert_array_equal(sound.read(whole, 100, 1.0), [0, 1])
    stereo = np.array([[0.0, 1.0]] * 3)
    np.testing.assert_array_equal(sound.read(stereo, 100, 1.0), 0.5)
    with pytest.raises(BadCell, match="not an array of samples"):
        sound.read(np.array(["a"]), 100, 1.0)


def test_probe_reads_the_header(wav, tone):
    found = sound.probe(wav(tone(0.5), 8000))
    assert found == sound.Sound(8000, 0.5, 1, in_film=False)
