import numpy as np
import pytest
from keras import ops

from homodal.heads.match import Match
from homodal.layers.contrast import info_nce
from homodal.layers.stream import Stream

RNG = np.random.default_rng(0)


@pytest.fixture
def head():
    """A head with a temperature of 1."""
    made = Match()
    placed(made, np.ones((2, 2, 3)))
    made.log_scale.assign(0.0)
    return made


def placed(head, values, mask=None):
    values = np.asarray(values, "float32")
    mask = np.ones(values.shape[:2], bool) if mask is None else mask
    return head(Stream(ops.convert_to_tensor(values), ops.convert_to_tensor(mask)))


def test_places_are_of_unit_length_and_absent_ones_are_zero(head):
    mask = np.array([[True, True], [True, False]])
    got = np.asarray(placed(head, RNG.normal(size=(2, 2, 3)), mask))
    lengths = np.linalg.norm(got, axis=-1)
    np.testing.assert_allclose(lengths, [[1, 1], [1, 0]], rtol=1e-5)


def test_the_loss_is_info_nce(head):
    logits = placed(head, RNG.normal(size=(4, 2, 3)))
    got = np.asarray(head.loss(logits, np.zeros(4)))
    wanted = info_nce(logits[:, 0], logits[:, 1], np.ones(4, bool), 1.0)
    np.testing.assert_allclose(got.mean(), wanted, rtol=1e-5)


def test_of_three_columns_it_is_the_mean_over_the_pairs(head):
    logits = np.asarray(placed(head, RNG.normal(size=(4, 3, 3))))
    got = np.asarray(head.loss(ops.convert_to_tensor(logits), np.zeros(4)))
    each = [
        np.asarray(head.loss(ops.convert_to_tensor(logits[:, pair]), np.zeros(4)))
        for pair in ([0, 1], [0, 2], [1, 2])
    ]
    np.testing.assert_allclose(got, np.mean(each, axis=0), rtol=1e-5)


def test_rows_that_lack_a_column_take_no_part(head):
    values = RNG.normal(size=(4, 2, 3))
    mask = np.array([[True, True], [True, False], [True, True], [False, True]])
    got = np.asarray(head.loss(placed(head, values, mask), np.zeros(4)))
    np.testing.assert_array_equal(got[[1, 3]], [0, 0])
    fewer = np.asarray(head.loss(placed(head, values[[0, 2]]), np.zeros(2)))
    np.testing.assert_allclose(got[[0, 2]], fewer, rtol=1e-5)


def test_the_temperature_is_bounded(head):
    logits = placed(head, RNG.normal(size=(4, 2, 3)))
    head.log_scale.assign(50.0)
    hot = np.asarray(head.loss(logits, np.zeros(4)))
    head.log_scale.assign(np.log(100.0))
    np.testing.assert_allclose(head.loss(logits, np.zeros(4)), hot, rtol=1e-5)


def test_progress_is_whether_the_partner_is_the_nearest(head):
    one = np.eye(3)
    other = np.eye(3)[[0, 2, 1]]
    logits = placed(head, np.stack([one, other], axis=1))
    np.testing.assert_array_equal(head.progress(logits, np.zeros(3)), [1, 0, 0])
