"""Workbooks of Excel and LibreOffice, one sheet as a table, through python-calamine.

The first row holds the names. Dates stay dates; whole numbers are whole; a formula is
the value that was saved with it; an empty cell, and an error such as #N/A, is absent.
Rows without any cell in the middle of the sheet stay rows.
"""

import datetime
import sys
from typing import Any

from homodal.errors import TableError, did_you_mean
from homodal.optional import require
from homodal.tables.cell_arrays import column_array
from homodal.tables.encodings import Opener
from homodal.tables.text_files import refuse_doubles

SUFFIXES = (".xlsx", ".xls", ".ods")
_EXACT = 2**53  # from here on a float may stand for several whole numbers


def read_workbook(opened: Opener, name: str, sheet: str | None = None) -> Any:
    """A `pyarrow.Table` of a sheet: the one named, or the first with any cell.

    Says on stderr which it was where there are others. Raises `TableError`,
    `MissingPackage`.
    """
    import pyarrow as pa

    calamine = require("python_calamine", f"reading '{name}'")
    try:
        with opened() as file:
            book = calamine.CalamineWorkbook.from_filelike(file)
            titles = [sheet] if sheet else book.sheet_names
            _require_sheet(book, name, sheet)
            sheets = {t: book.get_sheet_by_name(t).to_python() for t in titles}
    except calamine.CalamineError as error:
        raise TableError(f"'{name}' cannot be read as a workbook: {error}") from None
    filled = {title: rows for title, rows in sheets.items() if rows}
    if not filled:
        raise TableError(
            f"'{name}' has no cells" + (f" in the sheet '{sheet}'" if sheet else ""),
            expected="a table with a header",
        )
    title, others = next(iter(filled)), list(filled)[1:]
    if others:
        print(
            f"Reading the sheet '{title}' of {name}. To read another: "
            f"'{name}#{others[0]}'",
            file=sys.stderr,
        )
    header, *rows = filled[title]
    names = _names(header, rows, name)
    refuse_doubles(list(names.values()), name)
    columns = {n: _column([r[i] for r in rows], n) for i, n in names.items()}
    return pa.table(columns)


def _require_sheet(book, name, sheet):
    if sheet and sheet not in book.sheet_names:
        raise TableError(
            f"'{name}' has no sheet '{sheet}'",
            expected="one of: " + ", ".join(book.sheet_names),
            do=did_you_mean(sheet, book.sheet_names),
        )


def _names(header, rows, name):
    """`{place: name}` of the columns; one without a name and any cell is left out.

    Raises `TableError` for a column with cells and no name.
    """
    names = {}
    for place, cell in enumerate(header):
        title = str(_cell(cell)).strip() if cell != "" else ""
        if title:
            names[place] = title
        elif any(row[place] != "" for row in rows):
            raise TableError(
                f"'{name}' has cells in column {_letters(place)}, which has no name",
                expected="names in the first row",
                do="Name it, or empty it",
            )
    return names


def _letters(place):
    """A, B, …, Z, AA, … as spreadsheets name columns."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _column(cells, name):
    cells = [_cell(cell) for cell in cells]
    kinds = {type(cell) for cell in cells}
    if {datetime.date, datetime.datetime} <= kinds:  # midnight is kept as a date
        cells = [_at_midnight(cell) for cell in cells]
    return column_array(cells, name)


def _cell(cell):
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    return cell


def _at_midnight(cell):
    if type(cell) is not datetime.date:
        return cell
    return datetime.datetime.combine(cell, datetime.time())
