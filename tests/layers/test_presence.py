"""Absent cells: the learned token, and modality dropout."""

import keras
import numpy as np
import pytest
from keras import ops

from homodal.layers.presence import (
    AbsentToken,
    ModalityDropout,
    blank,
    present_matrix,
    weights_of_present,
)
from homodal.layers.stream import Stream


def streams():
    values = np.arange(24, dtype="float32").reshape(2, 3, 4)
    values[1] = np.nan
    mask = np.array([[True, True, False], [True, True, True]])
    return Stream(*map(ops.convert_to_tensor, (values, mask)))


def test_an_absent_row_is_one_learned_step():
    layer, present = AbsentToken(4), np.array([True, False])
    layer(streams(), present)
    layer.token.assign([1.0, 2.0, 3.0, 4.0])
    got = layer(streams(), present)
    np.testing.assert_array_equal(got.values[0], np.arange(12).reshape(3, 4))
    np.testing.assert_array_equal(got.values[1, 0], [1, 2, 3, 4])
    assert np.all(np.isfinite(got.values))
    np.testing.assert_array_equal(got.mask, [[True, True, False], [True, False, False]])


def test_blank_empties_absent_rows_of_any_rank():
    for shape in ((2,), (2, 3), (2, 3, 4)):
        got = np.asarray(blank(np.full(shape, np.nan, "float32"), np.zeros(2, bool)))
        np.testing.assert_array_equal(got, np.zeros(shape))
    pixels = blank(np.full((2, 3), 9, "uint8"), np.array([True, False]))
    np.testing.assert_array_equal(pixels, [[9, 9, 9], [0, 0, 0]])


def dropped(present, rate=0.5, seed=0):
    return ops.convert_to_numpy(ModalityDropout(rate, seed)(present, training=True))


def test_dropout_hides_at_its_rate_and_never_a_whole_row():
    present = np.random.default_rng(0).random((4000, 4)) < 0.7
    kept = dropped(present, 0.3)
    assert kept.dtype == bool
    assert not np.any(kept & ~present)
    np.testing.assert_array_equal(kept.any(axis=1), present.any(axis=1))
    many = present.sum(axis=1) == 4
    # 4 cells lost with 0.3, but for the last one: 0.3 - 0.3^4 / 4
    assert abs(1 - kept[many].mean() - 0.298) < 0.02
    assert np.all(kept[present.sum(axis=1) == 1].sum(axis=1) == 1)


def test_dropout_is_still_outside_training_and_at_rate_zero():
    present = np.ones((5, 3), "float32")
    for rate, training in ((0.9, False), (0.0, True)):
        layer = ModalityDropout(rate)
        got = ops.convert_to_numpy(layer(present, training=training))
        assert got.dtype == bool and got.all()


def test_dropout_repeats_with_its_seed_and_moves_on():
    present = np.ones((50, 3), bool)
    np.testing.assert_array_equal(dropped(present, seed=4), dropped(present, seed=4))
    assert np.any(dropped(present, seed=4) != dropped(present, seed=5))
    layer = ModalityDropout(0.5, 4)
    first, second = (ops.convert_to_numpy(layer(present, training=True)) for _ in "12")
    assert np.any(first != second)
    assert len(layer.variables) == 1  # its state is saved with the model


def test_weights_of_present():
    present = {"b": np.array([True, False, False]), "a": np.array([True, True, False])}
    np.testing.assert_array_equal(
        present_matrix(present, ["a", "b"]),
        [[True, True], [True, False], [False, False]],
    )
    np.testing.assert_array_equal(
        weights_of_present(present, ["a", "b"], "float32"), [[0.5, 0.5], [1, 0], [0, 0]]
    )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="GradientTape")
def test_not_a_number_in_an_absent_cell_stays_out_of_gradients():
    import tensorflow as tf

    dense, token = keras.layers.Dense(4), AbsentToken(4)
    arrays, present = np.full((2, 3, 5), np.nan, "float32"), np.array([True, False])
    arrays[0] = 1
    mask = ops.ones((2, 3), dtype="bool")
    with tf.GradientTape() as tape:
        values = dense(blank(arrays, present))
        loss = ops.sum(token(Stream(values, mask), present).values)
    found = tape.gradient(loss, [w.value for w in (*dense.weights, *token.weights)])
    assert all(np.all(np.isfinite(gradient)) for gradient in found)


def test_dropout_rises_or_falls_over_the_training():
    present, hidden = np.ones((500, 3), bool), {}
    for schedule in ("rising", "falling"):
        layer = ModalityDropout(0.8, schedule=schedule)
        layer.total_steps = 4
        shown = [np.asarray(layer(present, training=True)) for _ in range(5)]
        hidden[schedule] = [1 - one.mean() for one in shown]
        assert all(one.any(axis=1).all() for one in shown)
        assert np.asarray(layer(present)).all()
    assert hidden["rising"][0] == 0 and hidden["falling"][4] == 0
    assert sorted(hidden["rising"]) == hidden["rising"]
    assert sorted(hidden["falling"])[::-1] == hidden["falling"]
    assert hidden["rising"][4] == pytest.approx(hidden["falling"][0], abs=0.05)
