"""The size in pixels that fits the pictures or films of a column."""

import numpy as np

LONGEST_PX = 64
_GRID = 4  # networks halve a picture: keep its sides even, and even when halved


def fitting(seen, longest_px=LONGEST_PX):
    """`(height, width)` in pixels for things whose first two fields are those.

    The median size, shrunk until its longer side is at most `longest_px`, each side a
    multiple of 4 unless it is smaller.

    >>> fitting([(480, 640), (480, 640), (28, 28)])
    (48, 64)
    """
    sides = np.array([item[:2] for item in seen], np.float64)
    height, width = np.median(sides, axis=0)
    scale = min(1.0, longest_px / max(height, width))
    return _on_grid(height * scale), _on_grid(width * scale)


def _on_grid(side):
    if side < 2 * _GRID:
        return max(1, round(side))
    return _GRID * round(side / _GRID)
