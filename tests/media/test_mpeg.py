import io

import av
import numpy as np
import pytest
import soundfile

from homodal.media import mpeg


def walk(content, most=np.inf):
    return mpeg.walk_frames(io.BytesIO(content), most)


def noise(seconds, rate_hz):
    return np.random.default_rng(0).normal(0, 0.1, round(seconds * rate_hz))


@pytest.fixture(scope="module", params=[8000, 16000, 44100])
def content(request):
    file = io.BytesIO()
    soundfile.write(file, noise(3, request.param), request.param, format="MP3")
    return file.getvalue()


def test_a_whole_file_is_whole_and_as_long_as_it_is(content):
    frames = walk(content)
    assert frames.is_whole and frames.damage() is None
    assert frames.seconds == pytest.approx(3.0, abs=0.25)
    assert frames.count == frames.declared
    tagged = b"ID3\3\0\0\0\0\0\5hello" + content + b"TAG" + bytes(125)
    assert walk(tagged) == frames


def test_junk_is_counted_wherever_it_stands(content):
    half = len(content) // 2
    broken = content[:half] + b"\x55" * 900 + content[half:]
    assert 900 <= walk(broken).skipped < 3000
    assert "are no sound" in walk(broken).damage()
    assert walk(bytes(500) + content).skipped == 500


def test_a_file_that_ends_early_is_known_by_its_count_or_last_frame(content):
    half = walk(content[: len(content) // 2])
    assert half.count < half.declared
    assert half.damage().startswith("truncated sound")
    assert walk(content[:-7]).cut


def test_two_files_are_joined(content):
    assert walk(content * 2).joined
    assert walk(content * 2).count == 2 * walk(content).count


def test_only_the_seconds_wanted_are_walked(content):
    frames = walk(content[: len(content) // 2], 0.5)
    assert frames.is_whole and 0.5 <= frames.seconds < 0.7


def test_aac_frames_are_walked_too():
    file = io.BytesIO()
    with av.open(file, "w", format="adts") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        samples = noise(2, 16000).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
        frame.sample_rate = 16000
        resampler = av.AudioResampler("fltp", "mono", 16000, frame_size=1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode())
    frames = walk(file.getvalue())
    assert frames.is_whole
    assert frames.seconds == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(
    "content", [b"", bytes(5000), b"hello world" * 99, b"\xff" * 99]
)
def test_what_has_no_frames_is_none(content):
    assert walk(content) is None
