"""Tables written as text: CSV with any delimiter, TSV, JSON Lines; also compressed.

Every cell of a CSV stays the text that it is: a modality decides what it means. The
encoding is told by a byte order mark, or else must be UTF-8; the delimiter is the one
that cuts the first lines into equally many pieces.
"""

import csv
import io
import json
from itertools import islice

from homodal.errors import ColumnError, TableError
from homodal.tables import pages

_DELIMITERS = (",", "\t", ";", "|")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_GUESSES = ("gb18030", "big5", "shift_jis", "cp1251", "cp1252")  # for the hint only
_HEAD_BYTES = 1 << 16
_BLOCK_BYTES = 16 * 2**20  # of text parsed at once; no row may be longer
_PIECE_ROWS = 16_384  # Python objects at one time
_ROW = "\0row"
_SAMPLE_LINES = 20


def read_csv(opened, name, delimiter=None):
    """A `pyarrow.Table` of text columns. Raises `TableError`, `ColumnError`.

    opened: a function that opens the (decompressed) file at its start; name: for
    errors; delimiter: None finds it in the first lines.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    encoding = _encoding(opened)
    head = _head(opened, encoding, name)
    delimiter = delimiter or _delimiter(head)
    names = next(csv.reader(io.StringIO(head), delimiter=delimiter), [])
    if not names:
        raise TableError(f"'{name}' has no header", expected="column names")
    refuse_doubles(names, name)
    try:
        with opened() as file:
            reader = arrow_csv.open_csv(
                _as_utf8(file, encoding),
                # without threads an error names its row
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=_BLOCK_BYTES
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string())
                ),
            )
            return pages.kept(reader.schema, reader)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if "Empty CSV" in str(error):  # nothing below the header
            return pa.table({name: pa.array([], pa.string()) for name in names})
        raise _explained(opened, name, error) from None


def read_json_lines(opened, name):
    """A `pyarrow.Table` of one object a line; what a line leaves out is absent."""
    import pyarrow as pa

    try:
        with opened() as file:
            rows = _json_rows(file, name)
            pieces = iter(lambda: list(islice(rows, _PIECE_ROWS)), [])
            tables = [_as_columns(piece) for piece in pieces] or [_as_columns([])]
        table = pa.concat_tables(tables, promote_options="permissive")
        table = table.drop_columns(_ROW)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TableError(f"'{name}' mixes kinds in a column: {error}") from None
    return pages.kept(table.schema, table.to_batches())


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


def _encoding(opened):
    with opened() as file:
        start = file.read(4)
    return next((e for mark, e in _MARKS if start.startswith(mark)), "utf-8")


def _head(opened, encoding, name):
    """The first lines as text; a letter that the cut has broken is left out."""
    with opened() as file:
        start = file.read(_HEAD_BYTES)
    try:
        return start.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start > len(start) - 4:
            return start[: error.start].decode(encoding)
        raise _explained(opened, name, error) from None


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


def _explained(opened, name, error):
    text = str(error).replace("\n", " ")
    if "UTF8" not in text and "codec" not in text:
        return TableError(f"'{name}' cannot be read as a table: {text}")
    with opened() as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return _not_utf8(name, number, line, error)
    return TableError(f"'{name}' cannot be read as text: {text}")


def _not_utf8(name, number, line, error):
    """Names the line, and the encoding in which its bytes are letters."""
    readable = {e: text for e in _GUESSES if (text := _decoded(line, e)) is not None}
    guess = next(iter(readable), None)
    wrong = line[error.start : error.start + 4]
    hint = f"; in {guess} it reads {readable[guess][:40]!r}" if guess else ""
    return TableError(
        f"'{name}', line {number} is not UTF-8 text (bytes {wrong!r}){hint}",
        do="Save it as UTF-8, e.g. iconv -f "
        f"{guess or 'latin1'} -t utf-8 old.csv > new.csv",
    )


def _decoded(line, encoding):
    try:
        text = line.decode(encoding).strip()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None


def _json_rows(file, name):
    """The objects of the lines that are not empty."""
    for number, line in enumerate(file, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise _not_utf8(name, number, line, error) from None
        if text.strip():
            yield _json_row(name, number, text)


def _as_columns(rows):
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    # rows without any name keep their place, too
    return pa.table({_ROW: pa.nulls(len(rows))} | columns)


def _json_row(name, number, line):
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise TableError(f"'{name}', line {number}: {error}") from None
    if not isinstance(row, dict):
        raise TableError(
            f"'{name}', line {number} is not an object", expected='{"column": …}'
        )
    return row
