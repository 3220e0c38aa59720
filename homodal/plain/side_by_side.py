"""Feature matrices of several columns as one, each multiplied in its own form."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class SideBySide:
    """Matrices of the same rows: NumPy arrays, and sparse ones of SciPy in row order.

    A dense matrix in sparse form takes seven times as long to multiply.
    """

    def __init__(self, blocks: Sequence[Any]) -> None:
        self._blocks = blocks
        self._ends = np.cumsum([block.shape[1] for block in blocks])
        self.shape = blocks[0].shape[0], int(self._ends[-1])

    def __getitem__(self, rows: Array) -> "SideBySide":
        return SideBySide([block[rows] for block in self._blocks])

    def __matmul__(self, kernel: Array) -> Array:
        """The product with `(width, units)`: `(rows, units)`."""
        parts = np.split(kernel, self._ends[:-1])
        pairs = zip(self._blocks, parts, strict=True)
        return np.sum([block @ part for block, part in pairs], axis=0)

    def transposed(self) -> "Transposed":
        """Its rows as columns."""
        return Transposed(self._blocks)


class Transposed:
    """The same matrices turned; sparse ones are brought into row order once."""

    def __init__(self, blocks: Sequence[Any]) -> None:
        self._blocks = [
            block.T if isinstance(block, np.ndarray) else block.T.tocsr()
            for block in blocks
        ]

    def __matmul__(self, slopes: Array) -> Array:
        """The product with `(rows, units)`: `(width, units)`."""
        return np.concatenate([block @ slopes for block in self._blocks])
