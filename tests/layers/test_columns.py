import numpy as np
from keras import ops

from homodal.layers.columns import Projections, SideBySide, pooled_width
from homodal.layers.stream import Stream, single


def streams():
    rng = np.random.default_rng(0)
    arrays = {n: rng.normal(size=(2, 3)).astype("float32") for n in "ba"}
    return arrays, {n: single(ops.convert_to_tensor(a)) for n, a in arrays.items()}


def test_projections_equal_the_formula_in_the_order_of_names():
    arrays, given = streams()
    layer = Projections(4, activation="tanh", bias="ones")
    got = np.asarray(layer(given))
    for place, name in enumerate("ab"):
        pooled = np.concatenate([arrays[name]] * 2, axis=1)
        wanted = np.tanh(pooled @ np.asarray(layer.each[name].kernel) + 1)
        np.testing.assert_allclose(got[:, place], wanted, rtol=1e-5, atol=1e-6)
    assert layer.count_params() == 2 * (2 * 3 + 1) * 4


def test_side_by_side_equals_the_formula():
    arrays, _ = streams()
    layer = SideBySide(5)
    got = np.asarray(layer([arrays["a"], arrays["b"]]))
    hidden = np.concatenate([arrays["a"], arrays["b"]], 1) @ np.asarray(
        layer.hidden.kernel
    )
    wanted = np.maximum(hidden, 0) @ np.asarray(layer.out.kernel)
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
    assert layer.count_params() == (2 * 3 + 1) * 5 + (5 + 1) * 5


def test_a_pooled_column_is_twice_as_wide():
    assert pooled_width({"a": Stream((None, 7, 3), (None, 7))}) == 6
