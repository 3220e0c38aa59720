"""Stream: the one noun that passes between encoders, fusions and heads."""

from typing import Any, NamedTuple

from keras import ops


class Stream(NamedTuple):
    """Values `(batch, steps, width)` with a mask `(batch, steps)`, True = real."""

    values: Any
    mask: Any


class Timed(NamedTuple):
    """A Stream whose steps know their seconds: `(batch, steps, 2)`, begin and end."""

    values: Any
    mask: Any
    seconds: Any


def stream_of(values, mask, seconds=None):
    """A Stream, or a Timed one where the seconds are known."""
    if seconds is None:
        return Stream(values, mask)
    return Timed(values, mask, seconds)


def mean_pool(stream):
    """Masked mean over steps: `(batch, steps, width)` to `(batch, width)`.

    A row without any real step gives zeros.
    """
    weights = ops.cast(stream.mask, stream.values.dtype)[..., None]
    total = ops.sum(stream.values * weights, axis=1)
    return total / ops.maximum(ops.sum(weights, axis=1), 1.0)


def max_pool(stream):
    """Masked maximum over steps: `(batch, steps, width)` to `(batch, width)`.

    A row without any real step gives zeros.
    """
    real = stream.mask[..., None]
    # -3e4 stays finite in float16, and -inf would turn into NaN in the gradient
    low = ops.cast(-3e4, stream.values.dtype)
    highest = ops.max(ops.where(real, stream.values, low), axis=1)
    return ops.where(ops.any(real, axis=1), highest, ops.zeros_like(highest))


def single(values):
    """A Stream of one real step from `(batch, width)`."""
    mask = ops.ones_like(values[:, :1], dtype="bool")
    return Stream(values[:, None, :], mask)
