"""Users' labels and column names, made safe to show: nothing hidden, nothing too long.

A label is whatever stood in a cell: it may hold line breaks, terminal escape sequences
or thousands of characters, and must not steer the terminal or burst a table.
"""

from rich.cells import cell_len

_JOINER = "\u200d"  # not "printable", yet it holds emoji families together
_MARK = "..."  # three full stops, since every encoding and every font has them


def printable(text, encoding="utf-8"):
    """`text` on one line, with what cannot be shown written as an escape: `\\x1b`."""
    shown = "".join(map(_escape, str(text)))
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def cut(text, width):
    """`text` shortened to at most `width` terminal cells (a Chinese letter takes 2)."""
    if cell_len(text) <= width:
        return text
    kept = text[:width]
    while kept and cell_len(kept) > width - len(_MARK):
        kept = kept[:-1]
    return kept + _MARK


def _escape(letter):
    if letter.isprintable() or letter == _JOINER:
        return letter
    return letter.encode("unicode_escape").decode("ascii")
