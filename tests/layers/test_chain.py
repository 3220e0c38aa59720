import itertools

import keras
import numpy as np
import pytest
from keras import ops

from homodal.layers.chain import EXCLUDED, Chain

ROWS, STEPS, CLASSES = 4, 5, 3
LENGTHS = (5, 3, 1, 0)
MASK = np.arange(STEPS) < np.array(LENGTHS)[:, None]


@pytest.fixture
def chain():
    made = Chain(CLASSES)
    made.build()
    rng = np.random.default_rng(1)
    for weight in made.weights:
        weight.assign(rng.normal(size=weight.shape).astype("float32"))
    return made


def random_scores(seed=0):
    return np.random.default_rng(seed).normal(0, 2, (ROWS, STEPS, CLASSES)).astype("f4")


def weights_of(chain):
    return [
        ops.convert_to_numpy(w * 1.0)
        for w in (chain.transitions, chain.first, chain.last)
    ]


def every_sequence(chain, scores, length):
    """`{sequence: score}` of one row, summed term by term."""
    transitions, first, last = weights_of(chain)
    found = {}
    for path in itertools.product(range(CLASSES), repeat=length):
        total = first[path[0]] + last[path[-1]]
        total += sum(scores[t, y] for t, y in enumerate(path))
        total += sum(transitions[a, b] for a, b in itertools.pairwise(path))
        found[path] = total
    return found


def logsum(values):
    return np.logaddexp.reduce(list(values))


def test_the_partition_is_the_sum_over_all_sequences(chain):
    scores = random_scores()
    got = ops.convert_to_numpy(chain.log_partition(scores, MASK))
    for row, length in enumerate(LENGTHS):
        wanted = 0.0
        if length:
            wanted = logsum(every_sequence(chain, scores[row], length).values())
        assert got[row] == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_the_marginals_are_sums_over_the_sequences_with_that_class(chain):
    scores = random_scores(1)
    got = np.exp(ops.convert_to_numpy(chain.log_marginals(scores, MASK)))
    assert np.all(np.isfinite(got))
    for row, length in enumerate(LENGTHS[:-1]):
        paths = every_sequence(chain, scores[row], length)
        total = logsum(paths.values())
        wanted = np.zeros((length, CLASSES))
        for path, score in paths.items():
            for step, tag in enumerate(path):
                wanted[step, tag] += np.exp(score - total)
        np.testing.assert_allclose(got[row, :length], wanted, rtol=1e-4, atol=1e-6)


def test_the_loss_is_what_the_true_sequence_is_surprising(chain):
    scores = random_scores(2)
    truth = np.random.default_rng(3).integers(0, CLASSES, (ROWS, STEPS))
    truth[~MASK] = -1
    got = ops.convert_to_numpy(chain.loss(scores, truth, MASK))
    for row, length in enumerate(LENGTHS):
        wanted = 0.0
        if length:
            paths = every_sequence(chain, scores[row], length)
            wanted = logsum(paths.values()) - paths[tuple(truth[row, :length])]
        assert got[row] == pytest.approx(wanted, rel=1e-4, abs=1e-5)


def test_a_step_without_truth_may_be_anything(chain):
    scores = random_scores(4)
    truth = np.full((ROWS, STEPS), -1)
    np.testing.assert_allclose(chain.loss(scores, truth, MASK), 0, atol=1e-5)
    truth[0] = [1, -1, 2, -1, 0]
    paths = every_sequence(chain, scores[0], STEPS)
    right = [s for p, s in paths.items() if (p[0], p[2], p[4]) == (1, 2, 0)]
    wanted = logsum(paths.values()) - logsum(right)
    assert float(chain.loss(scores, truth, MASK)[0]) == pytest.approx(wanted, rel=1e-4)


def test_what_is_not_real_never_matters(chain):
    scores, truth = random_scores(5), np.zeros((ROWS, STEPS), int)
    wanted = ops.convert_to_numpy(chain.loss(scores, truth, MASK))
    scores[~MASK] = 9.0
    np.testing.assert_allclose(chain.loss(scores, truth, MASK), wanted, rtol=1e-5)


def test_large_scores_do_not_overflow(chain):
    scores = 300 * random_scores(6)
    for found in (chain.log_partition(scores, MASK), chain.log_marginals(scores, MASK)):
        assert np.all(np.isfinite(ops.convert_to_numpy(found)))
    assert EXCLUDED < -300 * 10


def test_parameters_are_as_the_docstring_says(chain):
    assert chain.count_params() == CLASSES**2 + 2 * CLASSES
    assert keras.backend.standardize_dtype(chain.transitions.dtype) == "float32"
