"""Samples of a sound in memory, with the rate that they were taken at."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Samples:
    """A sound as a cell: what a table makes of `{"array": …, "sampling_rate": …}`.

    array: `(steps,)`, `(steps, channels)` or `(channels, steps)`, floats or integers.
    rate_hz: samples a second, None where nobody says it.
    """

    array: np.ndarray
    rate_hz: float | None = None

    def __repr__(self) -> str:
        head = f"{self.array.dtype} {self.array.shape}"
        return f"Samples({head}, rate_hz={self.rate_hz})"
