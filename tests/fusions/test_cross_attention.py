import keras
import numpy as np

from homodal.fusions.cross_attention import CrossAttention
from homodal.layers.stream import Stream


def stream(steps, seed):
    values = np.random.default_rng(seed).normal(size=(2, steps, 8)).astype("float32")
    mask = np.ones((2, steps), bool)
    return Stream(*map(keras.ops.convert_to_tensor, (values, mask)))


def present(a, b):
    return {"a": np.full(2, a), "b": np.full(2, b)}


def test_a_lone_column_is_as_if_there_were_no_other():
    fusion, streams = CrossAttention(width=6, dropout=0.0), {"a": stream(3, 0)}
    streams["b"] = stream(4, 1)
    wanted = np.asarray(fusion(streams, present(True, False)).values)
    streams["b"] = stream(4, 2)
    got = np.asarray(fusion(streams, present(True, False)).values)
    np.testing.assert_array_equal(got, wanted)
    values = streams["a"].values
    normed = np.asarray(fusion.after["a"](values))
    pooled = np.concatenate([normed.mean(axis=1), normed.max(axis=1)], axis=-1)
    plain = pooled @ np.asarray(fusion.projections["a"].kernel)
    np.testing.assert_allclose(wanted[:, 0], plain, rtol=1e-5, atol=1e-5)


def test_a_present_column_changes_what_the_others_see():
    fusion = CrossAttention(width=6, dropout=0.0)
    streams = {"a": stream(3, 0), "b": stream(4, 1)}
    both = np.asarray(fusion(streams, present(True, True)).values)
    streams["b"] = stream(4, 2)
    changed = np.asarray(fusion(streams, present(True, True)).values)
    assert np.abs(both - changed).max() > 1e-3


def test_parameters_are_as_the_docstring_says():
    fusion = CrossAttention(width=6)
    fusion({"a": stream(3, 0), "b": stream(4, 1)}, present(True, True))
    biases, scales = 2 * (4 * 8 + 6), 2 * 2 * 8
    assert fusion.count_params() == 2 * (4 * 8**2 + 2 * 8 * 6) + biases + scales


THREE = {"a": 2, "b": 3, "c": 4}


def test_what_each_column_looks_at_can_be_read(sequences):
    fusion, streams = CrossAttention(4, heads=2, dropout=0.0), sequences(THREE)
    present = {n: np.array([True, n != "b"]) for n in "abc"}
    fusion(streams, present)
    found = {k: np.asarray(v) for k, v in fusion.alignment_of(streams, present).items()}
    assert set(found) == {(a, b) for a in "abc" for b in "abc" if a != b}
    assert found["a", "b"].shape == (2, 2, 3)
    total = found["a", "b"].sum(axis=2) + found["a", "c"].sum(axis=2)
    assert (total < 1).all() and (total > 0.1).all()
    assert not found["a", "b"][1].any()  # absent
