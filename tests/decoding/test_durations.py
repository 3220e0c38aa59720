"""How long letters last, against every path that could be."""

import itertools

import numpy as np
import pytest

from homodal.decoding import speech
from homodal.decoding.durations import lasting, placed


def collapsed(path):
    """Units of a path, runs as one and blanks none, from 1."""
    return [unit for unit, _ in itertools.groupby(path) if unit]


def best_path(logs, said):
    """The likeliest path that says the units, of all paths that there are."""
    steps, size = logs.shape
    paths = itertools.product(range(size), repeat=steps)
    fitting = [p for p in paths if collapsed(p) == [unit + 1 for unit in said]]
    return max(fitting, key=lambda path: sum(logs[range(steps), path]))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("said", [[0], [0, 1], [1, 1], [0, 0, 1], [1, 0, 1]])
def test_the_aligned_path_is_the_likeliest_of_all(seed, said):
    logits = np.random.default_rng(seed).normal(0, 2, (6, 3))
    logs = speech.log_softmax(logits)
    path = best_path(logs, said)
    runs = [
        (unit, [step for step, _ in group])
        for unit, group in itertools.groupby(enumerate(path), key=lambda one: one[1])
    ]
    wanted = [(unit - 1, steps[0], steps[-1] + 1) for unit, steps in runs if unit]
    found = speech.aligned(logs, said)
    assert [(one.unit, one.start, one.end) for one in found] == wanted
    lasts = lasting(found, 6)
    assert lasts.shape == (len(said) + 2,)
    assert (lasts >= 0).all() and lasts.sum() == pytest.approx(6)
    ends = np.cumsum(lasts)
    for one, begin, end in zip(found, ends[:-2], ends[1:-1], strict=True):
        assert begin <= one.start and end >= one.end


def emissions(*spans):
    return [speech.Emission(0, start, end, 1.0) for start, end in spans]


def test_borders_are_in_the_middle_of_what_lies_between():
    found = lasting(emissions((4, 5), (8, 9), (10, 13)), 20)
    # middles 4.5, 8.5 and 11.5 lie 3.5 apart in the median
    np.testing.assert_allclose(found, [2.75, 3.75, 3.0, 3.75, 6.75])


def test_there_is_no_silence_where_there_is_no_room():
    np.testing.assert_allclose(lasting(emissions((0, 2), (2, 4)), 4), [0, 2, 2, 0])


def test_one_unit_has_silence_around_it():
    np.testing.assert_allclose(lasting(emissions((5, 6)), 10), [5, 1, 4])


def test_letters_that_are_not_said_last_no_time():
    found = placed("a, b.", "a b", np.array([9.0, 1, 2, 3, 8]))
    np.testing.assert_array_equal(found, [9, 1, 0, 2, 3, 0, 8])


@pytest.mark.parametrize(("text", "said"), [("ab", "abc"), ("ab", "ba"), ("", "a")])
def test_letters_that_do_not_match_have_no_durations(text, said):
    assert placed(text, said, np.ones(len(said) + 2)) is None
