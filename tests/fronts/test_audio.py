import numpy as np

from homodal.fronts.audio import Audio


def samples():
    values = np.random.default_rng(0).normal(size=(2, 4000)).astype("float32")
    return values, np.ones((2, 4000), bool)


def test_a_second_has_a_hundred_frames():
    values, mask = Audio(rate_hz=4000)(*samples())
    assert values.shape == (2, 100, 40, 1) and mask.shape == (2, 100)
    values, mask = Audio(rate_hz=4000, mels=20, hop_ms=20, window_ms=40)(*samples())
    assert values.shape == (2, 50, 20, 1)


def test_bands_are_masked_in_training_only():
    front = Audio(rate_hz=4000, masked_frames=30, masked_mels=10)
    still = np.asarray(front(*samples())[0])
    assert np.all(still != 0)
    assert (np.asarray(front(*samples(), training=True)[0]) == 0).mean() > 0.05


def test_the_frames_of_a_clip_at_any_tempo_divide_its_time():
    values, mask = samples()
    mask[1, 2000:] = False
    front = Audio(rate_hz=4000, tempo=0.2)
    for training in (False, True):
        _, real = front(values, mask, training=training)
        seconds = np.asarray(front.seconds(values, mask, real))
        assert seconds.shape == (*real.shape, 2)
        for row, length in enumerate((1.0, 0.5)):
            own = seconds[row, : np.asarray(real)[row].sum()]
            np.testing.assert_allclose(own[1:, 0], own[:-1, 1], rtol=1e-5)
            np.testing.assert_allclose([own[0, 0], own[-1, 1]], [0, length], rtol=1e-5)
    assert real.shape == (2, 120)
