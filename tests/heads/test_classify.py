import keras
import numpy as np
import pytest

from homodal.errors import PartError
from homodal.heads.classify import Classify
from homodal.layers.stream import single

LOGITS = np.log(np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], "float32"))


def losses(head, truth):
    return np.asarray(head.loss(keras.ops.convert_to_tensor(LOGITS), np.array(truth)))


def test_the_loss_is_the_cross_entropy():
    got = losses(Classify(classes=["a", "b", "c"], label_smoothing=0.0), [0, 2])
    np.testing.assert_allclose(got, [-np.log(0.7), -np.log(0.1)], rtol=1e-5)


def test_rows_of_a_class_never_seen_cost_nothing():
    for smoothing in (0.0, 0.2):
        head = Classify(classes=3, label_smoothing=smoothing)
        np.testing.assert_array_equal(losses(head, [-1, -1]), [0, 0])


def test_label_smoothing_spreads_the_truth():
    got = losses(Classify(classes=3, label_smoothing=0.3), [0, 1])
    wanted = -(np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]]) * LOGITS).sum(axis=1)
    np.testing.assert_allclose(got, wanted, rtol=1e-5)


def test_balanced_classes_weigh_the_same_together():
    counts = [6, 3, 1]
    head = Classify(classes=3, counts=counts, class_weights="balanced")
    plain = losses(Classify(classes=3), [0, 2])
    weights = losses(head, [0, 2]) / plain
    np.testing.assert_allclose(weights, [10 / 18, 10 / 3], rtol=1e-5)


def test_progress_is_whether_the_best_is_the_true_one():
    head = Classify(classes=3)
    np.testing.assert_array_equal(head.progress(LOGITS, np.array([0, 0])), [1, 0])
    np.testing.assert_array_equal(head.progress(LOGITS, np.array([-1, 1])), [0, 1])


@pytest.mark.parametrize(
    "options, message",
    [
        ({"class_weights": "balance"}, "one of: balanced, none"),
        ({"class_weights": "balanced"}, "needs the counts"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(PartError, match=message):
        losses(Classify(classes=3, **options), [0, 1])


def test_parameters_are_as_the_docstring_says():
    head = Classify(classes=["a", "b", "c"])
    head(single(keras.ops.ones((2, 5))))
    assert head.count_params() == (2 * 5 + 1) * 3


def test_cosine_logits_by_hand_and_of_no_length():
    head = Classify(classes=2, dropout=0.0, cosine_scale=15.0)
    head(single(keras.ops.convert_to_tensor([[1.0, 0.0]])))
    # a pooled step is its value twice
    head.out.kernel.assign([[2.0, 0.0], [0.0, 3.0], [2.0, 0.0], [0.0, 3.0]])
    for length in (1.0, 50.0):
        got = head(single(keras.ops.convert_to_tensor([[3.0 * length, 4.0 * length]])))
        np.testing.assert_allclose(got, [[15 * 0.6, 15 * 0.8]], rtol=1e-5)
    assert head.count_params() == 2 * 2 * 2
