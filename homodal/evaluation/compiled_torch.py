"""Functions on PyTorch, without the record that gradients need."""

import torch


def compiled(function):
    """`function` as it is, but for the gradients."""
    return torch.no_grad()(function)
