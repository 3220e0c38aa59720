"""The transducer against a sum over all alignments and finite differences."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from homodal.layers.ctc import surely_blank
from homodal.layers.transducer import bounded, transducer_loss

STEPS, MOST, WIDTH = 4, 3, 5
TRUTHS = [[1], [0, 2], [3, 3, 1]]


def given(seed=0, rows=1):
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 2, (rows, STEPS, WIDTH)).astype("float32")
    text = rng.normal(0, 2, (rows, MOST + 1, WIDTH)).astype("float32")
    return sound, text


def padded(truth):
    return [*truth, *[-1] * (MOST - len(truth))]


def brute_force(sound, text, truth):
    """-log of the sum over every order of blanks and units, a unit of the truth."""
    joint = sound[:, None] + text[None]
    logs = joint - np.log(np.exp(joint).sum(axis=-1, keepdims=True))
    moves, total = STEPS - 1 + len(truth), 0.0
    for emitted in itertools.combinations(range(moves), len(truth)):
        t = u = 0
        log = 0.0
        for move in range(moves):
            if move in emitted:
                log += logs[t, u, truth[u] + 1]
                u += 1
            else:
                log += logs[t, u, 0]
                t += 1
        total += np.exp(log + logs[t, u, 0])
    return -np.log(total) / len(truth)


def loss(sound, text, truth):
    return np.asarray(ops.convert_to_numpy(transducer_loss(sound, text, truth)))


@pytest.mark.parametrize("truth", TRUTHS)
def test_the_loss_is_the_sum_over_all_alignments(truth):
    sound, text = given()
    found = loss(sound, text, np.array([padded(truth)]))
    assert found[0] == pytest.approx(brute_force(sound[0], text[0], truth), rel=1e-4)


def test_rows_of_a_batch_do_not_mix():
    sound, text = given(rows=4)
    truth = np.array([padded(t) for t in [*TRUTHS, [-2]]])
    together = loss(sound, text, truth)
    for row in range(3):
        alone = loss(sound[row, None], text[row, None], truth[row, None])
        assert together[row] == pytest.approx(alone[0], rel=1e-5)
    assert together[3] == 0


def test_masked_steps_change_nothing():
    sound, text = given()
    truth = np.array([padded(TRUTHS[1])])
    longer = np.concatenate([sound, given(1)[0]], axis=1)
    mask = np.arange(2 * STEPS)[None] < STEPS
    found = loss(surely_blank(ops.convert_to_tensor(longer), mask), text, truth)
    np.testing.assert_allclose(found, loss(sound, text, truth), rtol=1e-5)


def test_far_apart_logits_stay_finite():
    sound = np.full((1, STEPS, WIDTH), -60.0, "float32")
    sound[..., 0] = 60.0
    text = np.asarray(ops.convert_to_numpy(bounded(1000 * given()[1])))
    assert np.abs(text).max() <= 10
    assert np.isfinite(loss(sound, text, np.array([padded([1, 2])]))).all()


def test_gradients_are_those_of_finite_differences(gradients_of):
    sound, text = given()
    truth = np.array([padded(TRUTHS[2])])
    found = gradients_of(
        lambda s, t: ops.sum(transducer_loss(s, t, truth)), sound, text
    )
    rng = np.random.default_rng(3)
    for place, gradient in enumerate(found):
        for _ in range(5):
            index = tuple(rng.integers(size) for size in gradient.shape)
            high, low = ([sound.copy(), text.copy()] for _ in range(2))
            high[place][index] += 1e-2
            low[place][index] -= 1e-2
            slope = (loss(*high, truth)[0] - loss(*low, truth)[0]) / 2e-2
            assert gradient[index] == pytest.approx(slope, rel=2e-2, abs=2e-3)


def test_it_compiles_with_unknown_lengths():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("shapes are always known there")
    import tensorflow as tf

    sound, text = given()
    truth = np.array([padded(TRUTHS[1])], "int32")
    specs = [
        tf.TensorSpec((None, None, WIDTH)),
        tf.TensorSpec((None, MOST + 1, WIDTH)),
        tf.TensorSpec((None, MOST), tf.int32),
    ]
    traced = tf.function(transducer_loss, input_signature=specs)
    np.testing.assert_allclose(
        traced(sound, text, truth).numpy(), loss(sound, text, truth), rtol=1e-5
    )


@pytest.fixture
def gradients_of():
    """`gradients_of(function, *arrays)`: of its value to each array, any backend."""

    def found(function, *arrays):
        backend = keras.backend.backend()
        if backend == "jax":
            import jax

            places = tuple(range(len(arrays)))
            return [np.asarray(g) for g in jax.grad(function, places)(*arrays)]
        tensors = [ops.convert_to_tensor(array) for array in arrays]
        if backend == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                for tensor in tensors:
                    tape.watch(tensor)
                value = function(*tensors)
            return [g.numpy() for g in tape.gradient(value, tensors)]
        tensors = [tensor.detach().clone().requires_grad_() for tensor in tensors]
        function(*tensors).backward()
        return [tensor.grad.cpu().numpy() for tensor in tensors]

    return found
