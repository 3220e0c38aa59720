"""One name for one category, however a table writes it."""

import math
import re
import unicodedata

from homodal.errors import BadCell
from homodal.media import files

_WHOLE = re.compile(r"([+-]?(?:0|[1-9][0-9]*))\.0+", re.ASCII)
_LIMIT = 200  # characters; a longer cell is a text


def name_of(cell):
    """The name that a cell stands for. Raises `BadCell`.

    One rule for categories and labels, so that a table read from CSV and the same
    table from pandas agree: 1, 1.0 and "1" are "1"; True and "true" are "true"; white
    space around a name and between its words is one space; Unicode is composed (NFC).
    "01" stays "01": it may be a code.

    >>> name_of(1.0), name_of(" 1.0"), name_of(True), name_of("01")
    ('1', '1', 'true', '01')
    """
    if hasattr(cell, "item") and getattr(cell, "shape", None) == ():
        cell = cell.item()
    if isinstance(cell, (bool, int, float)):
        if isinstance(cell, float) and not math.isfinite(cell):
            raise BadCell(f"not a name: {cell}")
        cell = str(cell)
    if not isinstance(cell, str):
        raise BadCell(f"not a name: {files.shown(cell)}")
    if len(cell) > 4 * _LIMIT:
        raise BadCell(f"too long for a name: {len(cell):,} characters")
    return _uniform(cell)


def _uniform(text):
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    text = " ".join(text.replace("\x00", " ").split())
    if not text:
        raise BadCell("an empty name")
    if len(text) > _LIMIT:
        raise BadCell(f"too long for a name: {len(text):,} characters")
    if text.lower() in ("true", "false"):
        return text.lower()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def name_or_cell(cell):
    """The name that a cell stands for, or the cell itself where it is no name.

    >>> name_or_cell(" 1.0 "), name_or_cell(None)
    ('1', None)
    """
    try:
        return name_of(cell)
    except BadCell:
        return cell
