"""The learning rate in closed form, and as the optimizer has it."""

import math

import numpy as np
import pytest

from homodal.training.callbacks import learning_rate
from homodal.training.fit import compile_network
from homodal.training.schedule import Schedule

PEAK, STEPS, WARMUP = 0.5, 100, 10


def rates(shape, steps=STEPS, warmup=WARMUP):
    schedule = Schedule(PEAK, steps, warmup, shape)
    return np.array([float(schedule(step)) for step in range(steps + 1)])


def falling(shape, t):
    return {"cosine": 0.5 * (1 + math.cos(math.pi * t)), "linear": 1 - t}.get(
        shape, 1.0
    )


@pytest.mark.parametrize("shape", ["cosine", "linear", "constant"])
def test_closed_form(shape):
    wanted = [
        PEAK * (step + 1) / (WARMUP + 1)
        if step < WARMUP
        else PEAK * falling(shape, (step - WARMUP) / (STEPS - WARMUP))
        for step in range(STEPS + 1)
    ]
    np.testing.assert_allclose(rates(shape), wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("shape", ["cosine", "linear", "constant"])
def test_every_step_moves_and_none_is_above_the_peak(shape):
    for warmup in (0, 1, STEPS // 2, STEPS):
        found = rates(shape, warmup=warmup)[:-1]
        assert np.all(found > 0)
        assert found.max() <= PEAK * (1 + 1e-6)
        assert np.isclose(found[warmup if warmup < STEPS else -1], PEAK, rtol=0.02)


def test_a_run_of_one_step():
    assert rates("cosine", steps=1, warmup=0)[0] == PEAK


def test_past_the_end_it_stays_where_it_ended():
    assert float(Schedule(PEAK, 10, 2, "linear")(50)) == 0.0


def test_the_optimizer_follows_it(opened):
    run = opened(["size"], epochs=2, schedule="linear", learning_rate=0.01)
    steps = len(run.batches)
    schedule = compile_network(run.network, run.training, steps, jit=False)
    assert (schedule.steps, schedule.warmup_steps) == (2 * steps, round(0.2 * steps))
    seen = []
    for step in range(4):
        seen.append(learning_rate(run.network))
        run.network.train_on_batch(*run.batches.batch(step))
    np.testing.assert_allclose(seen, [float(schedule(i)) for i in range(4)], rtol=1e-6)
    assert seen[0] < seen[1] > seen[2] > seen[3]
