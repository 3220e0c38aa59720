"""Sounds: bytes to mono float32 samples, by one written rule for every odd kind.

- WAV, FLAC, OGG, MP3 and AIFF are read by libsndfile; the sound track of an mp4, webm,
  mkv, mpg, avi or aac file by FFmpeg. The content decides, never the file's name
- channels are averaged; rates are changed by soxr
- rate, channels and length are checked before anything is decoded, and no more is
  decoded than asked for
- a file that holds fewer samples than it declares is a bad cell; so are NaN, infinite
  and absent samples
"""

from typing import NamedTuple

import numpy as np
import soundfile
import soxr

from homodal.errors import BadCell
from homodal.media import files, repairs

MAX_CHANNELS = 32
MAX_RATE_HZ = 768_000
MIN_RATE_HZ = 100
MAX_PEAK = 60_000.0  # far above full scale (1.0), and still finite as float16
_BLOCK = 65_536
_IMA_ADPCM = 0x11  # its decoder in libsndfile can be overflowed (CVE-2026-37555)
_EXTENSIBLE = 0xFFFE
_CODINGS = (1, 3, 6, 7)  # PCM, float, A-law, µ-law: the plain ones
_UNKNOWN_SIZES = (0, 0xFFFFFFFF, 0x7FFFFFFF)  # written by programs that stream a WAV


# How the files start that FFmpeg reads; libsndfile gets all others
_CONTAINERS = (
    b"\x1a\x45\xdf\xa3",  # webm, mkv
    b"\x00\x00\x01\xba",  # mpg
    b"\x00\x00\x01\xb3",
    b"FLV\x01",
    b"\x30\x26\xb2\x75",  # wmv, wma
    b"\xff\xf1",  # aac
    b"\xff\xf9",
)
_TS_PACKET = 188
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


class Sound(NamedTuple):
    """What a file says about its sound; `seconds` is None where it does not say."""

    rate_hz: int
    seconds: float | None
    channels: int
    in_film: bool


def read(cell, rate_hz, seconds):
    """Mono float32 samples `(steps,)` at `rate_hz`, of at most the first `seconds`.

    `cell` is a Path, bytes, or an array of samples `(steps,)` or `(steps, channels)`
    that already is at `rate_hz`. Raises `BadCell`.
    """
    if isinstance(cell, np.ndarray):
        own_rate, samples = rate_hz, _from_array(cell)[: round(seconds * rate_hz)]
    else:
        with files.opened(cell) as file:
            reader = _read_film if _is_container(file) else _read_plain
            own_rate, samples = reader(file, seconds)
    samples = _checked(samples)
    if own_rate != rate_hz:
        samples = soxr.resample(samples, own_rate, rate_hz)
    return np.ascontiguousarray(samples[: round(seconds * rate_hz)], dtype=np.float32)


def probe(cell):
    """The `Sound` of a file, from its header. Raises `BadCell`."""
    with files.opened(cell) as file:
        if _is_container(file):
            return _probe_film(file)
        with _plain(file) as sound:
            long = sound.frames > 0 and sound.frames < 2**40
            seconds = sound.frames / sound.samplerate if long else None
            return Sound(sound.samplerate, seconds, sound.channels, in_film=False)


def _is_container(file):
    head = file.read(_TS_PACKET + 1)
    file.seek(0)
    if head.startswith(b"OggS"):  # FLAC and films in an Ogg are beyond libsndfile
        return b"\x01vorbis" not in head and b"OpusHead" not in head
    return (
        head.startswith(_CONTAINERS)
        or head[4:8] in _MP4_BOXES
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[::_TS_PACKET] == b"GG"  # each packet of a transport stream starts so
    )


# --- WAV, FLAC, OGG, MP3, AIFF -------------------------------------------------------


def _plain(file):
    """An open `SoundFile` within the limits. Raises `BadCell`."""
    head = file.read(12)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        _check_wav(file, long=head[:4] == b"RF64")
    file.seek(0)
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
    with _plain(file) as sound:
        declared = sound.frames
        wanted = round(seconds * sound.samplerate)
        try:
            samples = sound.read(min(wanted, max(declared, 0)), "float32")
        except (RuntimeError, ValueError) as error:
            raise BadCell(f"damaged sound: {_short(error)}") from None
        # The length of an MP3 is an estimate
        if len(samples) < min(wanted, declared) and sound.format != "MP3":
            raise BadCell(f"truncated sound: {len(samples)} of {declared} samples")
        return sound.samplerate, _mono(samples)


def _check_wav(file, long):
    """libsndfile reads a truncated WAV without a word, so its chunks are counted.

    long: an RF64 file, which declares its length elsewhere.
    """
    end = file.seek(0, 2)
    place = 12
    while place + 8 <= end:
        file.seek(place)
        name, size = file.read(4), int.from_bytes(file.read(4), "little")
        if name == b"fmt ":
            _check_coding(file.read(min(size, 26)))
        if name == b"data":
            present = end - place - 8
            if size > present and size not in _UNKNOWN_SIZES:
                raise BadCell(f"truncated sound: {present:,} of {size:,} bytes")
            if not long and (size > present or (size == 0 and present > 0)):
                repairs.note("the sound declares no length: read to its end")
            return
        place += 8 + size + size % 2


def _check_coding(chunk):
    tag = int.from_bytes(chunk[:2], "little")
    if tag == _EXTENSIBLE:  # which may hide any other
        tag = int.from_bytes(chunk[24:26], "little")
    if tag not in _CODINGS:
        kind = "IMA-ADPCM" if tag == _IMA_ADPCM else f"0x{tag:04x}"
        raise BadCell(f"WAV with {kind} coding is refused")


def _not_a_sound(head, error):
    known = head[:4] in (b"RF64", b"fLaC", b"OggS", b"FORM")
    known |= head[:4] == b"RIFF" and head[8:] == b"WAVE"  # and not a WebP
    if known or head[:3] == b"ID3":
        return f"damaged sound: {_short(error)}"
    return f"not a sound (starts with {head[:8]!r})"


def _short(error):
    text = str(error).rpartition(": ")[2].strip() or type(error).__name__
    # what libsndfile says of an MP3 without a single frame
    return "no sound in it" if text.startswith("File does not exist") else text


# --- the sound track of a film -------------------------------------------------------


def _track(container):
    from homodal.media import containers

    if not container.streams.audio:
        raise BadCell("the film has no sound track")
    track = containers.known(container.streams.audio[0])
    _check_limits(track.rate or 0, track.channels or 0)
    return track


def _probe_film(file):
    # A large import that a table of WAV files does not need
    from homodal.media import containers

    with containers.opened(file) as container:
        track = _track(container)
        in_film = bool(containers.films(container))
        seconds = containers.seconds(container)
        return Sound(track.rate, seconds, track.channels, in_film)


def _read_film(file, seconds):
    from homodal.media import containers

    with containers.opened(file) as container:
        track = _track(container)
        wanted = round(seconds * track.rate)
        try:
            pieces = list(_decoded(container, track, wanted))
        except containers.ERRORS as error:
            raise BadCell(f"damaged sound track: {containers.why(error)}") from None
        if not pieces:
            raise BadCell("no samples")
        return track.rate, np.concatenate(pieces)[:wanted]


def _decoded(container, track, wanted):
    """Mono pieces of a sound track, until there are `wanted` samples."""
    import av

    plain = av.AudioResampler(format="fltp", rate=track.rate)
    steps = 0
    for frame in container.decode(track):
        for part in plain.resample(frame):
            steps += part.samples
            yield part.to_ndarray().mean(axis=0, dtype=np.float32)
        if steps >= wanted:
            return


# --- checks --------------------------------------------------------------------------


def _check_limits(rate_hz, channels):
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise BadCell(f"impossible sampling rate: {rate_hz} Hz")
    if not 1 <= channels <= MAX_CHANNELS:
        raise BadCell(f"too many channels: {channels}")


def _from_array(array):
    if array.ndim not in (1, 2) or not np.issubdtype(array.dtype, np.number):
        raise BadCell(f"not an array of samples: shape {array.shape}, {array.dtype}")
    if np.issubdtype(array.dtype, np.integer):
        array = array / float(np.iinfo(array.dtype).max)
    return _mono(array.astype(np.float32))


def _mono(samples):
    return samples if samples.ndim == 1 else samples.mean(axis=1, dtype=np.float32)


def _checked(samples):
    if samples.size == 0:
        raise BadCell("no samples")
    peak = max(samples.max(), -samples.min())
    if not np.isfinite(peak):
        raise BadCell("NaN or infinite samples")
    if peak > MAX_PEAK:
        raise BadCell(f"samples out of range: peak {peak:.3g}, full scale is 1")
    return samples
