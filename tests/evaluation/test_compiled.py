import numpy as np
import pytest
from keras import ops

from homodal.evaluation.compiled import compiled


@pytest.mark.parametrize("free", [1, 2])
def test_a_compiled_function_takes_other_shapes(free):
    doubled = compiled(lambda given: {"twice": 2 * given["x"]}, free=free)
    for shape in ((2, 3), (5, 3), (4, 7))[: 1 + free]:
        array = np.ones(shape, "float32")
        found = doubled({"x": ops.convert_to_tensor(array)})["twice"]
        np.testing.assert_array_equal(ops.convert_to_numpy(found), 2 * array)
