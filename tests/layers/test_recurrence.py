"""Recurrences against a loop in NumPy."""

import keras
import numpy as np
import pytest

from homodal.errors import PartError
from homodal.layers.recurrence import RecurrentTrunk, ResidualRecurrence


def random(*shape):
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def gru(cell, steps):
    """States of one row of steps `(T, F)`, the reset gate after the product."""
    kernel, around, bias = (np.asarray(w.value) for w in cell.weights)
    units, state, states = len(around), np.zeros(len(around)), []
    for step in steps:
        inward, back = step @ kernel + bias[0], state @ around + bias[1]
        keep = sigmoid(inward[:units] + back[:units])
        reset = sigmoid(inward[units : 2 * units] + back[units : 2 * units])
        fresh = np.tanh(inward[2 * units :] + reset * back[2 * units :])
        state = keep * state + (1 - keep) * fresh
        states.append(state)
    return np.array(states)


def test_both_directions_read_only_the_real_steps():
    values, mask = random(2, 5, 4), np.ones((2, 5), bool)
    mask[1, 3:] = False
    layer = ResidualRecurrence()
    layer.build(values.shape)
    for weight in layer.steps.weights:  # fresh biases are zero and hide mistakes
        weight.assign(random(*weight.shape))
    got = keras.ops.convert_to_numpy(layer(values, mask))
    normed = values / np.sqrt(np.mean(values**2, axis=-1, keepdims=True) + 1e-6)
    forward = layer.steps.forward_layer.cell
    backward = layer.steps.backward_layer.cell
    for row, real in enumerate(mask.sum(axis=1)):
        steps = normed[row, :real]
        both = [gru(forward, steps), gru(backward, steps[::-1])[::-1]]
        wanted = values[row, :real] + np.concatenate(both, axis=-1)
        np.testing.assert_allclose(got[row, :real], wanted, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(got[row, real:], 0)


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [True, False])
def test_parameters_are_as_the_docstring_says(cell, bidirectional):
    layer = ResidualRecurrence(cell, 0.0, bidirectional)
    values = layer(random(2, 3, 8), np.ones((2, 3), bool))
    gates, ways = (3 if cell == "gru" else 4), (2 if bidirectional else 1)
    units = 8 // ways
    wanted = ways * gates * units * (8 + units + 1) + 8
    assert layer.count_params() == wanted + (3 * ways * units if cell == "gru" else 0)
    assert values.shape == (2, 3, 8)


def test_one_direction_never_looks_ahead():
    values, mask = random(1, 5, 4), np.ones((1, 5), bool)
    layer = ResidualRecurrence(bidirectional=False)
    before = keras.ops.convert_to_numpy(layer(values, mask))[:, :3]
    values[:, 3:] = 9
    after = keras.ops.convert_to_numpy(layer(values, mask))[:, :3]
    np.testing.assert_array_equal(after, before)


def test_an_unknown_cell_is_refused():
    with pytest.raises(PartError, match="one of: gru, lstm"):
        RecurrentTrunk(depth=1, cell="gur").build((None, 3, 4))
