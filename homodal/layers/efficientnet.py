"""EfficientNet-Lite0 as a Keras network, from the tensors of its PyTorch file.

Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
2019, arXiv:1905.11946; the Lite variant has no squeeze-and-excitation and ReLU6.
"""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

Tensors = Mapping[str, NDArray[Any]]

# of each stage: whether its blocks widen, how many there are, stride of the first
_STAGES = (
    (False, 1, 1),
    (True, 2, 2),
    (True, 2, 2),
    (True, 3, 2),
    (True, 3, 1),
    (True, 4, 2),
    (True, 1, 1),
)
_EPSILON = 1e-3  # of its batch normalisation


def efficientnet_lite0(tensors: Tensors) -> keras.Model:
    """Pictures `(batch, height, width, 3)`, standardised, to the last map's mean.

    tensors: by the names of the PyTorch file. Batch normalisation is folded into the
    convolutions, as it is at inference. Returns a model whose answers are
    `(batch, channels of the head)`. Raises `KeyError`, `ValueError`.
    """
    inputs = keras.Input((None, None, 3))
    values = _Convolution(tensors, "_conv_stem", "_bn0", stride=2)(inputs)
    block = 0
    for widens, count, stride in _STAGES:
        for number in range(count):
            step = stride if number == 0 else 1
            values = _block(tensors, f"_blocks.{block}.", values, widens, step)
            block += 1
    values = _Convolution(tensors, "_conv_head", "_bn1")(values)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(values))


def _block(tensors: Tensors, name: str, begun: Any, widens: bool, stride: int) -> Any:
    """An inverted residual: wider, a convolution of each channel, narrower."""
    values = begun
    if widens:
        values = _Convolution(tensors, f"{name}_expand_conv", f"{name}_bn0")(values)
    across = _Convolution(tensors, f"{name}_depthwise_conv", f"{name}_bn1", stride)
    last = _Convolution(tensors, f"{name}_project_conv", f"{name}_bn2", bounded=False)
    values = last(across(values))
    if stride > 1 or values.shape[-1] != begun.shape[-1]:
        return values
    return keras.layers.add([begun, values])


class _Convolution:
    """A convolution, its batch normalisation and ReLU6 with the file's weights."""

    def __init__(
        self,
        tensors: Tensors,
        name: str,
        norm: str,
        stride: int = 1,
        bounded: bool = True,
    ) -> None:
        kernel = np.asarray(tensors[f"{name}.weight"], np.float32)
        scale = tensors[f"{norm}.weight"] / np.sqrt(
            tensors[f"{norm}.running_var"] + _EPSILON
        )
        self._kernel = kernel * scale[:, None, None, None]
        self._bias = tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * scale
        self._stride, self._bounded = stride, bounded

    def __call__(self, values: Any) -> Any:
        out, inside, size, _ = self._kernel.shape
        options = {
            "strides": self._stride,
            "padding": "same",
            "activation": "relu6" if self._bounded else None,
        }
        if inside == 1 and out == values.shape[-1]:
            layer = keras.layers.DepthwiseConv2D(
                size, depthwise_initializer="zeros", **options
            )
            kernel = self._kernel.transpose(2, 3, 0, 1)
        else:
            layer = keras.layers.Conv2D(
                out, size, kernel_initializer="zeros", **options
            )
            kernel = self._kernel.transpose(2, 3, 1, 0)
        answer = layer(values)
        layer.set_weights([kernel, self._bias])
        return answer
