"""The learning rate over the steps of a run."""

import math

import keras
from keras import ops


class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up from zero to `peak`, then `shape` down to zero, or constant.

    shape: "cosine" (peak * (1 + cos(pi * t)) / 2 with t from 0 to 1 after the warm-up),
    "linear" (peak * (1 - t)) or "constant". Loshchilov & Hutter 2017, arXiv:1608.03983,
    without restarts.
    """

    def __init__(self, peak, steps, warmup_steps, shape):
        self.peak = peak
        self.steps = steps
        self.warmup_steps = warmup_steps
        self.shape = shape

    def __call__(self, step):
        step = ops.cast(step, "float32")
        # + 1: the first step must move, and a run without warm-up divides by one
        rising = (step + 1.0) / (self.warmup_steps + 1.0)
        left = max(self.steps - self.warmup_steps, 1)
        t = ops.clip((step - self.warmup_steps) / left, 0.0, 1.0)
        return self.peak * ops.minimum(rising, 1.0) * self._falling(t)

    def _falling(self, t):
        if self.shape == "cosine":
            return 0.5 * (1.0 + ops.cos(math.pi * t))
        if self.shape == "linear":
            return 1.0 - t
        return ops.ones_like(t)
