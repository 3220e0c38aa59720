import numpy as np

from homodal.tables.samples import Samples


def test_a_message_does_not_print_every_sample():
    cell = Samples(np.zeros((9, 2), np.int16), 8000)
    assert repr(cell) == "Samples(int16 (9, 2), rate_hz=8000)"
