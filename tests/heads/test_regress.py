import keras
import numpy as np
import pytest

from homodal.errors import PartError
from homodal.heads.regress import Regress
from homodal.layers.stream import single

LOGITS = np.array([[0.5], [-1.0], [2.0]], "float32")


def test_the_loss_is_half_the_squared_error_of_known_rows():
    truth = np.array([1.0, np.nan, 0.0], "float32")
    got = np.asarray(Regress().loss(keras.ops.convert_to_tensor(LOGITS), truth))
    np.testing.assert_allclose(got, [0.125, 0.0, 2.0], rtol=1e-6)


def test_progress_is_the_absolute_error():
    truth = np.array([1.0, -1.0, 0.0], "float32")
    got = np.asarray(Regress().progress(keras.ops.convert_to_tensor(LOGITS), truth))
    np.testing.assert_allclose(got, [0.5, 0.0, 2.0], rtol=1e-6)


def test_the_gaussian_loss_is_the_negative_log_likelihood():
    rng = np.random.default_rng(0)
    mean, log_deviation, truth = rng.normal(size=(3, 50))
    logits = keras.ops.convert_to_tensor(
        np.stack([mean, log_deviation], 1).astype("float32")
    )
    got = np.asarray(Regress(spread="gaussian").loss(logits, truth))
    variance = np.exp(2 * log_deviation)
    density = np.exp(-((truth - mean) ** 2) / (2 * variance))
    wanted = -np.log(density / np.sqrt(2 * np.pi * variance)) - 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-5)


def test_the_gaussian_loss_is_lowest_at_the_mean_and_deviation():
    truth = np.random.default_rng(1).normal(2, 3, 400)
    best = np.array([truth.mean(), np.log(truth.std())])

    def loss(figures):
        logits = np.tile(figures, (len(truth), 1)).astype("float32")
        logits = keras.ops.convert_to_tensor(logits)
        return float(np.mean(Regress(spread="gaussian").loss(logits, truth)))

    for step in ([0.1, 0], [-0.1, 0], [0, 0.1], [0, -0.1]):
        assert loss(best) < loss(best + step)


def test_the_quantile_loss_is_lowest_at_the_quantiles():
    truth = np.random.default_rng(2).exponential(size=2000)
    low, middle, high = np.quantile(truth, [0.05, 0.5, 0.95])
    best = np.array([middle, inverse_softplus(middle - low), 0.0])
    best[2] = inverse_softplus(high - middle)

    def loss(figures):
        logits = np.tile(figures, (len(truth), 1)).astype("float32")
        logits = keras.ops.convert_to_tensor(logits)
        return float(np.mean(Regress(spread="quantile").loss(logits, truth)))

    for place in range(3):
        for step in (0.3, -0.3):
            moved = best.copy()
            moved[place] += step
            assert loss(best) < loss(moved)


def inverse_softplus(value):
    return np.log(np.expm1(value))


def test_the_pinball_losses_by_hand():
    """Quantiles 0 - log 2, 0 and log 2; a truth of 1 is above all three."""
    logits = keras.ops.zeros((1, 3))
    got = float(Regress(spread="quantile").loss(logits, np.array([1.0]))[0])
    wanted = 0.5 * 1 + 0.05 * (1 + np.log(2)) + 0.95 * (1 - np.log(2))
    assert got == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    "spread, figures", [("none", 1), ("gaussian", 2), ("quantile", 3)]
)
def test_several_numbers_add_their_losses(spread, figures):
    one, two = Regress(spread=spread), Regress(numbers=2, spread=spread)
    assert two(single(keras.ops.ones((2, 4)))).shape == (2, 2 * figures)
    assert two.count_params() == (2 * 4 + 1) * 2 * figures
    logits = np.random.default_rng(0).normal(size=(5, 2, figures)).astype("float32")
    truth = np.random.default_rng(1).normal(size=(5, 2)).astype("float32")
    truth[4] = np.nan
    flat = keras.ops.convert_to_tensor(logits.reshape(5, -1))
    each = [
        np.asarray(one.loss(keras.ops.convert_to_tensor(logits[:, k]), truth[:, k]))
        for k in (0, 1)
    ]
    np.testing.assert_allclose(two.loss(flat, truth), sum(each), rtol=1e-5)
    off = np.abs(logits[:4, :, 0] - truth[:4]).mean(axis=1)
    np.testing.assert_allclose(two.progress(flat, truth), [*off, 0.0], rtol=1e-5)


def test_an_unknown_spread_is_refused():
    with pytest.raises(PartError, match="one of: gaussian, none, quantile"):
        Regress(spread="wide")(single(keras.ops.ones((2, 4))))


@pytest.mark.parametrize("spread, figures", [("none", 1), ("gaussian", 2)])
def test_a_robust_loss_is_the_same_nearby_and_bounded_far_away(spread, figures):
    plain, robust = Regress(spread=spread), Regress(spread=spread, robust=True)
    logits = keras.ops.zeros((3, figures))
    truth = np.array([0.5, -1.0, 0.2], "float32")
    same = [np.asarray(head.loss(logits, truth)) for head in (plain, robust)]
    np.testing.assert_allclose(*same)
    far = np.array([1e4, 1e9, -1e18], "float32")
    np.testing.assert_allclose(robust.loss(logits, far), 10 - 0.5, rtol=1e-6)
