import io

import pytest

from homodal.errors import BadCell
from homodal.media import containers


def test_a_film_opens_and_closes(film, greys):
    with containers.opened(io.BytesIO(film(greys([0, 100])))) as container:
        assert len(containers.films(container)) == 1
        assert containers.seconds(container) == pytest.approx(0.15, abs=0.06)


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
