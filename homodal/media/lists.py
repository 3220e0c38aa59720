"""The list that a cell is, or that its text writes: JSON, Python or NumPy."""

import ast
import json
import re
from typing import Any

import numpy as np

_NUMBERS = re.compile(r"\[\s*[-+.\dEe]+(\s+[-+.\dEe]+)*\s*\]", re.ASCII)
_MOST = 100_000  # characters of a list that is written in a text


def listed(cell: Any) -> list | None:
    """The list of a cell, or None where the cell is none.

    A list, a tuple, an array of one axis; of texts those that begin with "[" and are a
    list in JSON (`["a", "b"]`), in Python (`['a', 'b']`, as pandas writes lists into
    CSV files) or in NumPy (`[0 1 0]`).

    >>> listed("['a', 'b']"), listed("[0 1]"), listed("[sic]")
    (['a', 'b'], [0, 1], None)
    """
    if isinstance(cell, np.ndarray):
        return cell.tolist() if cell.ndim == 1 else None
    if isinstance(cell, (list, tuple)):
        return list(cell)
    if not isinstance(cell, str) or len(cell) > _MOST:
        return None
    text = cell.strip()
    if not (text.startswith("[") and text.endswith("]")):
        return None
    for read in (json.loads, _read_numbers, ast.literal_eval):
        try:
            values = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
        return values if isinstance(values, list) else None
    return None


def _read_numbers(text: str) -> list:
    """Of NumPy's text of an array."""
    if not _NUMBERS.fullmatch(text):
        raise ValueError(text)
    return [json.loads(each.rstrip(".")) for each in text[1:-1].split()]
