"""Log-mel pictures against NumPy's own Fourier transform."""

import keras
import numpy as np
import pytest

from homodal.layers.spectrogram import (
    FLOOR,
    LogMel,
    RandomBands,
    RandomTempo,
    dft_matrices,
    mel_matrix,
    stretched,
)

RATE = 8000


def samples_and_mask(rows=3, samples=2011):
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(rows, samples)).astype("float32") * 0.1
    mask = np.ones(samples.shape, bool)
    mask[1, 1500:] = False
    return samples, mask


def oracle(samples, mask, mels, window, hop):
    """Frames, Hann window, rfft, mel bands, logarithm, clip statistics; row by row."""
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    pictures = []
    for row, real in zip(np.float64(samples), mask, strict=True):
        row = row[real] / np.sqrt(np.mean(row[real] ** 2))
        frames = -(-len(row) // hop)
        row = np.pad(row, (0, frames * hop + window))
        cut = np.stack([row[i * hop : i * hop + window] for i in range(frames)])
        power = np.abs(np.fft.rfft(cut * hann / hann.sum())) ** 2
        picture = np.log(power @ mel_matrix(mels, window, RATE) + FLOOR)
        pictures.append((picture - picture.mean()) / np.sqrt(picture.var() + 1e-5))
    return pictures


@pytest.mark.parametrize(
    "window_ms, hop_ms", [(25, 10), (32, 16), (20, 7), (25.125, 10)]
)
def test_equals_the_fourier_transform(window_ms, hop_ms):
    samples, mask = samples_and_mask()
    layer = LogMel(RATE, 20, window_ms, hop_ms)
    values, real = map(keras.ops.convert_to_numpy, layer(samples, mask))
    window, hop = int(RATE * window_ms // 1000), RATE * hop_ms // 1000
    for i, wanted in enumerate(oracle(samples, mask, 20, window, hop)):
        assert real[i].sum() == len(wanted)
        np.testing.assert_allclose(values[i][real[i]], wanted, rtol=1e-4, atol=1e-4)


def test_a_rate_whose_hop_is_no_whole_number():
    samples, mask = samples_and_mask()
    values, _ = LogMel(11025, 40)(samples, mask)
    assert values.shape == (3, -(-2011 // 110), 40)
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(values)))


def test_clip_statistics_are_over_real_frames():
    samples, mask = samples_and_mask()
    values, real = map(keras.ops.convert_to_numpy, LogMel(RATE)(samples, mask))
    for row, there in zip(values, real, strict=True):
        assert abs(row[there].mean()) < 1e-4
        assert abs(row[there].std() - 1) < 1e-3


def test_loudness_does_not_matter():
    samples, mask = samples_and_mask()
    quiet = LogMel(RATE)(samples, mask)[0]
    loud = LogMel(RATE)(samples * 7, mask)[0]
    np.testing.assert_allclose(
        *map(keras.ops.convert_to_numpy, (quiet, loud)), atol=1e-3
    )


def test_silence_is_finite():
    values, _ = LogMel(RATE)(np.zeros((1, 800), "float32"), np.ones((1, 800), bool))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(values), 0, atol=1e-2)


def test_a_sine_has_a_quarter_of_power_in_its_bin():
    cosines, sines = dft_matrices(200)
    sine = np.sin(2 * np.pi * 10 * np.arange(201) / 200)
    first, last = sine[1:101], np.append(sine[199:100:-1], 0)
    power = ((first + last) @ cosines) ** 2 + ((first - last) @ sines) ** 2
    assert power.argmax() == 10
    np.testing.assert_allclose(power[10], 0.25, rtol=1e-5)


@pytest.mark.parametrize("mels, window", [(40, 200), (64, 200), (128, 100)])
def test_every_mel_band_hears_something(mels, window):
    matrix = mel_matrix(mels, window, RATE)
    assert np.all(matrix.sum(axis=0) > 0)
    assert np.all(np.diff(matrix.argmax(axis=0)) >= 0)


def test_random_bands_hide_neighbours_in_training_only():
    keras.utils.set_random_seed(0)
    layer, values = RandomBands(frames=6, mels=5), np.ones((32, 30, 20), "float32")
    np.testing.assert_array_equal(layer(values), values)
    hidden = keras.ops.convert_to_numpy(layer(values, training=True)) == 0
    frames, mels = hidden.all(axis=2), hidden.all(axis=1)
    assert 0 < frames.sum(axis=1).max() <= 6
    assert 0 < mels.sum(axis=1).max() <= 5
    edges = np.abs(np.diff(frames.astype(int), axis=1)).sum(axis=1)
    assert edges.max() <= 2


def test_a_causal_picture_of_the_start_is_the_start_of_the_picture():
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.1, (1, 4000)).astype("float32")
    samples[:, 2000:] *= 5.0
    layer = LogMel(8000, causal=True)
    whole, _ = layer(samples, np.ones((1, 4000), bool))
    start, _ = layer(samples[:, :2000], np.ones((1, 2000), bool))
    whole, start = map(keras.ops.convert_to_numpy, (whole, start))
    still = start.shape[1] - 3  # windows that end before the start does
    np.testing.assert_allclose(whole[:, :still], start[:, :still], atol=1e-4)
    usual = LogMel(8000)
    whole, _ = usual(samples, np.ones((1, 4000), bool))
    whole = keras.ops.convert_to_numpy(whole)
    assert np.abs(whole[:, :still] - start[:, :still]).max() > 0.1


def test_a_stretched_clip_lasts_longer_and_says_the_same():
    ramp = np.arange(20, dtype="float32")[None, :, None] * np.ones((2, 1, 3), "float32")
    mask = np.arange(20)[None] < np.array([[10], [6]])
    stretch = np.array([[2.0], [0.5]], "float32")
    values, real = map(keras.ops.convert_to_numpy, stretched(ramp, mask, stretch, 20))
    assert real.sum(axis=1).tolist() == [20, 3]
    np.testing.assert_allclose(values[0, 1:19, 0], (np.arange(1, 19) + 0.5) / 2 - 0.5)
    np.testing.assert_allclose(values[1, :3, 0], [0.5, 2.5, 4.5])
    assert not values[1, 3:].any()


def test_tempo_changes_in_training_only_and_no_end_is_lost():
    values = np.ones((64, 20, 3), "float32")
    mask = np.arange(20)[None] < np.array([[12]] * 32 + [[20]] * 32)
    layer = RandomTempo(0.2)
    still = keras.ops.convert_to_numpy(layer(values, mask)[1])
    np.testing.assert_array_equal(still, mask)
    moved = keras.ops.convert_to_numpy(layer(values, mask, training=True)[1])
    assert moved.shape == (64, 24)
    lengths = moved.sum(axis=1)
    assert 9 <= lengths[:32].min() < 12 < lengths[:32].max() <= 14
    assert 16 <= lengths[32:].min() < 18 and 22 <= lengths[32:].max() <= 24


@pytest.mark.parametrize(("share", "states"), [(0.0, 0), (0.1, 1)])
def test_a_steady_tempo_keeps_no_state(share, states):
    layer = RandomTempo(share)
    layer(np.ones((1, 4, 2), "float32"), np.ones((1, 4), bool))
    assert len(layer.variables) == states
