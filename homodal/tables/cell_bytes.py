"""What is in a cell, as bytes: equal for equal cells and for no others."""

from typing import Any

import numpy as np

from homodal.tables.samples import Samples


def cell_bytes(cell: Any) -> bytes:
    """The kind of a cell, its length and its content: no two cells share them."""
    if isinstance(cell, Samples):
        return cell_bytes([cell.rate_hz, cell.array])
    if isinstance(cell, np.ndarray) and cell.dtype.hasobject:  # whose bytes are none
        cell = cell.tolist()
    if isinstance(cell, np.ndarray):
        content = str((cell.dtype.str, cell.shape)).encode() + cell.tobytes()
    elif isinstance(cell, bytes):
        content = cell
    elif isinstance(cell, (list, tuple)):
        content = b"".join(map(cell_bytes, cell))
    elif isinstance(cell, dict):
        content = b"".join(map(cell_bytes, [*cell.keys(), *cell.values()]))
    else:
        content = repr(cell).encode("utf-8", "replace")
    return f"{type(cell).__name__} {len(content)} ".encode() + content
