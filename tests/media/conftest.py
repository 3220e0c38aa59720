"""Films and sounds that the tests of the media room make for themselves."""

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile

# Display matrices of the mp4 format, by the degrees they turn a film clockwise
_MATRICES = {
    90: (0, 1, 0, -1, 0, 0, 0, 0, 0x4000),
    180: (-1, 0, 0, 0, -1, 0, 0, 0, 0x4000),
    270: (0, -1, 0, 1, 0, 0, 0, 0, 0x4000),
}


def _sound_stream(container, samples, rate_hz):
    stream = container.add_stream("aac", rate=rate_hz, layout="mono")
    frame = av.AudioFrame.from_ndarray(
        samples[None].astype(np.float32), format="fltp", layout="mono"
    )
    frame.sample_rate = rate_hz
    return stream, frame


@pytest.fixture
def film():
    """`film(frames, samples, ...)`: the bytes of an mp4 (or other container).

    frames: uint8 `(n, height, width, 3)` or None; times: of each frame, in hundredths
    of a second (default: 10 frames a second); samples: `(steps,)` at 16 kHz or None.
    """

    def make(frames=None, *, samples=None, times=None, gop=12, format="mp4"):
        file = io.BytesIO()
        with av.open(file, "w", format=format) as container:
            video = sound = None
            if frames is not None:
                # no key frames but those of `gop`, however much a frame differs
                still = {"sc_threshold": "1000000000"}
                video = container.add_stream("mpeg4", rate=100, options=still)
                video.height, video.width = frames[0].shape[:2]
                video.pix_fmt, video.gop_size = "yuv420p", gop
                video.codec_context.bit_rate = 4_000_000
                video.time_base = video.codec_context.time_base = Fraction(1, 100)
            if samples is not None:
                sound, heard = _sound_stream(container, samples, 16000)
            for i, pixels in enumerate(frames if frames is not None else ()):
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.pts = times[i] if times else 10 * i
                frame.time_base = Fraction(1, 100)
                container.mux(video.encode(frame))
            if video:
                container.mux(video.encode())
            if sound:
                container.mux(sound.encode(heard))
                container.mux(sound.encode())
        return file.getvalue()

    return make


@pytest.fixture
def turned():
    """`turned(mp4, degrees)`: the film with a display matrix that turns it."""

    def turn(content, degrees):
        at = content.index(b"tkhd") + 4 + 40
        units = [value * (1 << 16) for value in _MATRICES[degrees]]
        return content[:at] + struct.pack(">9i", *units) + content[at + 36 :]

    return turn


@pytest.fixture
def greys():
    """`greys(levels)`: one even frame of 32 x 48 for each grey level."""

    def make(levels):
        return np.stack([np.full((32, 48, 3), level, np.uint8) for level in levels])

    return make


@pytest.fixture
def wav():
    """`wav(samples, rate_hz, subtype, format)`: the bytes of a sound file."""

    def make(samples, rate_hz=8000, subtype=None, format="WAV"):
        file = io.BytesIO()
        soundfile.write(file, samples, rate_hz, subtype=subtype, format=format)
        return file.getvalue()

    return make


@pytest.fixture
def tone():
    """`tone(seconds, rate_hz, hz)`: a sine of half full scale."""

    def make(seconds=0.5, rate_hz=8000, hz=440.0):
        times = np.arange(round(seconds * rate_hz)) / rate_hz
        return 0.5 * np.sin(2 * np.pi * hz * times)

    return make
