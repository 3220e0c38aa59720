import keras
import numpy as np

from homodal.heads.labels import Labels
from homodal.layers.stream import single

LOGITS = np.array([[0.5, -1.0], [3.0, 0.0], [-700.0, 700.0]], "float32")
NAMES = ["a", "b"]


def losses(truth):
    return np.asarray(
        Labels(NAMES).loss(keras.ops.convert_to_tensor(LOGITS), np.array(truth))
    )


def test_the_loss_is_the_binary_cross_entropy_of_all_labels():
    truth = np.array([[1, 0], [0, 1]])
    likely = 1 / (1 + np.exp(-LOGITS[:2].astype(float)))
    wanted = -np.log(np.where(truth, likely, 1 - likely)).sum(axis=1)
    np.testing.assert_allclose(losses([[1, 0], [0, 1], [0, 1]])[:2], wanted, rtol=1e-6)


def test_sure_logits_do_not_overflow():
    np.testing.assert_allclose(losses([[1, 1], [1, 1], [1, 0]])[2], 1400.0)
    np.testing.assert_allclose(losses([[1, 1], [1, 1], [0, 1]])[2], 0.0)


def test_rows_without_an_answer_cost_nothing():
    np.testing.assert_array_equal(losses([[-2, -2]] * 3), [0, 0, 0])


def test_progress_is_the_f1_of_each_row():
    got = Labels(NAMES).progress(LOGITS, np.array([[1, 1], [0, 1], [0, 0]]))
    np.testing.assert_allclose(got, [2 / 3, 0.0, 0.0])
    nothing = Labels(NAMES).progress(-np.abs(LOGITS) - 1, np.zeros((3, 2)))
    np.testing.assert_allclose(nothing, [1, 1, 1])


def test_it_starts_at_the_share_of_each_label():
    head = Labels(NAMES, counts=[1, 9], rows=9, dropout=0.0)
    logits = np.asarray(head(single(keras.ops.zeros((1, 4)))), float)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits[0])), [0.15, 0.95], rtol=1e-5)
    assert head.count_params() == (2 * 4 + 1) * 2
