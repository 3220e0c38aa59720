import io
from functools import partial

import av
import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media import frames, repairs

LEVELS = [10 * i for i in range(20)]


def levels(pixels):
    return pixels.reshape(len(pixels), -1).mean(axis=1)


def assert_levels(pixels, wanted):
    np.testing.assert_allclose(levels(pixels), wanted, atol=4)


@pytest.mark.parametrize("format", ["mp4", "matroska", "avi", "mpegts"])
def test_frames_are_spread_evenly_over_the_film(film, greys, format):
    content = film(greys(LEVELS), format=format)
    pixels, seconds = frames.read(content, 16, 24, 3, 4)
    assert pixels.shape == (4, 16, 24, 3)
    assert pixels.dtype == np.uint8
    # parts of 0.5 s: their middles show the frames 2, 7, 12, 17
    assert_levels(pixels, [20, 70, 120, 170])
    np.testing.assert_allclose(seconds, [0.2, 0.7, 1.2, 1.7], atol=1e-3)


def test_a_short_film_gives_each_frame_once(film, greys):
    pixels, seconds = frames.read(film(greys([0, 100, 200])), 16, 24, 1, 8)
    assert pixels.shape == (3, 16, 24, 1)
    assert_levels(pixels, [0, 100, 200])
    np.testing.assert_allclose(seconds, [0, 0.1, 0.2], atol=1e-3)


def test_time_counts_and_not_the_number_of_frames(film, greys):
    # nine frames in the first tenth of the film, then one that stays for 0.9 s
    content = film(greys([20 * i for i in range(10)] + [250]), times=[*range(10), 100])
    pixels, seconds = frames.read(content, 16, 24, 1, 8)
    assert_levels(pixels, [120, 180, 250])  # without doubles
    np.testing.assert_allclose(seconds, [0.06, 0.09, 1.0], atol=1e-3)


def test_frames_that_an_edit_list_hides_are_not_shown(film, greys):
    content = film(greys(LEVELS), times=[10 * i - 50 for i in range(20)])
    pixels, seconds = frames.read(content, 16, 24, 1, 3)
    assert_levels(pixels, [70, 120, 170])
    np.testing.assert_allclose(seconds, [0.2, 0.7, 1.2], atol=1e-3)


def test_far_frames_are_reached_from_key_frames(film, greys):
    many = [(7 * i) % 240 for i in range(200)]
    pixels, _ = frames.read(film(greys(many), gop=10), 16, 24, 1, 3)
    assert_levels(pixels, [many[33], many[100], many[166]])
    dense, _ = frames.read(film(greys(many), gop=200), 16, 24, 1, 3)
    assert_levels(dense, [many[33], many[100], many[166]])


def test_key_frames_only(film, greys):
    content = film(greys(LEVELS), gop=5)
    pixels, seconds = frames.read(content, 16, 24, 1, 10, "keyframes")
    assert_levels(pixels, [0, 50, 100, 150])
    np.testing.assert_allclose(seconds, [0, 0.5, 1, 1.5], atol=1e-3)
    assert_levels(frames.read(content, 16, 24, 1, 2, "keyframes")[0], [50, 150])


def test_the_same_film_gives_the_same_frames(film, greys):
    content = film(greys(LEVELS))
    first, again = (frames.read(content, 16, 24, 3, 5)[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_the_rotation_in_the_file_is_applied(film, turned, degrees):
    picture = np.zeros((32, 48, 3), np.uint8)
    picture[:16, :24] = 250  # the upper left quarter
    content = turned(film(np.stack([picture] * 3)), degrees)
    upright = np.rot90(picture, -degrees // 90)
    pixels, _ = frames.read(content, *upright.shape[:2], 3, 2)
    inside = np.abs(pixels[0].astype(int) - upright) < 30
    assert inside.mean() > 0.95
    assert frames.probe(content)[:2] == upright.shape[:2]


def test_colours_and_their_grey(film):
    red = np.zeros((3, 32, 48, 3), np.uint8)
    red[..., 0] = 255
    content = film(red)
    colour, _ = frames.read(content, 16, 24, 3, 1)
    assert np.abs(colour[0, 8, 12].astype(int) - (255, 0, 0)).max() < 12
    grey, _ = frames.read(content, 16, 24, 1, 1)
    assert grey[0, 8, 12, 0] == pytest.approx(76, abs=5)


def test_probe_tells_size_and_length(film, greys):
    height, width, seconds = frames.probe(film(greys(LEVELS)))
    assert (height, width) == (32, 48)
    assert seconds == pytest.approx(1.95, abs=0.1)


def both(content):
    yield lambda: frames.read(content, 16, 24, 3, 4)
    yield lambda: frames.probe(content)


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"", "empty file"), (b"this is a text, named film.mp4", "not a film"),
     (bytes(5000), "not a film"), (b"GIF89a" + bytes(100), "not a film")],
)  # fmt: skip
def test_what_is_no_film_is_a_bad_cell(content, match):
    for attempt in both(content):
        with pytest.raises(BadCell, match=match):
            attempt()


def test_a_film_of_sound_only_has_no_pictures(film, tone):
    for attempt in both(film(samples=tone(0.5, 16000))):
        with pytest.raises(BadCell, match="the film has no pictures"):
            attempt()


def test_a_film_cut_before_its_index_is_a_bad_cell(film, greys):
    content = film(greys(LEVELS))
    for attempt in both(content[: content.index(b"moov") - 4]):
        with pytest.raises(BadCell, match="not a film"):
            attempt()


@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_film_that_ends_early_is_a_bad_cell(tmp_path, part):
    noise = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), np.uint8)
    early = {"movflags": "faststart"}  # the index comes before the frames
    with av.open(tmp_path / "a.mp4", "w", options=early) as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        for pixels in noise:
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    content = (tmp_path / "a.mp4").read_bytes()
    with pytest.raises(BadCell, match="truncated or damaged film"):
        frames.read(content[: int(part * len(content))], 16, 24, 3, 4)


def test_frames_that_the_decoder_guesses_are_said(film):
    """From the damage on up to the next key frame; what stands around is as it was."""
    noise = np.random.default_rng(0).integers(0, 256, (18, 48, 64, 3), dtype=np.uint8)
    content = bytearray(film(noise, gop=6))
    whole, _ = frames.read(bytes(content), 48, 64, 3, 18)
    middle = content.index(b"mdat") + len(content) // 2
    content[middle : middle + 60] = bytes(60)
    with repairs.noted() as found:
        pixels, _ = frames.read(bytes(content), 48, 64, 3, 18)
    assert found and "guessed by the decoder" in found[0]
    changed = np.flatnonzero((pixels != whole).any(axis=(1, 2, 3)))
    assert 0 < len(changed) <= 6 and changed.min() >= 6 and changed.max() < 12
    with repairs.noted() as found:
        frames.read(bytes(content), 48, 64, 3, 4, window=(0.0, 0.5))
        frames.read(bytes(content), 48, 64, 3, 4, window=(1.3, 1.7))
    assert found == []


def test_a_film_without_frames_is_a_bad_cell(film, greys):
    content = film(greys(LEVELS))
    start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    emptied = content[:start] + bytes(end - start) + content[end:]
    for attempt in both(emptied):
        with pytest.raises(BadCell, match=r"damaged film|has no frames"):
            attempt()


@pytest.mark.parametrize(
    "text",
    ["ffconcat version 1.0\nfile secret.mp4\n",
     "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.mp4\n#EXT-X-ENDLIST\n",
     "#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n"],
)  # fmt: skip
def test_playlists_reach_no_other_file(film, greys, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.mp4").write_bytes(film(greys(LEVELS)))
    (tmp_path / "list.mp4").write_text(text)
    for cell in (tmp_path / "list.mp4", text.encode()):
        for attempt in both(cell):
            with pytest.raises(BadCell, match="not a film"):
                attempt()


def test_a_large_frame_is_refused(film, greys, monkeypatch):
    monkeypatch.setattr(frames, "MAX_PIXELS", 1000)
    for attempt in both(film(greys(LEVELS))):
        with pytest.raises(BadCell, match="film too large: 48 x 32 pixels"):
            attempt()


def test_a_long_film_is_refused(film, greys, monkeypatch):
    content = film(greys(LEVELS))
    with monkeypatch.context() as patch:
        patch.setattr(frames, "MAX_SECONDS", 1)
        with pytest.raises(BadCell, match="film too long"):
            frames.read(content, 16, 24, 3, 4)
    monkeypatch.setattr(frames, "MAX_FRAMES", 10)
    with pytest.raises(BadCell, match="more than 10 frames"):
        frames.read(content, 16, 24, 3, 4)


def test_arrays_are_films_too(greys):
    pixels, seconds = frames.read(greys(LEVELS), 16, 24, 1, 4)
    assert_levels(pixels, [20, 70, 120, 170])
    np.testing.assert_array_equal(seconds, [2, 7, 12, 17])
    with pytest.raises(BadCell, match="not an array of frames"):
        frames.read(np.zeros((3, 4), np.uint8), 16, 24, 1, 4)


def test_evenly_takes_the_middle_of_each_part():
    assert frames.evenly(range(9), 3) == [1, 4, 7]
    assert frames.evenly([1, 2], 5) == [1, 2]


def test_what_is_written_is_read(tmp_path, greys):
    with (tmp_path / "a.mp4").open("wb") as file:
        frames.write(file, greys([0, 100, 200]), frames_hz=10)
    assert_levels(frames.read(tmp_path / "a.mp4", 16, 24, 1, 3)[0], [0, 100, 200])


def test_a_window_is_a_film_of_its_own(film, greys):
    content = film(greys(LEVELS))
    read = partial(frames.read, content, 16, 24, 1)
    pixels, seconds = read(2, window=(0.5, 1.0))
    assert_levels(pixels, [60, 80])  # parts of 0.25 s: their middles show these
    np.testing.assert_allclose(seconds, [0.6, 0.8], atol=1e-3)
    pixels, _ = read(9, window=(0.55, 0.75))  # the first began before the window
    assert_levels(pixels, [50, 60, 70])
    assert_levels(read(9, window=(1.8, None))[0], [180, 190])
    assert_levels(read(9, "keyframes", window=(1.0, None))[0], [120])
    with pytest.raises(BadCell, match="no key frame in its window"):
        read(9, "keyframes", window=(0.1, 1.0))
    with pytest.raises(BadCell, match="ends before its window begins, at 3 s"):
        read(4, window=(3.0, 4.0))


def test_frames_at_a_rate_have_their_seconds(film, greys):
    content = film(greys(LEVELS))
    read = partial(frames.read, content, 16, 24, 1)
    assert_levels(read(50, rate_hz=5)[0], [10 * i for i in range(1, 20, 2)])
    assert_levels(read(3, rate_hz=5)[0], [10, 30, 50])
    # a rate above the film's own shows frames twice
    assert_levels(read(6, rate_hz=20, window=(0.5, 0.8))[0], [50, 50, 60, 60, 70, 70])
    array = greys(LEVELS)  # one a second
    pixels, seconds = frames.read(array, 16, 24, 1, 9, rate_hz=0.5, window=(2.0, 8.0))
    assert_levels(pixels, [30, 50, 70])
    np.testing.assert_allclose(seconds, [3, 5, 7])


def test_a_box_of_a_film_is_read_alone(film, turned):
    picture = np.zeros((32, 48, 3), np.uint8)
    picture[:16, :24] = 250  # the upper left quarter
    content = film(np.stack([picture] * 3))
    pixels, _ = frames.read(content, 8, 8, 1, 1, box=(2, 2, 20, 14))
    assert pixels.mean() > 240
    pixels, _ = frames.read(content, 8, 8, 1, 1, box=(26, 2, 44, 14))
    assert pixels.mean() < 10
    # the box is of the film as it stands upright: now that quarter is at the right
    pixels, _ = frames.read(turned(content, 90), 8, 8, 1, 1, box=(18, 2, 30, 20))
    assert pixels.mean() > 240
    with pytest.raises(BadCell, match="outside the picture"):
        frames.read(content, 8, 8, 1, 1, box=(60, 0, 70, 10))


def test_a_sound_has_no_frames(film, wav, tone):
    for content in (film(samples=tone(1.0, 16000)), wav(tone())):
        for read in (frames.probe, lambda cell: frames.read(cell, 8, 8, 3, 2)):
            with pytest.raises(BadCell, match="the film has no pictures"):
                read(content)


def test_a_film_that_was_recorded_live_is_measured():
    file = io.BytesIO()
    with av.open(file, "w", format="matroska", options={"live": "1"}) as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for level in range(25):
            pixels = np.full((32, 32, 3), 10 * level, np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with av.open(io.BytesIO(file.getvalue())) as container:
        assert container.duration is None
    assert frames.probe(file.getvalue()).seconds == pytest.approx(2.5, abs=0.11)
    assert len(frames.read(file.getvalue(), 8, 8, 1, 30)[0]) == 25
