"""Noise on a batch of stored arrays, of a strength that means the same everywhere."""

import numpy as np


def disturb(arrays, mask, strength, rng):
    """`arrays (batch, steps, ...)` with noise of `strength`, 0 (none) to 1 (as strong).

    Pixels and samples: Gaussian noise whose standard deviation is `strength` times that
    of the array. Whole numbers (tokens, categories): each step is replaced, with
    probability `strength`, by one from anywhere in the batch's column. Padding stays
    as it is.
    """
    if strength == 0:
        return arrays
    if arrays.dtype.kind == "i":
        return _replaced(arrays, mask, strength, rng)
    there = _wide(mask, arrays)
    spread = _spread(arrays.astype(np.float64), there)
    noisy = arrays + strength * spread * rng.normal(size=arrays.shape)
    if arrays.dtype == np.uint8:
        noisy = np.clip(np.round(noisy), 0, 255)
    return np.where(there, noisy, arrays).astype(arrays.dtype)


def _replaced(arrays, mask, strength, rng):
    pool = arrays[mask]  # whole steps: a word keeps its times
    if not len(pool):
        return arrays
    hit = mask & (rng.random(mask.shape) < strength)
    others = pool[rng.integers(len(pool), size=mask.shape)]
    return np.where(_wide(hit, arrays), others, arrays).astype(arrays.dtype)


def _spread(arrays, there):
    """Standard deviation over the real part of each row; of a single number: 1."""
    if arrays[0].size == 1:
        return np.ones((len(arrays), *[1] * (arrays.ndim - 1)))
    inside = np.broadcast_to(there, arrays.shape)
    axes = tuple(range(1, arrays.ndim))
    count = np.maximum(inside.sum(axis=axes, keepdims=True), 1)
    mean = (arrays * inside).sum(axis=axes, keepdims=True) / count
    square = ((arrays - mean) ** 2 * inside).sum(axis=axes, keepdims=True) / count
    return np.sqrt(square)


def _wide(mask, arrays):
    return mask.reshape(*mask.shape, *[1] * (arrays.ndim - 2))
