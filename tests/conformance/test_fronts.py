"""What every front promises, on cells that its own modality makes, reads and learns."""

import keras
import numpy as np
import pytest
from keras import ops

from homodal import parts
from homodal.layers.contracts import Front

every_front = pytest.mark.parametrize("name", parts.names("front"))
ROWS = 4


@pytest.fixture
def column(promises, name, tmp_path):
    """`(options, arrays, mask)` of the front, by way of its modality."""
    part = parts.find("modality", name)
    modality, rng = part.make(), np.random.default_rng(0)
    arrays = [modality.read(modality.example(tmp_path, rng)) for _ in range(ROWS)]
    facts = modality.learn(arrays)
    encoded = [modality.encode(array, facts) for array in arrays]
    options = promises.learned("front", name, part.options | facts)
    return options, *_together(encoded, modality.dtype)


def _together(arrays, dtype):
    steps = max(len(array) for array in arrays)
    together = np.zeros((ROWS, steps, *arrays[0].shape[1:]), dtype)
    mask = np.zeros((ROWS, steps), bool)
    for i, array in enumerate(arrays):
        together[i, : len(array)] = array
        mask[i, : len(array)] = True
    if steps > 1 and arrays[-1].ndim == 1:
        mask[-1, steps - steps // 3 :] = False
    return together, mask


@every_front
def test_is_described_as_it_is(promises, name):
    promises.assert_described("front", name)
    assert issubclass(parts.find("front", name).load(), Front)
    assert name in parts.names("modality")


@every_front
@pytest.mark.parametrize("policy", ("float32", "mixed_bfloat16", "mixed_float16"))
def test_gives_finite_values_that_encoders_take(
    promises, precision, column, name, policy
):
    precision(policy)
    options, arrays, mask = column
    values, real = promises.made("front", name, **options)(arrays, mask)
    assert len(values.shape) in (3, 4, 5)
    assert real.shape == values.shape[:2]
    assert keras.backend.standardize_dtype(real.dtype) == "bool"
    dtype = keras.backend.standardize_dtype(values.dtype)
    assert dtype == policy.removeprefix("mixed_")
    assert np.all(np.isfinite(promises.numpy(values)))
    assert promises.numpy(real).any(axis=1).all()


@every_front
def test_padding_never_changes_the_result(promises, column, name):
    options, arrays, mask = column
    front = promises.made("front", name, **options)
    front(arrays, mask)
    promises.stir(front)
    values, real = promises.numpy(front(arrays, mask))
    noise = np.nan if arrays.dtype.kind == "f" else 1
    arrays = arrays.copy()
    arrays[~mask] = noise
    for more in (0, 1, 97):
        longer = promises.padded(arrays, more, noise), promises.padded(mask, more)
        got = promises.numpy(front(*longer))
        steps = real.shape[1]
        assert not got[1][:, steps:].any()
        promises.assert_same(
            (got[0][:, :steps], got[1][:, :steps]), (values, real), atol=1e-5
        )


@every_front
def test_masked_values_are_zero(promises, column, name):
    options, arrays, mask = column
    mask[0] = False  # an absent cell
    front = promises.made("front", name, **options)
    values, real = promises.numpy(front(arrays, mask))
    assert not real[0].any()
    assert not values[~real].any()


@every_front
def test_rows_never_see_each_other(promises, column, name):
    options, arrays, mask = column
    front = promises.made("front", name, **options)
    values, real = promises.numpy(front(arrays, mask))
    alone = promises.numpy(front(arrays[:1], mask[:1]))
    promises.assert_same(alone, (values[:1], real[:1]), atol=1e-5)


@every_front
def test_every_weight_trains(promises, column, name):
    options, arrays, mask = column
    front = promises.made("front", name, **options)
    values, _ = front(arrays, mask)
    goal = np.random.default_rng(3).normal(size=values.shape[1:]).astype("float32")
    if front.weights:
        promises.assert_all_train(
            front, lambda: ops.sum(goal * front(arrays, mask, training=True)[0])
        )


@every_front
def test_is_rebuilt_from_arguments_and_weights(promises, column, name):
    options, arrays, mask = column
    promises.assert_rebuilt("front", name, options, lambda f: f(arrays, mask))


@every_front
def test_same_seed_same_output_also_in_training(promises, column, name):
    options, arrays, mask = column

    def fresh():
        keras.utils.set_random_seed(5)
        front = parts.find("front", name).make(**options)
        return promises.numpy(front(arrays, mask, training=True))

    promises.assert_same(fresh(), fresh(), rtol=0, atol=0)


@every_front
def test_compiles(promises, column, name):
    options, arrays, mask = column
    front = promises.made("front", name, **options)
    wanted = promises.numpy(front(arrays, mask))
    got = promises.compiled(lambda a, m: tuple(front(a, m)))(arrays, mask)
    promises.assert_same(got, wanted, atol=1e-5)
