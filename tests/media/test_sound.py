import io
import os
from functools import cache

import av
import numpy as np
import pytest
import soundfile

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


def read_with_notes(content, rate_hz=16000, seconds=100.0):
    with repairs.noted() as notes:
        return sound.read(content, rate_hz, seconds), notes


def test_a_truncated_wav_is_read_as_far_as_it_goes(wav, tone):
    content = wav(tone())[: 44 + 3978]
    samples, notes = read_with_notes(content, 8000)
    np.testing.assert_allclose(samples, tone()[:1989], atol=1e-4)
    assert notes == ["truncated sound: 3,978 of 8,000 bytes"]
    assert read_with_notes(content, 8000, 0.2)[1] == []  # nothing of that is lacking


@pytest.mark.parametrize("format", ["AIFF", "AU", "CAF", "W64", "RF64"])
def test_truncated_samples_are_noted_in_every_format(wav, format):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 8000)
    content = wav(noise, format=format)
    assert read_with_notes(content, 8000)[1] == []
    samples, notes = read_with_notes(content[:-8000], 8000)
    assert 3900 < len(samples) < 4100
    np.testing.assert_allclose(samples[:3900], noise[:3900], atol=1e-4)
    assert "truncated" in notes[0] or "malformed" in notes[0]


def chirp(seconds=6.0, rate_hz=16000):
    """A sound of which no part is like another."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(0).normal(0, 0.02, len(times))
    return 0.4 * np.sin(2 * np.pi * (300 + 100 * times) * times) + noise


CODED = {
    "mp3": {"format": "MP3"},
    "vorbis": {"format": "OGG", "subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "flac": {"format": "FLAC"},
}


def damaged(content, how):
    half, tenth = len(content) // 2, len(content) // 10
    if how == "cut":
        return content[:half]
    if how == "half zeros":
        return content[:half] + bytes(len(content) - half)
    junk = np.random.default_rng(1).integers(0, 256, tenth, np.uint8).tobytes()
    patch = bytes(tenth) if how == "zeros" else junk
    return content[:half] + patch + content[half + tenth :]


@pytest.fixture(scope="module")
def coded():
    """`coded(name)`: six seconds, as this codec writes them."""

    @cache
    def make(name):
        file = io.BytesIO()
        soundfile.write(file, chirp(), 16000, **CODED[name])
        return file.getvalue()

    return make


@pytest.mark.parametrize("name", CODED)
def test_a_whole_file_has_nothing_to_note(coded, name):
    samples, notes = read_with_notes(coded(name))
    assert (len(samples), notes) == (96000, [])
    assert sound.probe(coded(name)).seconds == pytest.approx(6.0, abs=0.01)


@pytest.mark.parametrize("how", ["cut", "half zeros", "zeros", "overwritten"])
@pytest.mark.parametrize("name", CODED)
def test_damage_is_noted_and_the_rest_is_read(coded, name, how):
    whole, _ = read_with_notes(coded(name))
    samples, notes = read_with_notes(damaged(coded(name), how))
    assert any("truncated" in note or "damaged" in note for note in notes)
    assert len(samples) > 1.9 * 16000
    # what comes before the damage is as it was
    np.testing.assert_allclose(samples[:30000], whole[:30000], atol=0.02)
    if how in ("zeros", "overwritten") and name != "mp3":
        # and what comes after it is where it was
        assert len(samples) == pytest.approx(96000, abs=100)
        np.testing.assert_allclose(samples[-9000:-900], whole[-9000:-900], atol=0.02)


@pytest.mark.parametrize("name", CODED)
def test_damage_behind_what_is_read_is_nothing_to_note(coded, name):
    samples, notes = read_with_notes(damaged(coded(name), "cut"), seconds=1.0)
    assert (len(samples), notes) == (16000, [])


def test_a_flac_that_lies_about_its_length_is_read_to_its_end(coded):
    for count in (b"\0\0\0\0", (32000).to_bytes(4, "big")):  # unknown, too few
        content = bytearray(coded("flac"))
        content[21] &= 0xF0
        content[22:26] = count
        samples, notes = read_with_notes(bytes(content))
        np.testing.assert_array_equal(samples, read_with_notes(coded("flac"))[0])
        assert notes == []
        assert sound.probe(bytes(content)).seconds == 6.0


@pytest.mark.parametrize("name", ["mp3", "vorbis", "opus"])
def test_sounds_one_behind_another_are_all_read(coded, name):
    content = coded(name) * 2
    samples, notes = read_with_notes(content)
    assert len(samples) == pytest.approx(2 * 96000, abs=2300)
    assert notes == []
    assert sound.probe(content).seconds == pytest.approx(12.0, abs=0.3)


def test_junk_before_an_mp3_is_skipped_and_noted(coded):
    samples, notes = read_with_notes(bytes(3000) + coded("mp3"))
    assert len(samples) == pytest.approx(96000, abs=2300)
    assert notes == ["damaged sound: 3,000 bytes in it are no sound"]


def test_a_tag_before_any_sound_is_skipped(coded, wav, tone):
    tag = b"ID3\x03\0\0\0\0\0\x0a" + bytes(10)
    assert len(read_with_notes(tag + wav(tone()), 8000)[0]) == 4000
    assert len(read_with_notes(tag + coded("flac"))[0]) == 96000
    assert len(read_with_notes(tag + coded("mp3"))[0]) == 96000
    behind = coded("mp3") + b"TAG" + bytes(125)
    assert read_with_notes(behind)[1] == []


def test_a_caf_that_never_knew_its_length_is_read(wav, tone):
    content = bytearray(wav(tone(), format="CAF"))
    at = content.index(b"data") + 4
    content[at : at + 8] = b"\xff" * 8
    assert len(read_with_notes(bytes(content), 8000)[0]) == 4000


@pytest.fixture
def live():
    """`live(seconds)`: WebM as a browser records it, without a length."""

    def make(seconds, options=None):
        file = io.BytesIO()
        options = {"live": "1"} if options is None else options
        with av.open(file, "w", format="webm", options=options) as container:
            stream = container.add_stream("libopus", rate=48000)
            stream.layout = "mono"
            samples = chirp(seconds, 48000).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(samples[None], "flt", "mono")
            frame.rate = 48000
            stream.codec_context.open()
            resampler = av.AudioResampler(
                stream.codec_context.format.name, "mono", 48000, 960
            )
            for part in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(stream.encode(part))
            container.mux(stream.encode())
        return file.getvalue()

    return make


def test_a_live_webm_is_measured_and_read_to_its_end(live):
    content = live(12.0)
    assert sound.probe(content).seconds == pytest.approx(12.0, abs=0.05)
    samples, notes = read_with_notes(content)
    assert len(samples) == pytest.approx(12 * 16000, abs=800)
    assert notes == []


def test_a_truncated_webm_is_noted(live):
    content = live(6.0, {})
    assert read_with_notes(content)[1] == []
    samples, notes = read_with_notes(content[: len(content) // 2])
    assert len(samples) == pytest.approx(3 * 16000, rel=0.1)
    assert "truncated sound" in notes[-1]


@pytest.mark.parametrize(("format", "codec"), [("mp4", "aac"), ("matroska", "aac")])
def test_a_damaged_sound_track_keeps_its_time(film, greys, format, codec):
    content = film(greys([0] * 60), samples=chirp(), format=format)
    whole, notes = read_with_notes(content)
    assert notes == []
    middle = len(content) // 2
    patch = bytes(len(content) // 12)
    broken = content[:middle] + patch + content[middle + len(patch) :]
    samples, notes = read_with_notes(broken)
    assert "damaged sound" in notes[0]
    assert len(samples) == pytest.approx(len(whole), abs=1100)


@pytest.mark.parametrize("format", ["adts", "avi"])
def test_streams_without_a_length_are_known_to_be_truncated(film, format):
    content = film(samples=chirp(), format=format)
    whole, notes = read_with_notes(content)
    assert notes == []
    samples, notes = read_with_notes(content[: len(content) // 2 - 7])
    assert "truncated sound" in notes[0] or "damaged sound" in notes[0]
    assert len(samples) == pytest.approx(len(whole) / 2, rel=0.1)


def test_junk_within_an_aac_is_noted(film):
    content = film(samples=chirp(), format="adts")
    _, notes = read_with_notes(damaged(content, "zeros"))
    assert "truncated sound" in notes[0] or "damaged sound" in notes[0]


def test_a_film_of_unknown_codecs_says_so():
    with pytest.raises(BadCell, match="not a sound"):
        sound.read(b"%PDF-1.7 and so on" * 20, 8000, 1.0)


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


@pytest.mark.parametrize("off", [1, 2, 8, 36, 44, 10**9])
def test_a_wav_that_declares_too_much_is_read_to_its_end(wav, tone, off):
    content = bytearray(wav(tone()))
    content[40:44] = (8000 + off).to_bytes(4, "little")
    samples, notes = read_with_notes(bytes(content), 8000)
    np.testing.assert_allclose(samples, tone(), atol=1e-4)
    assert notes == [f"truncated sound: 8,000 of {8000 + off:,} bytes"]


@pytest.mark.parametrize("riff", [0, 8, 36, 44, 8036, 0xFFFFFFFF])
def test_a_wav_that_was_never_closed_is_read_to_its_end(wav, tone, riff):
    content = bytearray(wav(tone()))
    content[4:8] = riff.to_bytes(4, "little")
    content[40:44] = bytes(4)
    samples, notes = read_with_notes(bytes(content), 8000)
    np.testing.assert_allclose(samples, tone(), atol=1e-4)
    assert notes == ["the sound declares no length: read to its end"]
    assert sound.probe(bytes(content)).seconds == 0.5


def test_a_wav_that_declares_too_little_is_read_to_its_end(wav, tone):
    content = bytearray(wav(tone()))
    content[40:44] = (2000).to_bytes(4, "little")
    samples, notes = read_with_notes(bytes(content), 8000)
    np.testing.assert_allclose(samples, tone(), atol=1e-4)
    assert notes == ["the sound declares 2,000 bytes of samples, and has 8,000"]


@pytest.mark.parametrize(
    "behind",
    [b"LIST\4\0\0\0INFO", bytes(1000), b"TAG" + bytes(125), b"ID3" + b"x" * 99],
)
def test_what_stands_behind_the_samples_is_none(wav, tone, behind):
    samples, notes = read_with_notes(wav(tone()) + behind, 8000)
    assert (len(samples), notes) == (len(tone()), [])


@pytest.mark.parametrize("subtype", ["IMA_ADPCM", "MS_ADPCM", "GSM610"])
def test_unusual_codings_never_reach_libsndfile(wav, tone, subtype, monkeypatch):
    content = wav(tone(), 8000, subtype)
    monkeypatch.setattr(sound, "soundfile", None)
    samples, _ = read_with_notes(content, 8000)
    assert len(samples) == pytest.approx(4000, abs=520)
    assert np.corrcoef(samples[:3900], tone()[:3900])[0, 1] > 0.95
    assert sound.probe(content).rate_hz == 8000


def test_a_coding_behind_the_extensible_header_is_seen(wav, tone, monkeypatch):
    content = bytearray(wav(tone(), format="WAVEX"))
    assert len(sound.read(bytes(content), 8000, 1.0)) == len(tone())
    place = content.index(b"fmt ") + 8 + 24
    content[place : place + 2] = (0x11).to_bytes(2, "little")
    monkeypatch.setattr(sound, "soundfile", None)
    with pytest.raises(BadCell):
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


def test_what_holds_no_sound_says_so_once(wav, film, greys):
    empty = np.zeros(0)
    cells = [
        *(wav(empty, format=format) for format in ("WAV", "AIFF", "CAF", "AU", "W64")),
        wav(empty, subtype="VORBIS", format="OGG"),
        empty,
        np.zeros((0, 2)),
        np.zeros((2, 0), np.int16),
    ]
    for cell in cells:
        with pytest.raises(BadCell, match=r"^no samples\.?$"):
            sound.read(cell, 8000, 1.0)
    for cell in cells[:6]:
        with pytest.raises(BadCell, match=r"^no samples\.?$"):
            sound.probe(cell)
    with pytest.raises(BadCell, match="empty file"):
        sound.read(b"", 8000, 1.0)


@pytest.mark.parametrize("head", [b"fLaC", b"OggS" + bytes(40), b"ID3\3\0\0\0\0\0\0"])
def test_a_sound_of_which_nothing_is_left_is_no_film(head):
    for read in (lambda: sound.read(head, 8000, 1.0), lambda: sound.probe(head)):
        with pytest.raises(BadCell, match="damaged sound"):
            read()
