import numpy as np

from homodal.decoding.heard import LOUDEST, Heard
from homodal.decoding.speech import NEVER


def test_masked_steps_are_no_part_of_a_row():
    logits = np.zeros((2, 3, 4))
    logits[1, 2, 1:] = NEVER
    heard = Heard(logits)
    assert len(heard) == 2
    assert [len(heard.row(row)[0]) for row in range(2)] == [3, 2]
    assert heard.row(0)[1] is None


def test_the_two_units_before_say_what_their_tables_do():
    last, before = np.arange(32.0).reshape(2, 1, 4, 4) / 8
    heard = Heard({"sound": np.zeros((1, 3, 4)), "last": last, "before": before})
    _, said = heard.row(0)
    for units, recent in (([], (0, 0)), ([2], (0, 3)), ([0, 1, 2], (2, 3))):
        wanted = last[0, recent[1]] + before[0, recent[0]]
        np.testing.assert_allclose(said(units), LOUDEST * np.tanh(wanted / LOUDEST))
