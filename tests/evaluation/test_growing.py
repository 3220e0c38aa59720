import numpy as np

from homodal.evaluation.growing import Growing


def test_values_stand_in_their_order_whatever_the_batches():
    growing = Growing(np.int32)
    assert growing.values.tolist() == []
    sizes = [3, 0, 1021, 1, 5000]
    begin = 0
    for size in sizes:
        growing.add(np.arange(begin, begin + size))
        begin += size
    assert len(growing) == sum(sizes)
    assert np.array_equal(growing.values, np.arange(sum(sizes)))
    assert growing.values.dtype == np.int32
