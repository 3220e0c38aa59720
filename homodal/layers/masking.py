"""Zeros where the mask says there is nothing."""

from keras import ops


def zero_padding(values, mask):
    """`values` with zeros where `mask` is False, whatever stood there (even NaN).

    values: `(batch, steps, ...)` of any rank; mask: `(batch, steps)`. A convolution
    mixes neighbours, so that this runs again before the next one; `where` and not a
    product, because NaN times zero is NaN, in the gradient too.
    """
    return ops.where(_as_wide(mask, values), values, ops.zeros((), values.dtype))


def zero_finite_padding(values, mask):
    """The same as a product, a third of the cost: for values computed from clean ones.

    Nothing but a finite number stands there once `zero_padding` has gone before.
    """
    return values * ops.cast(_as_wide(mask, values), values.dtype)


def _as_wide(mask, values):
    trailing = len(values.shape) - 2
    return ops.reshape(mask, (*ops.shape(mask), *[1] * trailing))
