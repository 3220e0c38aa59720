import keras
import numpy as np
import pytest

from homodal.heads.ordinal import Ordinal
from homodal.layers.stream import single

RANKS = ["1", "2", "3", "4"]


@pytest.fixture
def head():
    """A head with cuts -1, 0.5 and 2, and a score of the first feature."""
    made = Ordinal(RANKS, dropout=0.0)
    made(single(keras.ops.zeros((1, 2))))
    gaps = np.log(np.expm1(np.array([1.5, 1.5]) - 1e-3))
    made.raw_cuts.assign(np.array([-1.0, *gaps], "float32"))
    made.out.kernel.assign(np.array([[1.0], [0.0], [0.0], [0.0]], "float32"))
    return made


def logits_at(head, scores):
    values = np.stack([scores, np.zeros(len(scores))], axis=1).astype("float32")
    return np.asarray(head(single(keras.ops.convert_to_tensor(values))))


def sigmoid(value):
    return 1 / (1 + np.exp(-np.asarray(value, float)))


def test_logits_are_the_log_differences_of_the_sigmoids(head):
    scores = np.array([-3.0, 0.0, 0.7, 4.0])
    above = sigmoid(scores[:, None] - [-1.0, 0.5, 2.0])  # P(y > k)
    edges = np.concatenate([np.ones((4, 1)), above, np.zeros((4, 1))], axis=1)
    wanted = edges[:, :-1] - edges[:, 1:]
    np.testing.assert_allclose(np.exp(logits_at(head, scores)), wanted, rtol=1e-4)
    np.testing.assert_allclose(wanted.sum(axis=1), 1)


def test_far_scores_stay_finite_and_sum_to_one(head):
    logits = logits_at(head, np.array([-80.0, 80.0]))
    assert np.all(np.isfinite(logits))
    assert logits[0, 3] < -75 and logits[1, 0] < -75
    np.testing.assert_allclose(np.exp(logits).sum(axis=1), 1, rtol=1e-5)


def test_cuts_are_ordered_whatever_is_learned():
    made = Ordinal(RANKS)
    made(single(keras.ops.zeros((1, 2))))
    made.raw_cuts.assign([3.0, -50.0, -50.0])
    cuts = np.asarray(made.cuts)
    assert np.all(np.diff(cuts) > 0)
    assert made.count_params() == 2 * 2 + 4 - 1


def test_the_loss_is_minus_the_log_probability_of_the_truth(head):
    logits = logits_at(head, np.array([0.0, 1.0, 2.0]))
    got = np.asarray(
        head.loss(keras.ops.convert_to_tensor(logits), np.array([1, 3, -1]))
    )
    np.testing.assert_allclose(got, [-logits[0, 1], -logits[1, 3], 0], rtol=1e-5)


def test_it_starts_at_the_share_of_each_class():
    made = Ordinal(RANKS, counts=[10, 50, 30, 10], dropout=0.0)
    logits = np.asarray(made(single(keras.ops.zeros((1, 2)))))
    wanted = (np.array([10, 50, 30, 10]) + 0.5) / 102
    np.testing.assert_allclose(np.exp(logits[0]), wanted, rtol=0.02)


def test_two_ranks_are_a_logistic_regression():
    made = Ordinal(["no", "yes"], dropout=0.0)
    made(single(keras.ops.zeros((1, 2))))
    made.raw_cuts.assign([0.5])
    made.out.kernel.assign(np.array([[1.0], [0.0], [0.0], [0.0]], "float32"))
    got = np.exp(logits_at(made, np.array([2.0])))[0]
    np.testing.assert_allclose(got, [1 - sigmoid(1.5), sigmoid(1.5)], rtol=1e-5)


def test_progress_is_whether_the_best_is_the_true_one(head):
    logits = logits_at(head, np.array([-3.0, 5.0]))
    np.testing.assert_array_equal(head.progress(logits, np.array([0, 0])), [1, 0])
