"""What the conformance tests of the Keras parts share.

Requirements: nothing here names a part, so that a new one is tested before anyone
writes a test for it. A new kind of fact, or a new rank of values, is added here.
"""

import inspect
import sys

import keras
import numpy as np
import pytest

from homodal import parts
from homodal.layers.stream import Stream

RTOL, ATOL = 1e-5, 1e-6
ROUGH = 2e-2  # of bfloat16 and float16 against float32, relative to the largest value

# facts that a target learns, by the name of the constructor argument
TARGET_FACTS = {
    "classes": ["a", "b", "c"],
    "counts": [5, 2, 1],
    "vocabulary": ["a", "b", "c"],
    "tags": ["B-a", "I-a", "O"],
    "labels": ["a", "b", "c"],
    "mels": 3,
    "frames": 20,
    "targets": [
        {
            "name": "kind",
            "kind": "label",
            "options": {"dropout": 0.0},
            "facts": {"classes": ["a", "b", "c"], "counts": [5, 2, 1]},
        },
        {"name": "much", "kind": "number", "options": {"dropout": 0.0}, "facts": {}},
    ],
}

# shape of one row, by rank
VALUES = {"steps": (6, 5), "step": (1, 7), "picture": (12, 10, 2), "film": (4, 9, 8, 1)}


@pytest.fixture(autouse=True)
def seeded():
    """The same weights and draws in every run of a test."""
    keras.utils.set_random_seed(0)


@pytest.fixture
def precision():
    """`precision(name)` sets Keras's policy for the rest of a test."""
    before = keras.config.dtype_policy()
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy(before)


@pytest.fixture
def promises():
    """This module: `promises.assert_same(...)`, whatever pytest's way of importing."""
    return sys.modules[__name__]


def learned(kind, name, facts):
    """The facts that the part's constructor cannot do without."""
    options = parts.find(kind, name).options
    needed = {n: facts.get(n) for n, d in options.items() if d is parts.REQUIRED}
    assert None not in needed.values(), f"{kind} '{name}' needs unknown facts: {needed}"
    return needed


def made(kind, name, **options):
    """An instance of a part, without dropout unless asked for."""
    known = parts.find(kind, name).options
    still = {n: 0.0 for n in known if n == "dropout"}
    return parts.find(kind, name).make(**(still | options))


def numpy(structure):
    """Backend tensors anywhere in `structure` as float32 (or bool) arrays."""
    if isinstance(structure, dict):
        return {name: numpy(part) for name, part in structure.items()}
    if isinstance(structure, Stream):
        return Stream(*(numpy(part) for part in structure))
    if isinstance(structure, (tuple, list)):
        return tuple(numpy(part) for part in structure)
    array = keras.ops.convert_to_numpy(
        structure if _is_bool(structure) else keras.ops.cast(structure, "float32")
    )
    return array


def _is_bool(tensor):
    return keras.backend.standardize_dtype(tensor.dtype) == "bool"


def assert_same(got, wanted, rtol=RTOL, atol=ATOL):
    """Equal values where both masks are True, and equal masks.

    atol: of the largest value, where that is above 1; sums of large numbers round more.
    """
    got, wanted = numpy(got), numpy(wanted)
    if isinstance(wanted, dict):
        assert got.keys() == wanted.keys()
        for name in wanted:
            assert_same(got[name], wanted[name], rtol, atol)
        return
    if isinstance(wanted, tuple):
        np.testing.assert_array_equal(got[1], wanted[1])
        got = got[0][got[1]]
        wanted = wanted[0][wanted[1]]
    atol = atol * max(1.0, np.abs(wanted).max(initial=0.0))
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=atol)


def assert_near(got, wanted):
    """Equal masks, and values equal but for the few bits of mixed precision."""
    got, wanted = numpy(got), numpy(wanted)
    np.testing.assert_array_equal(got.mask, wanted.mask)
    assert np.all(np.isfinite(got.values))
    off = np.abs(got.values - wanted.values)[wanted.mask]
    assert off.mean() < ROUGH * np.abs(wanted.values).max()


def values_and_mask(rank, rows=3, seed=0):
    """Random values `(rows, *VALUES[rank])`, the last row shorter than the others."""
    shape = (rows, *VALUES[rank])
    values = np.random.default_rng(seed).normal(size=shape).astype("float32")
    mask = np.ones(shape[:2], bool)
    if shape[1] > 1:
        mask[-1, shape[1] - 2 :] = False
    return values, mask


def padded(array, steps=3, fill=0):
    """`array` with more steps of `fill` on axis 1."""
    width = [(0, 0), (0, steps)] + [(0, 0)] * (array.ndim - 2)
    return np.pad(array, width, constant_values=fill)


def gradients(layer, loss):
    """`{path: gradient}` of `loss()` for the trainable weights, on any backend."""
    weights = layer.trainable_weights
    backend = keras.backend.backend()
    if backend == "tensorflow":
        found = _tensorflow_gradients(weights, loss)
    elif backend == "jax":
        found = _jax_gradients(weights, loss)
    else:
        found = _torch_gradients(weights, loss)
    paths = [f"{i} {w.path}" for i, w in enumerate(weights)]
    return dict(zip(paths, map(np.asarray, found), strict=True))


def _tensorflow_gradients(weights, loss):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = loss()
    found = tape.gradient(value, [w.value for w in weights])
    zeros = [np.zeros(w.shape) for w in weights]
    return [
        z if g is None else tf.convert_to_tensor(g)
        for g, z in zip(found, zeros, strict=True)
    ]


def _jax_gradients(weights, loss):
    import jax

    def scored(arrays):
        mapping = list(zip(weights, arrays, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return loss()

    return jax.jit(jax.grad(scored))([w.value for w in weights])


def _torch_gradients(weights, loss):
    loss().backward()
    return [
        np.zeros(w.shape) if w.value.grad is None else w.value.grad.cpu().numpy()
        for w in weights
    ]


def compiled(function):
    """`function` as the backend compiles it."""
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(function)
    if backend == "jax":
        import jax

        return jax.jit(function)
    return function


def assert_all_train(layer, loss):
    """Every weight is trainable, and `loss()` moves it.

    At once, or after one step of the others: behind a gate that starts closed there is
    no gradient until the gate has moved.
    """
    frozen = [w.path for w in layer.weights if not w.trainable]
    assert not frozen, f"not trainable: {frozen}"
    still = _unmoved(layer, loss)
    if still:
        still &= _unmoved(layer, loss)
    assert not still, f"no gradient reaches {still}"


def _unmoved(layer, loss):
    """Paths of weights without a gradient; the others go a step against theirs."""
    found = gradients(layer, loss)
    weights = zip(layer.trainable_weights, found.values(), strict=True)
    for weight, gradient in weights:
        assert np.all(np.isfinite(gradient)), weight.path
        weight.assign(keras.ops.convert_to_tensor(weight.value) - 0.1 * gradient)
    return {path for path, gradient in found.items() if not np.any(gradient)}


def assert_described(kind, name):
    """What `parts` read from the file is what Python says about the class."""
    part = parts.find(kind, name)
    signature = inspect.signature(part.load())
    told = {
        n: parts.REQUIRED if p.default is p.empty else p.default
        for n, p in signature.parameters.items()
    }
    assert part.options == told
    assert part.summary.endswith(".")
    assert set(part.tunable) <= set(part.options)
    assert part.tunable == getattr(part.load(), "tunable", {})


def stir(layer):
    """Moves every weight a little: fresh biases are zero and hide what they break."""
    generator = np.random.default_rng(11)
    for weight in layer.weights:
        noise = 0.1 * generator.normal(size=weight.shape)
        weight.assign(keras.ops.convert_to_tensor(weight.value) + noise)


def copy_weights(source, target):
    """The weights of one layer to another (on JAX, Keras's own way warns)."""
    for old, new in zip(source.weights, target.weights, strict=True):
        new.assign(keras.ops.convert_to_tensor(old.value))


def assert_rebuilt(kind, name, options, run):
    """Constructor arguments and weights make an equal part again, to the bit."""
    first, second = (made(kind, name, **options) for _ in range(2))
    wanted = numpy(run(first))
    run(second)
    copy_weights(first, second)
    got = numpy(run(second))
    for one, other in zip(_flat(got), _flat(wanted), strict=True):
        np.testing.assert_array_equal(one, other)


def _flat(structure):
    if isinstance(structure, np.ndarray):
        return [structure]
    if isinstance(structure, dict):
        structure = structure.values()
    return [array for part in structure for array in _flat(part)]
