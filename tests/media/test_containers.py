import io

import av
import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media import containers, frames, sound


def test_a_film_opens_and_closes(film, greys):
    with containers.opened(io.BytesIO(film(greys([0, 100])))) as container:
        assert len(containers.films(container)) == 1
        assert containers.seconds(container) == pytest.approx(0.15, abs=0.06)


def test_the_cover_of_a_song_is_no_film(tone):
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        cover = container.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        song = container.add_stream("aac", rate=16000, layout="mono")
        black = np.zeros((32, 32, 3), np.uint8)
        container.mux(cover.encode(av.VideoFrame.from_ndarray(black, format="rgb24")))
        container.mux(cover.encode())
        samples = tone(0.5, 16000)[None].astype(np.float32)
        heard = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        heard.sample_rate = 16000
        container.mux(song.encode(heard))
        container.mux(song.encode())
    with containers.opened(io.BytesIO(file.getvalue())) as container:
        assert len(container.streams.video) == 1
        assert containers.films(container) == []
    assert not sound.probe(file.getvalue()).in_film


def _strange(content):
    """An MP4 whose streams are coded by nobody."""
    for name in (b"mp4v", b"mp4a", b"avc1", b"esds", b"avcC"):
        content = content.replace(name, b"zzzz")
    return content


def test_what_no_decoder_knows_is_a_bad_cell(film, greys, tone):
    pictures = _strange(film(greys([0, 100])))
    for read in (frames.probe, lambda cell: frames.read(cell, 8, 8, 3, 2, "uniform")):
        with pytest.raises(BadCell, match="video is coded in a way that no decoder"):
            read(pictures)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        song = container.add_stream("aac", rate=16000, layout="mono")
        samples = tone(0.5, 16000)[None].astype(np.float32)
        heard = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        heard.sample_rate = 16000
        container.mux(song.encode(heard))
        container.mux(song.encode())
    for read in (sound.probe, lambda cell: sound.read(cell, 8000, 1.0)):
        with pytest.raises(BadCell, match="audio is coded in a way that no decoder"):
            read(_strange(file.getvalue()))


def test_containers_that_name_other_files_are_not_allowed():
    for kind in ("hls", "concat", "dash", "image2", "png_pipe", "gif", "sdp", "rtsp"):
        assert kind not in ",".join(containers.FORMATS).split(",")


def test_the_error_tells_the_cause_and_the_content():
    with pytest.raises(BadCell, match=r"not a film \(.*starts with b'ffconcat'\)"):
        with containers.opened(io.BytesIO(b"ffconcat version 1.0\nfile a.mp4\n")):
            pass


def test_too_many_streams_are_refused(film, greys, tone, monkeypatch):
    monkeypatch.setattr(containers, "MAX_STREAMS", 1)
    content = film(greys([0, 100]), samples=tone(0.2, 16000))
    with pytest.raises(BadCell, match="too many streams: 2"):
        with containers.opened(io.BytesIO(content)):
            pass


def test_why_gives_a_reason_for_every_error():
    assert containers.why(OSError(2, "No such thing")) == "No such thing"
    assert containers.why(ValueError()) == "ValueError"
