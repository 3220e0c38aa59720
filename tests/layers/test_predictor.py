"""A recurrence over units, unit by unit and all at once."""

import keras
import numpy as np
from keras import ops

from homodal.decoding.heard import LOUDEST, Heard
from homodal.layers.predictor import UnitRecurrence
from homodal.layers.transducer import bounded


def stirred(units=4):
    keras.utils.set_random_seed(0)
    made = UnitRecurrence(units)
    made.build((None, None))
    rng = np.random.default_rng(0)
    for weight in made.weights:
        weight.assign(rng.normal(0, 0.7, weight.shape))
    return made


def test_it_says_nothing_before_it_is_trained():
    made = UnitRecurrence(3)
    logits = made(np.array([[0, 1, 2, 3]]))
    assert logits.shape == (1, 4, 4)
    assert not np.asarray(ops.convert_to_numpy(logits)).any()


def test_a_decoder_that_goes_on_unit_by_unit_says_the_same():
    made = stirred()
    units = [2, 0, 0, 3, 1]
    places = np.array([[0, *(unit + 1 for unit in units)]])
    wanted = ops.convert_to_numpy(bounded(made(places)))[0]
    tables = {n: ops.convert_to_numpy(t)[None] for n, t in made.tables().items()}
    _, said = Heard({"sound": np.zeros((1, 3, 5)), **tables}).row(0)
    for end in (5, 0, 3, 1, 4, 2):  # in any order, as beams ask
        np.testing.assert_allclose(said(units[:end]), wanted[end], atol=1e-4)
    assert np.abs(wanted).max() < LOUDEST


def test_units_long_ago_count():
    made = stirred()
    one, other = (
        ops.convert_to_numpy(made(np.array([[0, first, 2, 2, 2]])))[0, -1]
        for first in (1, 4)
    )
    assert np.abs(one - other).max() > 1e-3
