import av
import numpy as np
import pytest

from homodal.errors import BadCell, PartError
from homodal.media import frames, repairs
from homodal.media.excerpts import Excerpt
from homodal.modalities.audio import Audio
from homodal.modalities.video import Video


@pytest.fixture
def written(tmp_path):
    """`written(n, height, width)`: the path of an mp4, n times the same picture."""

    def write(n, height=48, width=64):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.mp4"
        rng = np.random.default_rng(0)
        picture = rng.integers(0, 256, (height, width, 3), np.uint8)
        with path.open("wb") as file:
            frames.write(file, [picture] * n, frames_hz=10)
        return path

    return write


def test_options_follow_what_was_seen(written):
    evidence = Video().recognise([written(30, 144, 180), written(30, 144, 180)])
    assert evidence.options == {"height_px": 52, "width_px": 64, "frames": 15}
    assert evidence.why == "2 of 2 cells open as films (about 3.0 s)"


@pytest.mark.parametrize(("n", "count"), [(5, 8), (100, 24)])
def test_few_or_many_frames_have_a_limit(written, n, count):
    assert Video().recognise([written(n)]).options["frames"] == count


def test_read_gives_at_most_the_frames_asked_for(written):
    modality = Video(height_px=16, width_px=20, channels=1, frames=4)
    assert modality.read(written(12)).shape == (4, 16, 20, 1)
    assert modality.read(written(3)).shape == (3, 16, 20, 1)


def test_key_frames_by_option(written):
    cell = written(30)
    uniform, keys = (
        Video(frames=8, sampling=sampling).read(cell)
        for sampling in ("uniform", "keyframes")
    )
    assert len(uniform) == 8
    assert 1 <= len(keys) < 8


def test_sound_alone_is_no_film(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("aac", rate=16000, layout="mono")
        silence = np.zeros((1, 16000), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert Video().recognise([path]).confidence == 0
    assert Audio().recognise([path]).confidence > 0.9
    with pytest.raises(BadCell, match="the film has no pictures"):
        Video().read(path)


@pytest.mark.parametrize(
    "options", [{"sampling": "random"}, {"frames": 0}, {"channels": 4}]
)
def test_wrong_options_are_named(options):
    with pytest.raises(PartError, match=f"Option '{next(iter(options))}'"):
        Video(**options)


def test_a_window_a_rate_and_a_box_reach_the_film(written):
    path = written(12)  # 1.2 s
    modality = Video(8, 8, 1, frames=20, rate_hz=5, window=["from", "to"], box="face")
    assert modality.beside() == ("from", "to", "face")
    said = {"from": 0.2, "to": 1.0, "face": "0 0 16 12"}
    found = modality.read(Excerpt(path, said))
    assert found.shape == (4, 8, 8, 1)
    whole = Video(8, 8, 1, frames=1).read(path)
    assert np.abs(found[:1].astype(int) - whole).mean() > 5
    with pytest.raises(BadCell, match="no box of four numbers in 'face'"):
        modality.read(Excerpt(path, said | {"face": None}))


def test_a_rate_decides_how_many_frames_there_are(written):
    told = Video(rate_hz=4, box=[0, 0, 20, 40]).recognise([written(30)]).options
    assert told == {"height_px": 40, "width_px": 20, "frames": 120}
    with pytest.raises(PartError, match="Key frames have no rate"):
        Video(rate_hz=4, sampling="keyframes")


def test_a_film_that_is_longer_than_its_frames_is_cut_and_noted(written):
    for most, reasons in ((12, []), (11, ["cut at 11 frames: it is longer"])):
        with repairs.noted() as notes:
            pixels = Video(8, 8, 1, frames=most, rate_hz=4).read(written(30))
        assert (len(pixels), notes) == (most, reasons)
    with repairs.noted() as notes:  # spread over the film: nothing of it is cut
        assert len(Video(8, 8, 1, frames=11).read(written(30))) == 11
    assert notes == []
