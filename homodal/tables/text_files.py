"""Tables written as text: CSV with any delimiter, TSV; also compressed.

Every cell stays the text that it is: a modality decides what it means. The delimiter is
the one that cuts the first lines into equally many pieces. A quote that is never closed
would swallow rows in silence: it is an error. Where there is one column, an empty line
is a row whose cell is empty; what follows the last line feed is a row only where there
is anything.
"""

import contextlib
import csv
import io

from homodal.errors import ColumnError, TableError
from homodal.tables import pages
from homodal.tables.encodings import encoding_of, explained

_DELIMITERS = (",", "\t", ";", "|")
_HEAD_BYTES = 1 << 16
_BLOCK_BYTES = 16 * 2**20  # of text parsed at once; no row may be longer
_LONGEST_CELL = 2**31 - 1
_SAMPLE_LINES = 20


def read_csv(opened, name, delimiter=None, encoding=None):
    """A `pyarrow.Table` of text columns. Raises `TableError`, `ColumnError`.

    opened: a function that opens the (decompressed) file at its start; name: for
    errors; delimiter: None finds it in the first lines; encoding: None is as
    `encodings.encoding_of` finds it.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    encoding = encoding_of(opened, encoding)
    head = _head(opened, encoding, name)
    delimiter = delimiter or _delimiter(head)
    names = next(csv.reader(io.StringIO(head), delimiter=delimiter), [])
    if not names:
        raise TableError(f"'{name}' has no header", expected="column names")
    refuse_doubles(names, name)
    broken: list[bool] = []
    try:
        with opened() as file:
            reader = arrow_csv.open_csv(
                _as_utf8(file, encoding),
                # without threads an error names its row
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=_BLOCK_BYTES
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=len(names) > 1,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string())
                ),
            )
            table = pages.kept(reader.schema, _watched(reader, broken))
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if "Empty CSV" in str(error):  # nothing below the header
            return pa.table({name: pa.array([], pa.string()) for name in names})
        told = None if _of_letters(error) else _torn(opened, name, encoding, delimiter)
        raise told or _explained(opened, name, encoding, error) from None
    if broken and (torn := _torn(opened, name, encoding, delimiter)):
        raise torn
    return table


def refuse_doubles(names, where):
    """Raise `ColumnError` for a column name that comes twice."""
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ColumnError(
            f"{where} has more than one column named '{doubled[0]}'",
            expected="every column name once",
            got=", ".join(names),
            do="Rename one of them",
        )


def _head(opened, encoding, name):
    """The first lines as text; a letter that the cut has broken is left out."""
    with opened() as file:
        start = file.read(_HEAD_BYTES)
    try:
        return start.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start > len(start) - 4:
            return start[: error.start].decode(encoding)
        raise _explained(opened, name, encoding, error) from None


def _delimiter(head):
    """The first of the known ones that cuts all the first lines into as many pieces."""
    text = head if len(head) < _HEAD_BYTES // 4 else head.rpartition("\n")[0]
    best, most = ",", 1
    for delimiter in _DELIMITERS:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter)
        try:
            sizes = [len(row) for row, _ in zip(rows, range(_SAMPLE_LINES)) if row]  # noqa: B905
        except csv.Error:
            continue
        if sizes and min(sizes) == max(sizes) > most:
            best, most = delimiter, sizes[0]
    if most == 1 and "," not in text.partition("\n")[0]:  # ragged lines, or one column
        first = text.partition("\n")[0]
        best = max(_DELIMITERS, key=first.count)
        best = best if first.count(best) else ","
    return best


def _as_utf8(file, encoding):
    if encoding.startswith("utf-8"):
        return file
    import pyarrow as pa

    return pa.transcoding_input_stream(pa.PythonFile(file, "r"), encoding, "utf-8")


def _watched(reader, broken):
    """The batches; `broken` is added to where a cell goes over several lines."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for batch in reader:
        if not broken and any(
            pc.any(pc.match_substring(column, end)).as_py()
            for column in batch.columns
            if pa.types.is_string(column.type)
            for end in "\n\r"
        ):
            broken.append(True)
        yield batch


def _torn(opened, name, encoding, delimiter):
    """The error of the first row that is not as the header, or None where all are.

    Read again, a row at a time: Arrow takes what follows an open quote for its cell.
    """
    begin, width = 1, 0
    with opened() as file, _cells_of_any_size():
        text = io.TextIOWrapper(file, encoding, newline="")
        rows = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for row in rows:
                width = width or len(row)
                if row and len(row) != width:
                    return _ragged(name, begin, row, width)
                begin = rows.line_num + 1
        except csv.Error:
            return TableError(
                f"'{name}', line {begin}: a quote opens that is not closed",
                expected="a quote before the next delimiter or the end of a line",
                do='Close it; a quote inside a quoted cell is written twice: ""',
            )
    return None


def _ragged(name, line, row, width):
    cells = f"{len(row)} cell{'s' * (len(row) > 1)}"
    return TableError(
        f"'{name}', line {line} has {cells}",
        expected=f"{width}, as the header has",
        got=", ".join(row)[:80],
    )


@contextlib.contextmanager
def _cells_of_any_size():
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _of_letters(error):
    return "UTF8" in str(error) or "codec" in str(error)


def _explained(opened, name, encoding, error):
    text = str(error).replace("\n", " ")
    if not _of_letters(error):
        return TableError(f"'{name}' cannot be read as a table: {text}")
    found = explained(opened, name, encoding)
    return found or TableError(f"'{name}' cannot be read as text: {text}")
