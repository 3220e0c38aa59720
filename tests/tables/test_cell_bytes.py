"""Equal bytes for equal cells, and for no others."""

from itertools import combinations

import numpy as np

from homodal.tables.cell_bytes import cell_bytes
from homodal.tables.samples import Samples

CELLS = [
    None, True, 1, 1.0, "1", b"1", ["1"], ["1", None], [["1"], []], [["1", []]], "",
    [], {}, {"a": 1}, {"a": "1"}, np.zeros(2), np.zeros(2, np.int8),
    np.zeros((1, 2)), np.array([1, None]), np.array([None, 1]),
    Samples(np.zeros(2), 8000), Samples(np.zeros(2), 16000), Samples(np.ones(2), 8000),
]  # fmt: skip


def test_no_two_cells_share_their_bytes():
    for one, other in combinations(CELLS, 2):
        assert cell_bytes(one) != cell_bytes(other), (one, other)


def test_equal_cells_are_equal():
    assert cell_bytes(np.arange(9)[::2]) == cell_bytes(np.array([0, 2, 4, 6, 8]))
    assert cell_bytes(Samples(np.ones(2), 1.0)) == cell_bytes(Samples(np.ones(2), 1.0))
