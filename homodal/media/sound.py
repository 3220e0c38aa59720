"""Sounds: bytes to mono float32 samples, by one written rule for every odd kind.

- WAV, AIFF, AU, CAF, VOC and whole OGG and MP3 files are read by libsndfile; FLAC, the
  sound track of a film, and what libsndfile cannot read by FFmpeg. The content decides,
  never the file's name
- channels are averaged; rates are changed by soxr
- rate, channels and length are checked before anything is decoded, and no more is
  decoded than asked for
- what decodes is believed, not the header: a file is read to its end, and one that
  holds less than it declares, or whose frames are damaged, is noted as repaired
- NaN, infinite and absent samples are a bad cell
"""

from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import numpy as np
import soundfile
import soxr

from homodal.errors import BadCell
from homodal.media import chunks, files, kinds, mpeg, ogg, pcm, repairs
from homodal.media.patched import PatchedFile
from homodal.tables.samples import Samples

MAX_RATE_HZ = 768_000
MIN_RATE_HZ = 100
MAX_PEAK = 60_000.0  # far above full scale (1.0), and still finite as float16
_PROBED_SECONDS = 300.0  # of a long file that are looked through before it is read
_PLAIN_CODINGS = (1, 3, 6, 7)  # PCM, float, A-law, µ-law; FFmpeg reads the others


# How the files start that FFmpeg reads; libsndfile gets all others first
_SOUNDS = (
    b"\xff\xf1",  # aac
    b"\xff\xf9",
    b"fLaC",
    b"#!AMR",
    b"\x0b\x77",  # ac3
    b"TTA1",
    b"wvpk",
)
_CONTAINERS = (
    *_SOUNDS,
    b"\x1a\x45\xdf\xa3",  # webm, mkv
    b"\x00\x00\x01\xba",  # mpg
    b"\x00\x00\x01\xb3",
    b"FLV\x01",
    b"\x30\x26\xb2\x75",  # wmv, wma
)
_TS_PACKET = 188
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


class Sound(NamedTuple):
    """What a file says about its sound; `seconds` is None where it does not say."""

    rate_hz: int
    seconds: float | None
    channels: int
    in_film: bool


def read(cell, rate_hz, seconds, coding=None):
    """Mono float32 samples `(steps,)` at `rate_hz`, of at most the first `seconds`.

    `cell` is a Path, bytes, `Samples`, or an array of samples (see `media.pcm`) that
    already is at `rate_hz`. coding: of integers in memory whose width does not say it.
    Raises `BadCell`.
    """
    if isinstance(cell, (np.ndarray, Samples)):
        own_rate, samples = _from_memory(cell, rate_hz, coding)
    else:
        with files.opened(cell) as file:
            own_rate, samples = _read_file(file, seconds)
    samples = _checked(samples[: round(seconds * own_rate)])
    if own_rate != rate_hz:
        samples = soxr.resample(samples, own_rate, rate_hz)
    return np.ascontiguousarray(samples[: round(seconds * rate_hz)], dtype=np.float32)


def probe(cell, rate_hz=None):
    """The `Sound` of a file: from its header, or counted where that may not be true.

    rate_hz: of arrays that do not say theirs. Raises `BadCell`.
    """
    if isinstance(cell, (np.ndarray, Samples)):
        return _probe_memory(cell, rate_hz)
    with files.opened(cell) as file:
        file, _, is_plain = _prepared(file, _PROBED_SECONDS)
        if not is_plain:
            return _probe_track(file)
        try:
            seen = _probe_plain(file)
        except BadCell as why:
            return _probe_otherwise(file, why)
    if seen.seconds == 0:
        raise BadCell("no samples")
    return seen


def _read_file(file, seconds):
    """`(rate, samples)`; what cannot be read so is tried with FFmpeg."""
    file, damage, is_plain = _prepared(file, seconds)
    with repairs.noted() as notes:
        try:
            reader = _read_plain if is_plain else _read_track
            rate_hz, samples = reader(file, seconds)
        except BadCell as why:
            if not is_plain:
                raise BadCell(damage or str(why)) from None
            notes.clear()
            rate_hz, samples = _read_otherwise(file, seconds, why)
    is_cut = len(samples) < round(seconds * rate_hz)
    if damage and not notes and (is_cut or damage.startswith("damaged")):
        notes.append(damage)
    for note in notes:
        repairs.note(note)
    return rate_hz, samples


def _prepared(file, seconds):
    """`(file, damage, is_plain)`: with a true header; for libsndfile or for FFmpeg.

    damage: what is wrong with the file, in words, or None; of its first `seconds`.
    """
    head = _head(file)
    if tag := mpeg.id3_bytes(head):
        file.seek(tag)
        if file.read(4) in (b"RIFF", b"fLaC", b"OggS", b"FORM"):
            file = PatchedFile(file, tag)
            head = _head(file)
    if head.startswith(b"OggS"):
        if _is_container(head):
            return file, None, False
        pages = ogg.walk_pages(file, seconds)
        return file, pages.damage(), pages.is_whole
    if _may_be_mpeg(head):
        frames = mpeg.walk_frames(file, seconds)
        if frames is not None:
            is_plain = frames.is_whole and not head.startswith(_SOUNDS)
            return file, frames.damage(), is_plain
    if _is_container(head):
        return file, _avi_damage(file, head), False
    layout = chunks.find_samples(file)
    if layout is None:
        return file, None, True
    if layout.kind == "wav" and layout.coding not in _PLAIN_CODINGS:
        return chunks.mended(file, layout)[0], None, False
    return file, None, True


def _head(file):
    file.seek(0)
    head = file.read(_TS_PACKET + 1)
    file.seek(0)
    return head


def _may_be_mpeg(head):
    if head[:3] == b"ID3":
        return True
    # what stands before an MP3 and is none are zeros
    return (head[:1] == b"\xff" and head[1:2] >= b"\xe0") or not any(head)


def _avi_damage(file, head):
    """What is wrong with an AVI that ends before it says so, or None."""
    if head[:4] != b"RIFF":
        return None
    end = 8 + int.from_bytes(head[4:8], "little")
    present = file.seek(0, 2)
    if end <= present + 1:
        return None
    return f"truncated sound: {present:,} of {end:,} bytes of the film"


def _is_container(head):
    if head.startswith(b"OggS"):  # FLAC and films in an Ogg are beyond libsndfile
        return b"\x01vorbis" not in head and b"OpusHead" not in head
    return (
        head.startswith(_CONTAINERS)
        or head[4:8] in _MP4_BOXES
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[::_TS_PACKET] == b"GG"  # each packet of a transport stream starts so
    )


# --- libsndfile ----------------------------------------------------------------------


def _plain(file):
    """An open `SoundFile` within the limits. Raises `BadCell`."""
    head = _head(file)
    try:
        sound = soundfile.SoundFile(file)
    except (RuntimeError, TypeError, ValueError, OSError) as error:
        raise BadCell(_not_a_sound(head, error)) from None
    try:
        _check_limits(sound.samplerate, sound.channels)
    except BadCell:
        sound.close()
        raise
    return sound


def _read_plain(file, seconds):
    layout = chunks.find_samples(file)
    if layout is not None:
        file, why = chunks.mended(file, layout)
        if why:
            repairs.note(why)
    with _plain(file) as sound:
        declared = sound.frames
        wanted = round(seconds * sound.samplerate)
        try:
            samples = sound.read(min(wanted, max(declared, 0)), "float32")
        except (RuntimeError, ValueError) as error:
            raise BadCell(f"damaged sound: {_short(error)}") from None
        if len(samples) < min(wanted, declared):
            raise BadCell(f"truncated sound: {len(samples)} of {declared} samples")
        if layout is not None and len(samples) < wanted:
            _note_truncated(layout)
        return sound.samplerate, _mono(samples)


def _note_truncated(layout):
    if layout.declared is not None and layout.declared > layout.present:
        sizes = f"{layout.present:,} of {layout.declared:,} bytes"
        repairs.note(f"truncated sound: {sizes}")


def _probe_plain(file):
    layout = chunks.find_samples(file)
    if layout is not None:
        file, _ = chunks.mended(file, layout)
    with _plain(file) as sound:
        is_length = sound.frames < 2**40
        seconds = sound.frames / sound.samplerate if is_length else None
        return Sound(sound.samplerate, seconds, sound.channels, in_film=False)


def _not_a_sound(head, error):
    known = head[:4] in (b"RF64", b"fLaC", b"OggS", b"FORM", b"caff", b".snd")
    known |= head[:4] == b"RIFF" and head[8:12] == b"WAVE"  # and not a WebP
    if known or head[:3] == b"ID3":
        return f"damaged sound: {_short(error)}"
    if kind := kinds.unreadable_kind(head):
        return str(kind)
    return f"not a sound (starts with {head[:8]!r})"


def _short(error):
    text = str(error).rpartition(": ")[2].strip() or type(error).__name__
    # what libsndfile says of an MP3 without a single frame
    return "no sound in it" if text.startswith("File does not exist") else text


def _mono(samples):
    return samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)


# --- FFmpeg: a large import that a table of WAV files does not need ------------------


def _track(container):
    from homodal.media import containers

    if not container.streams.audio:
        raise BadCell("the film has no sound track")
    track = containers.known(container.streams.audio[0])
    _check_limits(track.rate or 0, track.channels or 0)
    return track


@contextmanager
def _opened(file):
    """FFmpeg's container of a file, from its start. Raises `BadCell`."""
    from homodal.media import containers

    is_sound = _head(file).startswith((*_SOUNDS, b"OggS", b"ID3"))
    with ExitStack() as stack:
        try:
            container = stack.enter_context(containers.opened(file))
        except BadCell:
            if is_sound:
                raise BadCell("damaged sound: nothing in it can be decoded") from None
            raise
        yield container


def _read_track(file, seconds):
    from homodal.media import tracks

    with _opened(file) as container:
        track = _track(container)
        return track.rate, tracks.read_track(container, track, seconds)


def _probe_track(file):
    from homodal.media import containers, tracks

    size = file.seek(0, 2)
    with _opened(file) as container:
        track = _track(container)
        seconds = tracks.measure_track(container, track, size)
        in_film = bool(containers.films(container))
        return Sound(track.rate, seconds, track.channels, in_film)


def _read_otherwise(file, seconds, why):
    """The same by FFmpeg, or the reason why libsndfile could not, noted either way."""
    try:
        sound = _read_track(file, seconds)
    except BadCell:
        raise why from None
    if str(why).startswith(("damaged", "truncated")):
        repairs.note(str(why).rstrip("."))
    return sound


def _probe_otherwise(file, why):
    try:
        return _probe_track(file)
    except BadCell:
        raise why from None


# --- arrays --------------------------------------------------------------------------


def _from_memory(cell, rate_hz, coding):
    if isinstance(cell, np.ndarray):
        return rate_hz, pcm.to_mono(cell, coding)
    own_rate = rate_hz if cell.rate_hz is None else cell.rate_hz
    channels = pcm.channels_of(cell.array)
    _check_limits(own_rate, channels)
    return own_rate, pcm.to_mono(cell.array, coding)


def _probe_memory(cell, rate_hz):
    array = cell if isinstance(cell, np.ndarray) else cell.array
    rate_hz = rate_hz if isinstance(cell, np.ndarray) else cell.rate_hz or rate_hz
    channels = pcm.channels_of(array)
    if rate_hz is None:
        raise BadCell("an array of samples that does not say its sampling rate")
    _check_limits(rate_hz, channels)
    return Sound(rate_hz, array.size / channels / rate_hz, channels, in_film=False)


# --- checks --------------------------------------------------------------------------


def _check_limits(rate_hz, channels):
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise BadCell(f"impossible sampling rate: {rate_hz} Hz")
    if channels < 1:
        raise BadCell("a sound without channels")
    if channels > pcm.MAX_CHANNELS:
        raise BadCell(f"too many channels: {channels}")


def _checked(samples):
    if samples.size == 0:
        raise BadCell("no samples")
    peak = max(samples.max(), -samples.min())
    if not np.isfinite(peak):
        raise BadCell("NaN or infinite samples")
    if peak > MAX_PEAK:
        raise BadCell(f"samples out of range: peak {peak:.3g}, full scale is 1")
    return samples
