"""Linear models stand at the optimum that other ways of fitting find."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import approx_fprime
from sklearn.linear_model import LogisticRegression, Ridge

from homodal.plain.linear import LOSSES, fit_linear


def drawn(rows=120, features=6, units=3, seed=0):
    rng = np.random.default_rng(seed)
    given = rng.normal(size=(rows, features))
    return given, given @ rng.normal(size=(features, units)) + rng.normal(size=units)


@pytest.mark.parametrize("loss", LOSSES)
def test_slopes_are_those_of_the_loss(loss):
    _, scores = drawn(rows=4)
    aim = np.eye(3)[[0, 2, 1, 1]]
    if loss != "softmax":
        aim[1, 1] = np.nan  # unknown, and so without a slope
    each, slopes = LOSSES[loss](scores, aim)
    assert each.shape == (4,) and (each >= 0).all()

    def total(flat):
        return LOSSES[loss](flat.reshape(4, 3), aim)[0].sum()

    numeric = approx_fprime(scores.ravel(), total, 1e-7)
    np.testing.assert_allclose(slopes.ravel(), numeric, atol=1e-5)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_classes_are_fitted_as_by_logistic_regression(kind):
    given, scores = drawn()
    truth = (scores + np.random.default_rng(1).gumbel(size=scores.shape)).argmax(axis=1)
    found = fit_linear(kind(given), np.eye(3)[truth], "softmax")
    other = LogisticRegression(C=found.strength, max_iter=1000).fit(given, truth)
    own = given @ found.kernel + found.bias
    theirs = other.decision_function(given)
    # up to a constant a row, which a softmax does not see
    own, theirs = (s - s.mean(axis=1, keepdims=True) for s in (own, theirs))
    np.testing.assert_allclose(own, theirs, atol=0.02)


def test_numbers_are_fitted_as_by_ridge_regression():
    given, scores = drawn()
    aim = scores + np.random.default_rng(1).normal(size=scores.shape)
    found = fit_linear(given, aim, "squares")
    other = Ridge(alpha=1 / found.strength).fit(given, aim)
    np.testing.assert_allclose(found.kernel, other.coef_.T, atol=5e-3)
    np.testing.assert_allclose(found.bias, other.intercept_, atol=5e-3)


def test_rows_count_by_their_weights():
    given, scores = drawn(units=1)
    weights = np.where(np.arange(len(given)) % 2, 1.0, 0.0)
    spoilt = np.where(weights[:, None] > 0, scores, 1e3)
    found = fit_linear(given, spoilt, "squares", weights)
    np.testing.assert_allclose(given @ found.kernel + found.bias, scores, atol=0.1)


def test_noise_is_fitted_with_a_strong_penalty_and_a_rule_with_a_weak_one():
    rng = np.random.default_rng(0)
    given = rng.normal(size=(80, 40))
    noise = rng.normal(size=(80, 1))
    assert fit_linear(given, noise, "squares").strength < 0.1
    assert fit_linear(given, given[:, :1], "squares").strength > 1


def test_the_same_seed_finds_the_same_model():
    given, scores = drawn()
    one, other = (fit_linear(given, scores, "bounded", seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.kernel, other.kernel)
