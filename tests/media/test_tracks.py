import io

import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media import containers, repairs, tracks


@pytest.fixture
def noise():
    return np.random.default_rng(0).normal(0, 0.1, 32000)


def read(content, seconds=100.0):
    with containers.opened(io.BytesIO(content)) as container:
        track = container.streams.audio[0]
        with repairs.noted() as notes:
            return tracks.read_track(container, track, seconds), notes


def test_a_track_is_read_to_its_end_or_as_far_as_is_asked(film, noise):
    samples, notes = read(film(samples=noise))
    assert len(samples) == pytest.approx(32000, abs=2100)
    assert notes == []
    assert len(read(film(samples=noise), 0.5)[0]) == 8000


def test_a_gap_keeps_its_time_and_is_silent():
    timeline = tracks._Timeline(100)
    timeline.add(np.ones(50, np.float32), 3.0)  # the first frame begins the clock
    timeline.add(np.ones(50, np.float32), 4.5)
    timeline.add(np.ones(50, np.float32), 5.01)  # rounding
    timeline.add(np.ones(50, np.float32), None)
    joined = timeline.joined()
    assert (len(joined), timeline.silent) == (300, 100)
    np.testing.assert_array_equal(joined[50:150], 0)
    assert joined[150:].all()


@pytest.mark.parametrize("jump", [-3.0, 1e6])
def test_a_clock_that_begins_anew_leaves_no_gap(jump):
    timeline = tracks._Timeline(100)
    timeline.add(np.ones(50, np.float32), 3.0)
    timeline.add(np.ones(50, np.float32), 3.5 + jump)
    timeline.add(np.ones(50, np.float32), 4.0 + jump)
    assert (timeline.steps, timeline.silent) == (150, 0)


def test_a_length_is_measured_and_not_believed(film, noise):
    content = film(samples=noise)
    with containers.opened(io.BytesIO(content)) as container:
        track = container.streams.audio[0]
        assert tracks.declared_seconds(container, track) == pytest.approx(2.0, abs=0.2)
        measured = tracks.measure_track(container, track, len(content))
        assert measured == pytest.approx(2.0, abs=0.2)


def test_a_track_of_which_nothing_decodes_is_a_bad_cell(film, noise):
    content = bytearray(film(samples=noise, format="matroska"))
    start = bytes(content).index(b"\x1f\x43\xb6\x75") + 200  # behind the first cluster
    content[start:] = bytes(len(content) - start)
    content[start - 190 : start] = bytes(190)
    with pytest.raises(BadCell):
        read(bytes(content))
