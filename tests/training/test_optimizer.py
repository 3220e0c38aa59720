"""One long vector of weights: the same numbers as one variable after the other."""

import keras
import numpy as np
import pytest

from homodal.training.optimizer import FlatAdamW

RATE, DECAY, CLIP = 0.01, 0.1, 0.5


def variables():
    rng = np.random.default_rng(0)
    shapes = {"kernel": (3, 4), "bias": (4,), "scalar": (), "table": (5, 2)}
    return [
        keras.Variable(rng.normal(size=shape), dtype="float32", name=name)
        for name, shape in shapes.items()
    ]


def values(found):
    return [np.asarray(variable.value) for variable in found]


def gradients(step):
    rng = np.random.default_rng([1, step])
    arrays = [rng.normal(size=v.shape).astype("float32") for v in variables()]
    return [keras.ops.convert_to_tensor(a * (step + 1) / 8) for a in arrays]


def made(decayed=lambda variable: variable.name != "bias", clip_norm=CLIP):
    return FlatAdamW(RATE, weight_decay=DECAY, clip_norm=clip_norm, decayed=decayed)


def stepped(optimizer, steps=4):
    found = variables()
    for step in range(steps):
        optimizer.apply(gradients(step), found)
    return values(found)


def by_the_formula(steps=4):
    weights = [array.astype("float64") for array in values(variables())]
    mean = [np.zeros_like(w) for w in weights]
    power = [np.zeros_like(w) for w in weights]
    for t in range(1, steps + 1):
        given = [np.asarray(g, "float64") for g in gradients(t - 1)]
        norm = np.sqrt(sum(np.sum(g**2) for g in given))
        for i, g in enumerate(given):
            g = g * min(1, CLIP / norm)
            mean[i] = 0.9 * mean[i] + 0.1 * g
            power[i] = 0.999 * power[i] + 0.001 * g**2
            unbias = np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            decay = 0.0 if i == 1 else DECAY
            towards = unbias * mean[i] / (np.sqrt(power[i]) + 1e-7)
            weights[i] = weights[i] - RATE * (towards + decay * weights[i])
    return weights


def test_the_formula():
    for found, wanted in zip(stepped(made()), by_the_formula(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_the_same_as_kerass_own():
    own = keras.optimizers.AdamW(RATE, weight_decay=DECAY, global_clipnorm=CLIP)
    own.exclude_from_weight_decay(var_names=["bias"])
    for found, wanted in zip(stepped(made()), stepped(own), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_a_short_gradient_is_not_made_longer():
    wide, wider = stepped(made(clip_norm=1e3)), stepped(made(clip_norm=1e6))
    for one, other in zip(wide, wider, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.allclose(wide[0], stepped(made())[0], atol=1e-5)


def test_a_weight_without_a_gradient_is_one_with_a_gradient_of_zero():
    found, wanted = variables(), variables()
    without, zero = gradients(0), gradients(0)
    without[0], zero[0] = None, keras.ops.zeros_like(zero[0])
    made().apply(without, found)
    made().apply(zero, wanted)
    for one, other in zip(values(found), values(wanted), strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_goes_on_from_its_variables():
    optimizer, found = made(), variables()
    optimizer.apply(gradients(0), found)
    kept = values([*optimizer.variables, *found])
    again, restored = made(), variables()
    again.build(restored)
    for variable, value in zip([*again.variables, *restored], kept, strict=True):
        variable.assign(value)
    optimizer.apply(gradients(1), found)
    again.apply(gradients(1), restored)
    for one, other in zip(values(found), values(restored), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
def test_a_model_with_an_embedding_is_fitted(policy):
    keras.utils.set_random_seed(0)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = keras.Sequential(
            [
                keras.layers.Embedding(6, 4),
                keras.layers.Flatten(),
                keras.layers.Dense(1, dtype="float32"),
            ]
        )
    finally:
        keras.config.set_dtype_policy(before)
    model.compile(optimizer=FlatAdamW(0.05, clip_norm=10.0), loss="mse")
    tokens = np.arange(48).reshape(16, 3) % 6
    answers = tokens.sum(axis=1, keepdims=True).astype("float32") / 6
    losses = model.fit(tokens, answers, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.05 * losses[0]


def test_the_gradients_of_watched_groups_are_measured_before_clipping():
    first, second, _, third = found = [
        keras.Variable(np.zeros(n, "float32"), name=f"w{n}") for n in (3, 2, 5, 4)
    ]
    optimizer = FlatAdamW(0.1, watched={"a": [first, third], "b": [second]})
    optimizer.build(found)

    def step(size):
        optimizer.apply([keras.ops.full(v.shape, size) for v in found])
        return optimizer.norms

    assert step(2.0) == pytest.approx({"a": 2 * 7**0.5, "b": 2 * 2**0.5})
    second_step = {"a": (0.95 * 2 + 0.05 * 4) * 7**0.5, "b": 2.1 * 2**0.5}
    assert step(4.0) == pytest.approx(second_step)
    assert FlatAdamW(0.1).norms == {}
    # JAX gives the buffer of each variable away, and may not do so twice
    assert not {id(v) for v in optimizer.variables} & {id(v) for v in found}
