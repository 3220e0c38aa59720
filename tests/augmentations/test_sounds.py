"""Noise is as loud as it is told, and a delay only turns the samples."""

import numpy as np
from keras import ops

from homodal.augmentations.delay import Delay
from homodal.augmentations.noise import Noise


def changed(layer, samples, mask):
    return ops.convert_to_numpy(layer(samples, mask, training=True))


def test_noise_is_between_the_least_and_30_db_more_below_the_sound():
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.1, (200, 2000)).astype("float32")
    mask = np.ones(samples.shape, bool)
    away = changed(Noise(snr_db=10.0), samples, mask) - samples
    decibels = 10 * np.log10((samples**2).mean(axis=1) / (away**2).mean(axis=1))
    assert decibels.min() > 9.5 and decibels.max() < 40.5
    assert decibels.min() < 13 and decibels.max() > 37


def test_padding_and_silence_stay_silent():
    samples = np.zeros((2, 50), "float32")
    samples[0] = 0.5
    mask = np.ones(samples.shape, bool)
    mask[0, 30:] = False
    samples[0, 30:] = 0
    found = changed(Noise(snr_db=0.0), samples, mask)
    assert not found[1].any() and not found[0, 30:].any() and found[0, :30].std() > 0


def test_a_delay_turns_the_real_samples_by_at_most_its_share():
    lengths = np.array([100, 60])
    places = np.arange(100)
    mask = places < lengths[:, None]
    samples = np.where(mask, places + 1.0, 0.0).astype("float32")
    found = changed(Delay(share=0.2), samples, mask)
    for row, length in enumerate(lengths):
        first = int(found[row, 0]) - 1
        move = min(first, length - first)
        assert 0 <= move <= 0.2 * length
        np.testing.assert_array_equal(
            found[row, :length], np.roll(samples[row, :length], -first)
        )
        assert not found[row, length:].any()
