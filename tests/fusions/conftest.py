"""Columns of one step with known numbers, and the weights that leave them alone."""

import numpy as np
import pytest
from keras import ops

from homodal.layers.stream import Stream, single


class Columns:
    """`Columns(a=[[1, 2]], b=...)`: streams of one step; `shown("a")`: who is there."""

    def __init__(self, **values):
        self.values = {n: np.asarray(v, "float32") for n, v in values.items()}

    @property
    def streams(self):
        return {n: single(ops.convert_to_tensor(v)) for n, v in self.values.items()}

    def shown(self, names=None):
        names = self.values if names is None else names
        rows = len(next(iter(self.values.values())))
        return {n: np.full(rows, n in names) for n in self.values}

    def fused(self, fusion, names=None, training=False):
        """The answer of one step `(rows, width)`."""
        stream = fusion(self.streams, self.shown(names), training=training)
        return np.asarray(stream.values)[:, 0]

    @classmethod
    def random(cls, names="abc", rows=3, width=3, seed=0):
        rng = np.random.default_rng(seed)
        return cls(**{n: rng.normal(size=(rows, width)) for n in names})


@pytest.fixture(scope="session")
def columns():
    return Columns


@pytest.fixture(scope="session")
def plain():
    """`plain(dense)`: a projection of a pooled step of d features back to them.

    A pooled column of one step is its value twice.
    """

    def make(dense, matrix=None):
        kernel = np.zeros(dense.kernel.shape, "float32")
        inside = kernel.shape[0] // 2
        part = np.eye(inside, kernel.shape[1]) if matrix is None else matrix
        kernel[:inside] = part
        dense.kernel.assign(kernel)
        dense.bias.assign(np.zeros(dense.bias.shape))

    return make


@pytest.fixture(scope="session")
def sequences():
    """`sequences({"a": 3, "b": 4}, rows, width)`: streams of so many real steps."""

    def make(steps, rows=2, width=8, seed=0):
        rng = np.random.default_rng(seed)
        return {
            name: Stream(
                ops.convert_to_tensor(
                    rng.normal(size=(rows, count, width)).astype("float32")
                ),
                ops.convert_to_tensor(np.ones((rows, count), bool)),
            )
            for name, count in steps.items()
        }

    return make
