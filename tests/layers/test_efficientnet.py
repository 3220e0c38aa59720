"""EfficientNet-Lite0 computes what its equations say."""

import numpy as np

from homodal.layers.efficientnet import efficientnet_lite0

_STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]


def convolved(values, kernel, stride):
    """`(H, W, C)` by `(O, I, k, k)`; as much padding as "same" needs, more behind."""
    out, inside, size, _ = kernel.shape
    height, width, channels = values.shape
    shape = -(-height // stride), -(-width // stride)
    more = [
        max((count - 1) * stride + size - side, 0)
        for count, side in zip(shape, (height, width), strict=True)
    ]
    padded = np.pad(values, [*((m // 2, m - m // 2) for m in more), (0, 0)])
    found = np.zeros((*shape, out))
    for row in range(shape[0]):
        for column in range(shape[1]):
            top, left = row * stride, column * stride
            seen = padded[top : top + size, left : left + size]
            if inside == 1 and out == channels:
                found[row, column] = np.einsum("hwc,cohw->c", seen, kernel)
            else:
                found[row, column] = np.einsum("hwc,ochw->o", seen, kernel)
    return found


def oracle(tensors, values):
    def layer(values, name, norm, stride=1, bounded=True):
        found = convolved(values, tensors[f"{name}.weight"].astype(float), stride)
        away = found - tensors[f"{norm}.running_mean"]
        away = away / np.sqrt(tensors[f"{norm}.running_var"] + 1e-3)
        found = away * tensors[f"{norm}.weight"] + tensors[f"{norm}.bias"]
        return np.clip(found, 0, 6) if bounded else found

    values = layer(values, "_conv_stem", "_bn0", 2)
    for block, stride in enumerate(_STRIDES):
        name, begun = f"_blocks.{block}.", values
        if f"{name}_expand_conv.weight" in tensors:
            values = layer(values, f"{name}_expand_conv", f"{name}_bn0")
        values = layer(values, f"{name}_depthwise_conv", f"{name}_bn1", stride)
        values = layer(values, f"{name}_project_conv", f"{name}_bn2", bounded=False)
        if stride == 1 and values.shape == begun.shape:
            values = values + begun
    return layer(values, "_conv_head", "_bn1").mean(axis=(0, 1))


def test_answers_are_those_of_its_equations(pretrained_files):
    tensors = pretrained_files.tiny_efficientnet()
    pictures = np.random.default_rng(1).normal(size=(2, 37, 40, 3))
    network = efficientnet_lite0(tensors)
    found = network.predict_on_batch(pictures.astype(np.float32))
    wanted = [oracle(tensors, picture) for picture in pictures]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)
    assert np.std(wanted) > 0.05
