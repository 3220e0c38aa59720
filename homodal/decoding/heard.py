"""The logits of a batch, row by row, without what was padding."""

import numpy as np

from homodal.decoding.speech import NEVER

LOUDEST = 10.0  # of what the units before say to a transducer
_WINDOW, _RECURRENCE = ("last", "before"), ("unit", "state", "text")


class Heard:
    """Rows of logits, of CTC or of a transducer.

    Of CTC they are `(rows, steps, 1 + units)`, blank first; of a transducer a dict of
    "sound", the same, and of the tables that its text predictor is, alike in every row.
    Of a window: "last", "before" `(rows, 1 + units, 1 + units)`, logits to add after
    each last unit and each unit before it, by their places from 1, and 0 where there
    was none. Of a recurrence: "unit", "state", "text" (`layers.predictor`).
    """

    def __init__(self, logits):
        tables = isinstance(logits, dict)
        self._sound = np.asarray(logits["sound"] if tables else logits)
        names: tuple[str, ...] = ()
        if tables:
            names = _RECURRENCE if _RECURRENCE[0] in logits else _WINDOW
        # of the first row, if there is one: they are alike in all
        self._tables = {n: np.asarray(logits[n][:1], np.float64) for n in names}

    def __len__(self):
        return len(self._sound)

    def row(self, row):
        """`(sound, said)`: logits of the real steps, and None or what units say.

        said: a function of all units so far (from 0) to logits `(1 + units,)`.
        """
        sound = self._sound[row]
        sound = sound[sound[:, 1] > NEVER / 2]
        if not self._tables:
            return sound, None
        tables = {name: table[0] for name, table in self._tables.items()}
        make = _Recurrence if _RECURRENCE[0] in tables else _Window
        return sound, make(**tables)


class _Window:
    """What the last two units say."""

    def __init__(self, last, before):
        self._last, self._before = last, before
        self._known: dict = {}

    def __call__(self, units):
        recent = (0, 0, *(unit + 1 for unit in units[-2:]))[-2:]
        if recent not in self._known:
            both = self._last[recent[1]] + self._before[recent[0]]
            self._known[recent] = _bounded(both)
        return self._known[recent]


class _Recurrence:
    """What all units say: a gated recurrent unit that remembers its beginnings."""

    def __init__(self, unit, state, text):
        self._unit, self._state, self._text = unit, state, text
        self._known: dict = {}  # states and logits after units

    def __call__(self, units):
        units, begin = tuple(units), len(units)
        while begin and units[:begin] not in self._known:
            begin -= 1
        for end in range(begin, len(units) + 1):
            if units[:end] not in self._known:
                self._known[units[:end]] = self._after(units[:end])
        return self._known[units][1]

    def _after(self, units):
        """The state and the logits after these units, from the state one before."""
        size = len(self._state) - 1
        before = self._known[units[:-1]][0] if units else np.zeros(size)
        given = self._unit[units[-1] + 1 if units else 0]
        kept = before @ self._state[:-1] + self._state[-1]
        update, reset = 1 / (1 + np.exp(-(given + kept)[: 2 * size].reshape(2, size)))
        new = np.tanh(given[2 * size :] + reset * kept[2 * size :])
        state = update * before + (1 - update) * new
        return state, _bounded(state @ self._text[:-1] + self._text[-1])


def _bounded(both):
    return LOUDEST * np.tanh(both / LOUDEST)
