import keras
import numpy as np

from homodal.fusions.mean import Mean
from homodal.layers.stream import single


def answer(fusion, columns):
    rng = np.random.default_rng(0)
    arrays = rng.normal(size=(3, 2, 3)).astype("float32")
    streams = {
        n: single(keras.ops.convert_to_tensor(a))
        for n, a in zip("abc", arrays, strict=True)
    }
    here = {n: np.full(2, n in columns) for n in "abc"}
    return np.asarray(fusion(streams, here).values)


def test_the_answer_is_the_mean_of_the_present_columns():
    fusion = Mean(width=4, dropout=0.0)
    alone = {n: answer(fusion, n) for n in "abc"}
    for columns in ("ab", "bc", "abc"):
        wanted = np.mean([alone[n] for n in columns], axis=0)
        got = answer(fusion, columns)
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(answer(fusion, ""), 0)
    assert fusion.count_params() == 3 * (2 * 3 + 1) * 4
