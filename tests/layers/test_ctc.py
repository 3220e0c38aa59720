"""CTC against a sum over all paths, and what stands for no answer."""

import itertools

import numpy as np
import pytest
from keras import ops

from homodal.layers.ctc import ctc_loss, says, steps_needed, surely_blank


def collapsed(path):
    runs = [unit for unit, _ in itertools.groupby(path)]
    return [unit - 1 for unit in runs if unit]


def brute_force(logits, truth):
    """-log of the sum over every path of one row, a unit of the truth."""
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    steps, width = logits.shape
    total = sum(
        np.prod([shares[t, unit] for t, unit in enumerate(path)])
        for path in itertools.product(range(width), repeat=steps)
        if collapsed(path) == truth
    )
    return -np.log(total) / len(truth)


def row(seed=0, steps=4, width=4):
    return np.random.default_rng(seed).normal(0, 2, (steps, width)).astype("float32")


def numpy(tensor):
    return np.asarray(ops.convert_to_numpy(tensor))


@pytest.mark.parametrize("truth", [[0], [1, 2], [2, 2], [0, 1, 0]])
def test_the_loss_is_the_sum_over_all_paths(truth):
    padded = np.array([[*truth, *[-1] * (4 - len(truth))]])
    found = numpy(ctc_loss(row()[None], padded))
    assert found[0] == pytest.approx(brute_force(row(), truth), rel=1e-4)


@pytest.mark.parametrize("truth", [[0], [1, 2], [2, 2]])
def test_priors_divide_every_step_of_every_path(truth):
    logits = np.stack([row(), row(1)])
    shares = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    weights = shares / shares.mean(axis=(0, 1)) ** 0.4
    padded = np.array([[*truth, *[-1] * (3 - len(truth))]] * 2)
    for place, found in enumerate(numpy(ctc_loss(logits, padded, 0.4))):
        total = sum(
            np.prod([weights[place, t, unit] for t, unit in enumerate(path)])
            for path in itertools.product(range(4), repeat=4)
            if collapsed(path) == truth
        )
        assert found == pytest.approx(-np.log(total) / len(truth), rel=1e-4)


def test_masked_steps_have_no_priors():
    truth = np.array([[1, 2, -1]])
    longer = np.concatenate([row(), row(1)])[None]
    mask = np.arange(8)[None] < 4
    longer = surely_blank(ops.convert_to_tensor(longer), mask)
    found, wanted = (
        numpy(ctc_loss(each, truth, 0.4)) for each in (longer, row()[None])
    )
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_masked_steps_change_nothing():
    truth = np.array([[1, 2, -1]])
    longer = np.concatenate([row(), row(1)])[None]
    mask = np.arange(8)[None] < 4
    found = ctc_loss(surely_blank(ops.convert_to_tensor(longer), mask), truth)
    wanted = ctc_loss(row()[None], truth)
    np.testing.assert_allclose(numpy(found), numpy(wanted), rtol=1e-5)


def test_what_needs_more_steps_than_there_are_costs_nothing():
    truth = np.array([[1, 1, 1, -1], [0, 1, 2, -1], [-2, -2, -2, -2]])
    np.testing.assert_array_equal(numpy(steps_needed(truth)), [5, 3, 0])
    found = numpy(ctc_loss(np.stack([row()] * 3), truth))
    assert found[0] == found[2] == 0 and found[1] > 0


def test_saying_the_truth_is_seen():
    path = [0, 2, 2, 0, 2, 1, 0]
    logits = 9 * np.eye(3, dtype="float32")[path][None]
    truths = [[1, 1, 0, -1], [1, 0, -1, -1], [1, 1, 0, 0], [1, 1, 1, -1]]
    found = [float(numpy(says(logits, np.array([t])))[0]) for t in truths]
    assert found == [1, 0, 0, 0]
