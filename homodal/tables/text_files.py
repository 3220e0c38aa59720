"""Tables written as text: CSV with any delimiter, TSV, JSON Lines; also compressed.

Every cell of a CSV stays the text that it is: a modality decides what it means. The
encoding is told by a byte order mark, or else must be UTF-8; the delimiter is the one
that cuts the first lines into equally many pieces. A quote that is never closed would
swallow rows in silence: it is an error.
"""

import contextlib
import csv
import io
import json
import re
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
# for the hint only, which names one of each
_GUESSES = ("gb18030", "big5", "shift_jis"), ("cp1251", "cp1252")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LATIN = 0x24F  # the last of its letters
_HEAD_BYTES = 1 << 16
_BLOCK_BYTES = 16 * 2**20  # of text parsed at once; no row may be longer
_PIECE_ROWS = 16_384  # Python objects at one time
_LONGEST_CELL = 2**31 - 1
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
                    delimiter=delimiter, newlines_in_values=True
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
        raise told or _explained(opened, name, error) from None
    if broken and (torn := _torn(opened, name, encoding, delimiter)):
        raise torn
    return table


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
    except OverflowError:
        raise TableError(
            f"'{name}' holds a whole number that is too large",
            expected="whole numbers of 64 bits",
            do="Write it in quotes",
        ) from None
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


def _explained(opened, name, error):
    text = str(error).replace("\n", " ")
    if not _of_letters(error):
        return TableError(f"'{name}' cannot be read as a table: {text}")
    with opened() as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return _not_utf8(name, number, line, error)
    return TableError(f"'{name}' cannot be read as text: {text}")


def _not_utf8(name, number, line, error):
    """Names the line, and the encodings in which its bytes are letters."""
    readings = []
    for encodings in _GUESSES:
        texts = [(each, text) for each in encodings if (text := _decoded(line, each))]
        readings += sorted(texts, key=lambda one: _mixed(one[1]))[:1]
    readings.sort(key=lambda one: _mixed(one[1]))
    guess = readings[0][0] if readings else "latin1"
    wrong = line[error.start : error.start + 4]
    hint = ", ".join(f"in {each} it reads {text[:40]!r}" for each, text in readings)
    return TableError(
        f"'{name}', line {number} is not UTF-8 text (bytes {wrong!r})"
        + (f"; {hint}" if hint else ""),
        do=f"Save it as UTF-8, e.g. iconv -f {guess} -t utf-8 old.csv > new.csv",
    )


def _mixed(text):
    """True where one letter of another script stands in a Latin word: `cafй`."""
    words = re.findall(r"[^\W\d_]+", text)
    return any(
        word[0].isascii() and sum(ord(letter) > _LATIN for letter in word) == 1
        for word in words
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
    try:
        return pa.table({_ROW: pa.nulls(len(rows))} | columns)
    except UnicodeEncodeError:
        return _as_columns([_without_surrogates(row) for row in rows])


def _without_surrogates(value):
    """Half a letter (`"\\ud800"`) as a SUB, the control character for what is lost."""
    if isinstance(value, dict):
        items = value.items()
        return {_without_surrogates(k): _without_surrogates(v) for k, v in items}
    if isinstance(value, list):
        return [_without_surrogates(each) for each in value]
    return _SURROGATES.sub("\x1a", value) if isinstance(value, str) else value


def _once(pairs):
    """An object whose names all differ. Raises `ValueError`."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"more than one '{twice}'")
    return found


def _json_row(name, number, line):
    try:
        row = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise TableError(f"'{name}', line {number}: {error}") from None
    if not isinstance(row, dict):
        raise TableError(
            f"'{name}', line {number} is not an object", expected='{"column": …}'
        )
    return row
