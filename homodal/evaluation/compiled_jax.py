"""Functions compiled by JAX, once for each shape."""

import jax


def compiled(function):
    """`function`, compiled; the network's weights are constants in it."""
    return jax.jit(function)
