"""Words become unknown in training only, as often as is told, the same for one seed."""

import keras
import numpy as np

from homodal.layers.word_dropout import WordDropout

NUMBERS = np.arange(1, 4001).reshape(40, 100)


def drop(rate, seed=0, **options):
    keras.utils.set_random_seed(seed)
    layer = WordDropout(rate, **options)
    return np.asarray(layer(NUMBERS, training=True))


def test_outside_training_nothing_is_hidden():
    np.testing.assert_array_equal(np.asarray(WordDropout(0.9)(NUMBERS)), NUMBERS)
    np.testing.assert_array_equal(drop(0.0), NUMBERS)


def test_the_share_is_hidden_and_the_rest_stays():
    found = drop(0.2, unknown=7)
    hidden = found != NUMBERS
    assert (found[hidden] == 7).all()
    assert 0.17 < hidden.mean() < 0.23


def test_one_seed_hides_the_same_and_another_others():
    np.testing.assert_array_equal(drop(0.2), drop(0.2))
    assert (drop(0.2) != drop(0.2, seed=1)).any()
