"""Gradients by JAX."""

import jax


def gradients(function, tensors):
    """`(values, {name: gradient of their sum})`."""

    def total(given):
        values = function(given)
        return values.sum(), values

    (_, values), found = jax.value_and_grad(total, has_aux=True)(tensors)
    return values, found
