"""Batch i is a function of the step alone."""

import keras
import numpy as np
import pytest

from homodal.training.feed import Feed


def same(one, other):
    (inputs, truth), (wanted, wanted_truth) = one, other
    assert set(inputs) == set(wanted)
    np.testing.assert_array_equal(truth, wanted_truth)
    for name in inputs:
        np.testing.assert_array_equal(inputs[name], wanted[name])


@pytest.fixture
def batches(fed):
    return fed(["text", "size"]).batches


def test_a_batch_depends_on_the_step_only(batches):
    steps = len(batches)
    forward, later = Feed(batches), Feed(batches, first_step=steps + 2)
    for step in (0, 5, steps, 2, steps + 3):  # in any order, more than once
        same(forward[step], batches.batch(step % steps, epoch=step // steps))
    same(later[0], forward[steps + 2])
    same(later[steps], forward[2 * steps + 2])


def test_each_epoch_has_every_row_once_in_another_order(batches):
    feed, steps = Feed(batches), len(batches)
    labels = batches.truth[batches.rows]
    epochs = [
        np.concatenate([feed[epoch * steps + i][1] for i in range(steps)])
        for epoch in range(2)
    ]
    for found in epochs:
        np.testing.assert_array_equal(np.sort(found), np.sort(labels))
    assert not np.array_equal(*epochs)


def test_two_seeds_give_two_orders(fed):
    one, other = (fed(["size"], seed=seed).batches for seed in (0, 1))
    assert not np.array_equal(one.order(0), other.order(0))


def test_it_has_no_end(batches):
    feed = Feed(batches)
    assert isinstance(feed, keras.utils.PyDataset)
    assert feed.num_batches is None
