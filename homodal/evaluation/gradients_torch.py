"""Gradients by PyTorch's autograd."""

import torch


def gradients(function, tensors):
    """`(values, {name: gradient of their sum})`; zeros where nothing depends on it."""
    given = {n: t.detach().clone().requires_grad_(True) for n, t in tensors.items()}
    with torch.enable_grad():
        values = function(given)
        found = torch.autograd.grad(
            values.sum(), list(given.values()), allow_unused=True
        )
    return values.detach(), {
        name: torch.zeros_like(given[name]) if gradient is None else gradient
        for name, gradient in zip(given, found, strict=True)
    }
