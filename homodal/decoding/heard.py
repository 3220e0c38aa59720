"""The logits of a batch, row by row, without what was padding."""

import numpy as np

from homodal.decoding.speech import NEVER

LOUDEST = 10.0  # of what the units before say to a transducer


class Heard:
    """Rows of logits, of CTC or of a transducer.

    Of CTC they are `(rows, steps, 1 + units)`, blank first; of a transducer `{"sound":
    the same, "last": (rows, 1 + units, 1 + units), "before": the same}`: logits to add
    after each last unit and each unit before it, by their places from 1, and 0 where
    there was none.
    """

    def __init__(self, logits):
        tables = isinstance(logits, dict)
        self._sound = np.asarray(logits["sound"] if tables else logits)
        self._tables = (logits["last"], logits["before"]) if tables else None

    def __len__(self):
        return len(self._sound)

    def row(self, row):
        """`(sound, said)`: logits of the real steps, and None or what units say.

        said: a function of the units so far (from 0) to logits `(1 + units,)`.
        """
        sound = self._sound[row]
        sound = sound[sound[:, 1] > NEVER / 2]
        if self._tables is None:
            return sound, None
        last, before = (np.asarray(table[row], np.float64) for table in self._tables)
        known: dict = {}

        def said(units):
            recent = (0, 0, *(unit + 1 for unit in units[-2:]))[-2:]
            if recent not in known:
                both = last[recent[1]] + before[recent[0]]
                known[recent] = LOUDEST * np.tanh(both / LOUDEST)
            return known[recent]

        return sound, said
