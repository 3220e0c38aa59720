import numpy as np
import pytest

from homodal.errors import PartError
from homodal.fusions.early import Early
from homodal.layers.alignment import Align
from homodal.layers.presence import AbsentToken
from homodal.layers.stream import Stream, Timed


def here(*names, rows=2):
    return {n: np.full(rows, n in names) for n in "ab"}


@pytest.mark.parametrize("way", Align.ways)
def test_the_clock_is_that_of_the_longest_present_column(sequences, way):
    fusion = Early(width=8, align=way, dropout=0.0)
    streams = sequences({"a": 3, "b": 5})
    both = fusion(streams, here("a", "b"))
    assert both.values.shape == (2, 5, 8)
    assert np.asarray(both.mask).all()
    alone = fusion(streams, here("a"))
    np.testing.assert_array_equal(alone.mask, [[True] * 3 + [False] * 2] * 2)
    assert not np.asarray(alone.values)[:, 3:].any()


@pytest.mark.parametrize("way", ["pool", "convolve", "attend"])
def test_padding_never_changes_the_result(sequences, way):
    fusion = Early(width=8, align=way, dropout=0.0)
    streams = sequences({"a": 3, "b": 5})
    wanted = np.asarray(fusion(streams, here("a", "b")).values)
    longer = {
        n: Stream(
            np.pad(s.values, ((0, 0), (0, 2), (0, 0)), constant_values=9.0),
            np.pad(s.mask, ((0, 0), (0, 2))),
        )
        for n, s in streams.items()
    }
    got = np.asarray(fusion(longer, here("a", "b")).values)
    np.testing.assert_allclose(got[:, :5], wanted, rtol=1e-4, atol=1e-5)


def test_what_happens_at_one_time_meets_at_one_step(sequences):
    """Without its transformer, a step sees its own time in every column."""
    fusion = Early(width=8, depth=0, dropout=0.0)
    streams = sequences({"a": 4, "b": 4})
    before = np.asarray(fusion(streams, here("a", "b")).values)
    values = np.asarray(streams["b"].values).copy()
    values[:, 2] += 1.0
    streams["b"] = Stream(values, streams["b"].mask)
    after = np.asarray(fusion(streams, here("a", "b")).values)
    changed = np.abs(after - before).max(axis=(0, 2)) > 1e-6
    np.testing.assert_array_equal(changed, [False, False, True, False])


def test_an_unknown_way_is_refused(sequences):
    with pytest.raises(PartError, match=r"align of fusion 'early'.*interpolate"):
        Early(align="stretch")(sequences({"a": 2}), {"a": np.full(2, True)})


def timed(stream, *pairs):
    seconds = np.tile(np.array(pairs, "float32"), (2, 1, 1))
    return Timed(stream.values, stream.mask, seconds)


@pytest.fixture
def words_and_film(sequences):
    """Two words, the first in the third of four frames' times, and the frames."""
    streams = sequences({"a": 2, "b": 4})
    frames = [[i / 4, (i + 1) / 4] for i in range(4)]
    return {
        "a": timed(streams["a"], [0.5, 0.75], [0.75, 1.0]),
        "b": timed(streams["b"], *frames),
    }


@pytest.mark.parametrize("way", ["pool", "interpolate", "convolve"])
def test_a_word_meets_the_frames_of_its_own_seconds(words_and_film, way):
    fusion = Early(width=8, depth=0, align=way, dropout=0.0)
    fusion(words_and_film, here("a", "b"))
    found = fusion.alignment_of(words_and_film, here("a", "b"))
    weights = np.asarray(found[None, "a"])[0]
    first = [0, 0] if way == "pool" else [1, 0]  # nothing is said, or the end is kept
    np.testing.assert_allclose(weights, [first, first, [1, 0], [0, 1]], atol=1e-4)
    np.testing.assert_allclose(found[None, "b"][0], np.eye(4), atol=1e-4)
    seconds = np.asarray(fusion.seconds_of(words_and_film, here("a", "b")))[0]
    np.testing.assert_allclose(seconds[2], [0.5, 0.75], atol=1e-6)


def test_columns_of_unequal_length_meet_at_their_seconds(sequences):
    """A sound of two seconds and a film of one: it ends in the sound's middle."""
    streams = sequences({"a": 4, "b": 4})
    streams = {
        "a": timed(streams["a"], *[[i / 2, (i + 1) / 2] for i in range(4)]),
        "b": timed(streams["b"], *[[i / 4, (i + 1) / 4] for i in range(4)]),
    }
    fusion = Early(width=8, align="pool")
    fusion(streams, here("a", "b"))
    weights = np.asarray(fusion.alignment_of(streams, here("a", "b"))[None, "b"])[0]
    wanted = [[0.5, 0.5, 0, 0], [0, 0, 0.5, 0.5], [0, 0, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(weights, wanted, atol=1e-5)
    # without the sound the clock is the film's own
    alone = np.asarray(fusion.alignment_of(streams, here("b"))[None, "b"])[0]
    np.testing.assert_allclose(alone, np.eye(4), atol=1e-5)


@pytest.mark.parametrize("way", Align.ways)
def test_the_times_of_an_absent_column_never_matter(words_and_film, way):
    fusion, tokens = Early(width=8, align=way, dropout=0.0), AbsentToken(8)
    answers = []
    for times in ([0.5, 0.75], [np.nan, 7.0]):
        streams = words_and_film | {"a": timed(words_and_film["a"], times, [0.75, 1.0])}
        streams["a"] = tokens(streams["a"], here()["a"])
        answers.append(np.asarray(fusion(streams, here("b")).values))
    assert np.isfinite(answers[0]).all()
    np.testing.assert_allclose(*answers, atol=1e-6)
    weights = np.asarray(fusion.alignment_of(streams, here("b"))[None, "a"])[0]
    if way != "attend":  # its token, at every step
        np.testing.assert_allclose(weights, [[1, 0]] * 4, atol=1e-4)
