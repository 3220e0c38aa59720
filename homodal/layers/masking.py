"""Zeros where the mask says there is nothing."""

from keras import ops


def zero_padding(values, mask):
    """`values` with zeros where `mask` is False, whatever stood there (even NaN).

    values: `(batch, steps, ...)` of any rank; mask: `(batch, steps)`. A convolution
    mixes neighbours, so that this runs again before the next one; `where` and not a
    product, because NaN times zero is NaN, in the gradient too.
    """
    trailing = len(values.shape) - 2
    real = ops.reshape(mask, (*ops.shape(mask), *[1] * trailing))
    return ops.where(real, values, ops.zeros((), values.dtype))
