"""Tokens to frames: what is taught, and what comes out of it."""

import keras
import numpy as np
import pytest
from keras import ops

from homodal.heads.speak import Speak
from homodal.layers.stream import Stream

ROWS, STEPS, MELS, FRAMES = 4, 5, 3, 24


def stream(seed=0):
    values = np.random.default_rng(seed).normal(size=(ROWS, STEPS, 8))
    mask = np.ones((ROWS, STEPS), bool)
    mask[0, 3:] = False
    return Stream(
        ops.convert_to_tensor(values.astype("float32")), ops.convert_to_tensor(mask)
    )


def truth(lasting=2.0):
    """Silence, letters and silence that all last alike; the first row is shorter."""
    durations = np.full((ROWS, STEPS + 4), np.nan, "float32")
    mels = np.full((ROWS, FRAMES, MELS), np.nan, "float32")
    for row in range(ROWS):
        letters = 3 if row == 0 else STEPS
        durations[row, : letters + 2] = lasting
        frames = round(lasting * (letters + 2))
        mels[row, :frames] = np.random.default_rng(row).normal(size=(frames, MELS))
    return {"mels": mels, "durations": durations}


@pytest.fixture
def head():
    keras.utils.set_random_seed(0)
    made = Speak(MELS, FRAMES, dropout=0.0)
    made(stream())
    return made


def numpy(found):
    return keras.tree.map_structure(ops.convert_to_numpy, found)


def test_as_many_frames_as_the_tokens_last(head):
    head.lasting.kernel.assign(np.zeros((8, 1)))
    head.lasting.bias.assign([np.log(1 + 2.0)])
    found = numpy(head(stream()))
    assert found["frames"][:, 0].tolist() == [10, 14, 14, 14]
    assert not found["mels"][0, 10:].any() and found["mels"][0, :10].all()
    assert found["mask"].sum(axis=1).tolist() == [5, 7, 7, 7]
    assert not found["durations"][0, 5:].any()


def test_the_silence_after_stands_behind_the_last_letter(head):
    found = numpy(head(stream()))
    edges = numpy(head.edges + 0.0)
    np.testing.assert_array_equal(found["tokens"][:, 0], np.tile(edges[:1], (ROWS, 1)))
    np.testing.assert_array_equal(found["tokens"][0, 4], edges[1])
    np.testing.assert_array_equal(found["tokens"][1:, 6], np.tile(edges[1:], (3, 1)))
    assert not found["tokens"][0, 5:].any()


def test_the_loss_is_of_true_durations_whatever_was_guessed(head):
    wanted = truth()
    logits = head(stream())
    given = ops.convert_to_tensor(np.log1p(np.nan_to_num(wanted["durations"])))
    exact = logits | {"durations": given[:, : STEPS + 2]}
    losses = numpy(head.loss(exact, wanted))
    found, _ = head._spoken(
        logits["tokens"], np.nan_to_num(wanted["durations"])[:, : STEPS + 2], False
    )
    off = np.abs(numpy(found) - wanted["mels"])
    np.testing.assert_allclose(losses, np.nanmean(off, axis=(1, 2)), rtol=1e-5)
    late = numpy(head.loss(logits, wanted)) - losses
    told = ~np.isnan(wanted["durations"][:, : STEPS + 2])
    each = (numpy(logits["durations"]) - numpy(exact["durations"])) ** 2
    squares = np.where(told, each, 0).sum(axis=1) / told.sum(axis=1)
    np.testing.assert_allclose(late, squares, rtol=1e-4, atol=1e-6)


def test_training_and_answering_have_one_loss(head):
    for answer in (head(stream()), head(stream(), training=True)):
        losses = numpy(head.loss(answer, truth()))
        np.testing.assert_allclose(losses, numpy(head.loss(head(stream()), truth())))


def test_without_durations_all_tokens_last_alike(head):
    wanted = truth()
    logits = head(stream())
    np.testing.assert_allclose(
        numpy(head.loss(logits, wanted["mels"])),
        numpy(head.loss(logits, wanted)),
        rtol=1e-5,
    )


def test_rows_without_durations_or_frames_cost_nothing(head):
    wanted = truth()
    wanted["durations"][1] = np.nan
    wanted["mels"][2] = np.nan
    for found in (head.loss, head.progress):
        costs = numpy(found(head(stream()), wanted))
        assert costs[1] == costs[2] == 0 and costs[0] > 0 and costs[3] > 0
