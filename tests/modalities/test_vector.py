"""Vectors have one length, and what is no vector is not taken for one."""

import json

import numpy as np
import pytest

from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.modalities.vector import Vector

ROWS = np.random.default_rng(0).normal([100.0, 0.0, 5.0], [1e-3, 2.0, 0.0], (50, 3))


@pytest.mark.parametrize(
    "cell",
    [
        [0.5, -1, 2e3],
        (0.5, -1, 2000.0),
        np.array([0.5, -1, 2000]),
        np.array([0.5, -1, 2000], np.float16),
        "[0.5, -1, 2e3]",
        " [ 0.5 -1.  2000. ] ",
        "[0.5;-1;2000]",
    ],
)
def test_a_vector_is_read_from_any_form(cell):
    assert Vector().read(cell).tolist() == [0.5, -1.0, 2000.0]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ([1.0, float("nan")], "not a finite number at place 2"),
        (np.array([np.inf, 1.0]), "not a finite number at place 1"),
        ([1.0, None], "not a list of numbers"),
        (np.array([1.0, None]), "not a list of numbers"),
        (["1", "2"], "not a list of numbers"),
        ([[1, 2], [3, 4]], "not a list of numbers"),
        (np.zeros((2, 2)), "2 dimensions"),
        ([1.0], "1 numbers, not 2 or more"),
        ("[]", "0 numbers"),
        ("0.5, 0.6", "not a list of numbers"),
        ("[a, b]", "not a list of numbers"),
        ("[1.0, ..., 2.0]", "not a list of numbers"),
        (0.5, "not a list of numbers"),
        ([10**400, 1], "not a list of numbers"),
    ],
)
def test_what_is_no_vector_is_bad_with_a_reason(cell, why):
    with pytest.raises(BadCell, match=why):
        Vector().read(cell)


def test_a_vector_of_another_length_is_bad():
    with pytest.raises(BadCell, match="2 numbers, not 3"):
        Vector(length=3).read([1, 2])
    facts = Vector().learn(iter([*map(Vector().read, ROWS), np.zeros(2)]))
    with pytest.raises(BadCell, match="2 numbers, not 3 as in training"):
        Vector().encode(np.zeros(2), facts)
    with pytest.raises(PartError, match="'length' of modality 'vector'"):
        Vector(length=1)


def test_each_number_is_standardised_by_its_own_spread():
    facts = json.loads(json.dumps(Vector().learn(iter(ROWS))))
    values = np.concatenate([Vector().encode(row, facts) for row in ROWS])
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(values.std(axis=0), [1, 1, 0], atol=1e-4)
    np.testing.assert_allclose(facts["location"], ROWS.mean(axis=0), rtol=1e-9)


def test_wild_numbers_are_drawn_in_and_said():
    facts = Vector().learn(iter(ROWS))
    with repairs.noted() as notes:
        values = Vector().encode(np.array([1e9, 0.0, 5.0]), facts)
    assert values[0, 0] == 10
    assert notes == ["numbers beyond 10 deviations were drawn in: 1 of 3"]


def test_a_column_of_one_length_is_recognised():
    evidence = Vector().recognise([*ROWS, "broken"])
    assert evidence.confidence > 0.9 and evidence.options == {"length": 3}
    assert evidence.why == "50 of 51 cells are 3 numbers each"
    flags = Vector().recognise([[0, 1, 1], [1, 0, 0]])
    assert flags.confidence > 0.9 and flags.why.endswith("all of them 0 or 1")


@pytest.mark.parametrize(
    "cells",
    [
        [np.zeros(n) for n in range(5000, 5010)],  # sounds
        [np.zeros(16_000)] * 5,  # sounds of one length
        [list(range(n)) for n in range(2, 12)],  # sets of numbers
        [np.zeros((4, 4), np.uint8)] * 5,  # pictures
        [[0.5]] * 5,
        [[[0.1, 0.2, "word"]]] * 5,
        ['[[0.1, 0.2, "word"]]'] * 5,
        ["[a, b]"] * 5,
        [["a", "b"]] * 5,
    ],
    ids=["sounds", "long", "sets", "pictures", "one", "timed", "json", "text", "words"],
)
def test_what_is_of_another_kind_is_no_vector(cells):
    assert Vector().recognise(cells).confidence < 0.5
