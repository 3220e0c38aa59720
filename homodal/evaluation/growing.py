"""An array that grows batch by batch, and takes no more memory than its values."""

import numpy as np

_FIRST = 1024  # values there is room for at the start


class Growing:
    """Values `(n,)` of one dtype; thousands of little arrays would cost twice as much.

    Where there is no room left it is made twice as large: untouched, it costs nothing.
    """

    def __init__(self, dtype):
        self._room = np.empty(_FIRST, dtype)
        self._count = 0

    def __len__(self):
        return self._count

    def add(self, values):
        """Append `values (batch,)`."""
        count = self._count + len(values)
        if count > len(self._room):
            room = np.empty(max(count, 2 * len(self._room)), self._room.dtype)
            room[: self._count] = self.values
            self._room = room
        self._room[self._count : count] = values
        self._count = count

    @property
    def values(self):
        """All so far, a view that is not to be written to."""
        return self._room[: self._count]
