"""Arrow columns of texts and numbers, of which many cells are looked at at once."""

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np

_LONGEST = 40  # characters of a number
_NUMBER = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", re.ASCII)

# printable ASCII but for the single quote and the backslash
_UNQUOTED = r"^[ -&(-\[\]-~]*$"


def is_plain(values: Any) -> bool:
    """Whether cells are texts, whole numbers, truth values or numbers."""
    import pyarrow as pa

    kind = values.type
    return (
        _is_text(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_floating(kind)
    )


def without_absent(values: Any, words: Collection[str]) -> Any:
    """Plain values, null where `tables.table.is_absent` says that there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if _is_text(values.type):
        known = pa.array(sorted({*words, ""}), values.type)
        absent = pc.is_in(pc.utf8_trim_whitespace(values), known)
    elif pa.types.is_floating(values.type):
        absent = pc.is_nan(values)
    else:
        return values
    if not pc.any(absent).as_py():
        return values
    return pc.if_else(absent, pa.scalar(None, values.type), values)


def different_values(values: Any, before: Any = None) -> tuple[Any, int]:
    """`(the different values of an array and of those before, how many are there)`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    there = values.drop_null()
    if pa.types.is_floating(there.type):
        there = pc.add(there.cast(pa.float64()), 0.0)  # -0 is 0
    different = there.unique()
    if before is not None:
        different = pa.concat_arrays([before, different]).unique()
    return different, len(there)


def all_cell_bytes(values: Any) -> bytes | None:
    """`cell_bytes` of each cell, joined; None where `reprs` is."""
    import pyarrow.compute as pc

    texts = reprs(values)
    if texts is None:
        return None
    kind = "str" if _is_text(values.type) else "int"
    sizes = pc.binary_length(texts).cast(texts.type)
    cells = joined([kind, sizes, texts], " ")
    cells = pc.if_else(values.is_null(), "NoneType 4 None", cells)
    _, offsets, content = cells.buffers()
    begin, end = cells.offset, cells.offset + len(cells)
    offsets = np.frombuffer(offsets, np.int64)
    return bytes(memoryview(content or b"")[offsets[begin] : offsets[end]])


def reprs(values: Any) -> Any:
    """An Arrow array of what `repr` makes of each cell; None where that is not plain.

    Plain are whole numbers, and texts of ASCII that nothing in is quoted of.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(values.type):
        return values.cast(pa.large_string()).fill_null("None")
    if not _is_text(values.type):
        return None
    values = values.cast(pa.large_string())
    plain = pc.match_substring_regex(values, _UNQUOTED)
    if not pc.all(plain).as_py():
        return None
    return joined(["'", values, "'"]).fill_null("None")


def name_nothing(cells: Iterable, folder: Path) -> bool:
    """True where cells are numbers, and no file in the folder is called so."""
    texts = []
    for cell in cells:
        if isinstance(cell, str) and len(cell) <= _LONGEST and _NUMBER.fullmatch(cell):
            texts.append(cell)
        elif not isinstance(cell, (int, float, type(None))):
            return False
    start = f"{folder}{os.sep}"
    return not any(os.path.exists(start + text) for text in texts)  # noqa: PTH110, quick


def joined(parts: list, sign: str = "") -> Any:
    """Arrays of large texts, and texts, put together row by row, `sign` between."""
    import pyarrow as pa
    import pyarrow.compute as pc

    large = pa.large_string()
    each = [pa.scalar(p, large) if isinstance(p, str) else p for p in (*parts, sign)]
    return pc.binary_join_element_wise(*each)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
