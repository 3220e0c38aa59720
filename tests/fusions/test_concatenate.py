import keras
import numpy as np

from homodal.fusions.concatenate import Concatenate
from homodal.layers.stream import single


def test_equals_the_formula_in_the_order_of_names():
    rng = np.random.default_rng(0)
    arrays = {n: rng.normal(size=(2, 3)).astype("float32") for n in "ba"}
    streams = {n: single(keras.ops.convert_to_tensor(a)) for n, a in arrays.items()}
    here = {n: np.ones(2, bool) for n in "ba"}
    fusion = Concatenate(width=5, dropout=0.0)
    got = np.asarray(fusion(streams, here).values)
    pooled = np.concatenate([arrays[n] for n in "aabb"], axis=1)
    hidden = np.maximum(pooled @ np.asarray(fusion.hidden.kernel), 0)
    wanted = hidden @ np.asarray(fusion.out.kernel)
    np.testing.assert_allclose(got[:, 0], wanted, rtol=1e-5, atol=1e-6)
    assert fusion.count_params() == (2 * 2 * 3 + 1) * 5 + (5 + 1) * 5
