"""What plain features of a column are: its stored arrays as one long vector a row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Learned = dict[str, NDArray[Any]]
Cells = Sequence[NDArray[Any] | None] | NDArray[Any]

_FAR = 10.0  # deviations; one wild value must not rule a linear model


@dataclass(frozen=True)
class Sparse:
    """A matrix whose rows hold few numbers.

    offsets: `(rows + 1,)`, where each row begins; numbers: the columns, and values:
    what stands there, both of all rows after one another; width: how many columns.
    """

    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64]
    values: NDArray[np.float32]
    width: int

    def __matmul__(self, kernel: NDArray[np.float32]) -> NDArray[np.float32]:
        """The product with `(width, units)`: `(rows, units)`."""
        product = np.zeros((len(self.offsets) - 1, kernel.shape[1]), np.float32)
        filled = np.flatnonzero(np.diff(self.offsets))
        if len(filled):
            parts = self.values[:, None] * kernel[self.numbers]
            product[filled] = np.add.reduceat(parts, self.offsets[filled], axis=0)
        return product


class PlainFeatures(ABC):
    """The plain features of one column.

    Cells are a column's arrays as the store keeps them, a sequence with one a row; a
    row of which `there` is False has no features, whatever its cell holds.
    """

    @abstractmethod
    def learn(self, cells: Cells, there: NDArray[np.bool_]) -> Learned:
        """What turns cells into features, of training rows only: arrays by name."""

    @abstractmethod
    def size(self, learned: Learned) -> int:
        """How many features there are."""

    @abstractmethod
    def matrix(
        self, cells: Cells, there: NDArray[np.bool_], learned: Learned
    ) -> Sparse | NDArray[np.float32]:
        """The features `(rows, size)`; those of a row are of a length of about one."""


class Statistics(PlainFeatures):
    """Figures of a cell, each in standard deviations from its mean.

    figures: a function of one stored array to a vector. spread: True where they are
    many that say the same together: a row's vector is then of a length of about one;
    False: each figure is.
    """

    def __init__(
        self, figures: Callable[[NDArray[Any]], NDArray[Any]], spread: bool = True
    ) -> None:
        self._figures = figures
        self._spread = spread

    def learn(self, cells: Cells, there: NDArray[np.bool_]) -> Learned:
        """location and scale of each figure, `(size,)`."""
        values = self._values(cells, np.flatnonzero(there))
        location, scale = values.mean(axis=0), values.std(axis=0)
        constant = scale <= 1e-6 * np.maximum(np.abs(location), 1e-6)
        scale = np.where(constant, np.inf, scale)
        return {"location": location, "scale": scale.astype(np.float32)}

    def size(self, learned: Learned) -> int:
        return len(learned["location"])

    def matrix(
        self, cells: Cells, there: NDArray[np.bool_], learned: Learned
    ) -> NDArray[np.float32]:
        features = np.zeros((len(there), self.size(learned)), np.float32)
        rows = np.flatnonzero(there)
        if len(rows):
            away = self._values(cells, rows) - learned["location"]
            features[rows] = np.clip(away / learned["scale"], -_FAR, _FAR)
        return features / np.sqrt(self.size(learned)) if self._spread else features

    def _values(self, cells: Cells, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        figures = [self._figures(np.asarray(cells[int(row)])) for row in rows]
        return np.asarray(figures, np.float32)


class Flat(Statistics):
    """The numbers of an array of a fixed shape themselves."""

    def __init__(self) -> None:
        super().__init__(np.ravel, spread=False)

    def _values(self, cells: Cells, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        if isinstance(cells, np.ndarray):
            return cells[rows].reshape(len(rows), -1).astype(np.float32)
        return super()._values(cells, rows)


class OneOf(PlainFeatures):
    """A feature for each number that a cell may be; one of them is 1.

    count: how many numbers there are.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def learn(self, cells: Cells, there: NDArray[np.bool_]) -> Learned:
        """Nothing."""
        return {}

    def size(self, learned: Learned) -> int:
        return self._count

    def matrix(
        self, cells: Cells, there: NDArray[np.bool_], learned: Learned
    ) -> Sparse:
        rows = np.flatnonzero(there)
        if isinstance(cells, np.ndarray):
            numbers = cells[rows].reshape(len(rows), -1)[:, 0].astype(np.int64)
        else:
            firsts = [np.asarray(cells[int(row)]).flat[0] for row in rows]
            numbers = np.array(firsts, np.int64)
        offsets = np.concatenate([[0], np.cumsum(there)]).astype(np.int64)
        return Sparse(offsets, numbers, np.ones(len(rows), np.float32), self._count)
