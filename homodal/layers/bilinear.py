"""Products of several vectors: outer products, count sketches, signed roots."""

import numpy as np
from keras import ops

_LINEAR_BELOW = 1e-4  # where the slope of the root is cut at 100


def with_one(vectors):
    """`(batch, d)` to `(batch, d + 1)`, a 1 first."""
    return ops.concatenate([ops.ones_like(vectors[:, :1]), vectors], axis=-1)


def outer(vectors):
    """The outer product of `(batch, d_m)`, flat: `(batch, prod d_m)`.

    The place of the last vector's entries changes fastest.
    """
    product = vectors[0]
    for other in vectors[1:]:
        product = product[:, :, None] * other[:, None, :]
        product = ops.reshape(product, (-1, product.shape[1] * product.shape[2]))
    return product


def signed_root(values):
    """sign(z) sqrt(|z|); linear below 1e-4, so that its slope stays finite."""
    size = ops.absolute(values)
    large = size > _LINEAR_BELOW
    root = ops.sqrt(ops.where(large, size, ops.ones_like(size)))
    return ops.sign(values) * ops.where(large, root, size / _LINEAR_BELOW**0.5)


def unit_length(values):
    """Each row divided by its Euclidean length; zeros stay zeros."""
    power = ops.sum(ops.square(values), axis=-1, keepdims=True)
    return values * ops.rsqrt(power + 1e-12)


def sketch_matrix(inside, size, seed):
    """The count sketch as a matrix `(inside, size)`: one entry of 1 or -1 a row.

    x S adds every x_j, with its sign, to one of `size` places: a projection whose
    inner products are those of x in the mean. Charikar, Chen and Farach-Colton,
    "Finding Frequent Items in Data Streams", 2002.
    """
    rng = np.random.default_rng(seed)
    places = rng.integers(size, size=inside)
    matrix = np.zeros((inside, size), "float32")
    matrix[np.arange(inside), places] = rng.choice([-1.0, 1.0], size=inside)
    return matrix


def circular_convolution(vectors, there):
    """The circular convolution of the present ones of `(batch, size)`.

    there: one `(batch,)` of bool a vector; an absent one counts as the unit impulse,
    which changes nothing. By the Fourier transform: size log(size) products each.
    """
    real, imaginary = 1.0, 0.0
    for vector, shown in zip(vectors, there, strict=True):
        a, b = ops.rfft(ops.cast(vector, "float32"))
        a = ops.where(shown[:, None], a, 1.0)
        b = ops.where(shown[:, None], b, 0.0)
        real, imaginary = real * a - imaginary * b, real * b + imaginary * a
    return ops.irfft((real, imaginary), fft_length=vectors[0].shape[-1])
