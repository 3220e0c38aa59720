"""What plain features of a column are: its stored arrays as one long vector a row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Learned = dict[str, NDArray[Any]]
Figures = Sequence[NDArray[Any] | None] | NDArray[Any]

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

    They are made of figures, one array a row, of the arrays that the store keeps. A row
    of which `there` is False has no features, whatever its cell holds.
    """

    summarises: ClassVar = False  # figures are few, and take long to compute

    def figures(self, cell: NDArray[Any]) -> NDArray[Any]:
        """Those of one stored array: by default it itself."""
        return cell

    @abstractmethod
    def learn(self, figures: Figures, there: NDArray[np.bool_]) -> Learned:
        """What turns figures into features, of training rows only: arrays by name."""

    @abstractmethod
    def size(self, learned: Learned) -> int:
        """How many features there are."""

    @abstractmethod
    def matrix(
        self, figures: Figures, there: NDArray[np.bool_], learned: Learned
    ) -> Sparse | NDArray[np.float32]:
        """The features `(rows, size)`; those of a row are of a length of about one."""


class Statistics(PlainFeatures):
    """Figures of a cell, each in standard deviations from its mean.

    summary: a function of one stored array to a vector. spread: True where its numbers
    are many that say the same together: a row's vector is then of a length of about
    one; False: each number is.
    """

    summarises = True

    def __init__(
        self, summary: Callable[[NDArray[Any]], NDArray[Any]], spread: bool = True
    ) -> None:
        self._summary = summary
        self._spread = spread

    def figures(self, cell: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray(self._summary(cell), np.float32).ravel()

    def learn(self, figures: Figures, there: NDArray[np.bool_]) -> Learned:
        """location and scale of each figure, `(size,)`."""
        values = _stacked(figures, np.flatnonzero(there))
        location, scale = values.mean(axis=0), values.std(axis=0)
        constant = scale <= 1e-6 * np.maximum(np.abs(location), 1e-6)
        scale = np.where(constant, np.inf, scale)
        return {"location": location, "scale": scale.astype(np.float32)}

    def size(self, learned: Learned) -> int:
        return len(learned["location"])

    def matrix(
        self, figures: Figures, there: NDArray[np.bool_], learned: Learned
    ) -> NDArray[np.float32]:
        features = np.zeros((len(there), self.size(learned)), np.float32)
        rows = np.flatnonzero(there)
        if len(rows):
            away = _stacked(figures, rows) - learned["location"]
            features[rows] = np.clip(away / learned["scale"], -_FAR, _FAR)
        return features / np.sqrt(self.size(learned)) if self._spread else features


class Flat(Statistics):
    """The numbers of an array of a fixed shape themselves."""

    summarises = False  # they are the array

    def __init__(self) -> None:
        super().__init__(np.ravel, spread=False)


class OneOf(PlainFeatures):
    """A feature for each number that a cell may be; one of them is 1.

    count: how many numbers there are.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def learn(self, figures: Figures, there: NDArray[np.bool_]) -> Learned:
        """Nothing."""
        return {}

    def size(self, learned: Learned) -> int:
        return self._count

    def matrix(
        self, figures: Figures, there: NDArray[np.bool_], learned: Learned
    ) -> Sparse:
        rows = np.flatnonzero(there)
        numbers = _stacked(figures, rows)[:, 0].astype(np.int64)
        offsets = np.concatenate([[0], np.cumsum(there)]).astype(np.int64)
        return Sparse(offsets, numbers, np.ones(len(rows), np.float32), self._count)


def _stacked(figures: Figures, rows: NDArray[np.int64]) -> NDArray[Any]:
    """The figures of these rows as a matrix, `(rows, size)`."""
    if isinstance(figures, np.ndarray):
        return figures[rows].reshape(len(rows), -1)
    return np.array([np.ravel(np.asarray(figures[int(row)])) for row in rows])
