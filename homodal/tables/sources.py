"""Open a table from wherever it is: files of several formats, or objects in memory."""

import json
from pathlib import Path

from homodal.errors import ColumnError, TableError, did_you_mean, one_of


def read_arrow(source):
    """`source` as a `pyarrow.Table`, nothing renamed and nothing converted.

    A path (CSV, TSV, JSON Lines, Parquet, Arrow), a pandas, Polars or Arrow table, a
    Hugging Face dataset, a dict of columns or a list of rows. Raises `TableError`.
    """
    if isinstance(source, (str, Path)):
        return _read_file(Path(source))
    return _from_memory(source)


def _read_file(path):
    if not path.exists():
        raise TableError(
            f"There is no file '{path}'",
            expected="a table: " + one_of(_READERS),
            do=_near_file(path),
        )
    if path.is_dir():
        raise TableError(
            f"'{path}' is a folder", expected="a table file: " + one_of(_READERS)
        )
    if path.stat().st_size == 0:
        raise TableError(f"'{path}' is an empty file", expected="a table with a header")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise TableError(
            f"'{path.name}' is not of a known table format",
            expected=one_of(_READERS),
            got=path.suffix or "no suffix",
        )
    return reader(path)


def _read_csv(path, delimiter=","):
    import pyarrow as pa
    from pyarrow import csv

    names = _header(path, delimiter)
    _refuse_doubles(names, path.name)
    try:
        return csv.read_csv(
            path,
            # without threads an error names its row
            read_options=csv.ReadOptions(use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True
            ),
            # as text: a modality decides what a cell means, not the reader
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string())
            ),
        )
    except pa.ArrowInvalid as error:
        raise _explained(path, error) from None


def _header(path, delimiter):
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file, delimiter=delimiter), [])
    except UnicodeDecodeError as error:
        raise _explained(path, error) from None
    if not names:
        raise TableError(f"'{path.name}' has no header", expected="column names")
    return names


def _explained(path, error):
    text = str(error).replace("\n", " ")
    if "UTF8" in text or "utf-8" in text:
        return TableError(
            f"'{path.name}' is not UTF-8 text ({text})",
            do="Save it as UTF-8, e.g. iconv -f latin1 -t utf-8 old.csv > new.csv",
        )
    return TableError(f"'{path.name}' cannot be read as a table: {text}")


def _read_tsv(path):
    return _read_csv(path, delimiter="\t")


def _read_json_lines(path):
    import pyarrow as pa

    rows = []
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                rows.append(_json_row(path, number, line))
    names = list(dict.fromkeys(name for row in rows for name in row))
    try:
        return pa.table({name: [row.get(name) for row in rows] for name in names})
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise TableError(f"'{path.name}' mixes kinds in a column: {error}") from None


def _json_row(path, number, line):
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise TableError(f"'{path.name}', line {number}: {error}") from None
    if not isinstance(row, dict):
        raise TableError(
            f"'{path.name}', line {number} is not an object", expected='{"column": …}'
        )
    return row


def _read_parquet(path):
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(path)
    except pa.ArrowInvalid as error:
        raise _explained(path, error) from None


def _read_ipc(path):
    import pyarrow as pa
    from pyarrow import feather

    try:
        return feather.read_table(path, memory_map=True)
    except pa.ArrowInvalid as error:
        raise _explained(path, error) from None


def _from_memory(source):
    import pyarrow as pa

    if isinstance(source, pa.Table):
        table = source
    elif isinstance(source, dict):
        table = pa.table(source)
    elif isinstance(source, list) and all(isinstance(row, dict) for row in source):
        table = pa.Table.from_pylist(source)
    elif hasattr(source, "with_format"):  # a Hugging Face dataset, its own row order
        table = source.with_format("arrow")[:]
    elif type(source).__module__.startswith("pandas"):
        _refuse_doubles([str(name) for name in source.columns], "the table")
        table = pa.Table.from_pandas(source, preserve_index=False)
    elif hasattr(source, "__arrow_c_stream__"):  # Polars and others
        table = pa.table(source)
    else:
        raise TableError(
            "This is not a table",
            expected="a path, or a pandas, Polars, Arrow or Hugging Face table, "
            "a dict of columns or a list of rows",
            got=type(source).__name__,
        )
    _refuse_doubles(table.column_names, "the table")
    return _without_views(table)


def _without_views(table):
    """Polars gives views of text, from which Arrow cannot take rows."""
    import pyarrow as pa

    plain = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    fields = [
        field.with_type(plain.get(field.type, field.type)) for field in table.schema
    ]
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))


def _refuse_doubles(names, where):
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ColumnError(
            f"{where} has more than one column named '{doubled[0]}'",
            expected="every column name once",
            got=", ".join(names),
            do="Rename one of them",
        )


def _near_file(path):
    if not path.parent.is_dir():
        return f"The folder '{path.parent}' does not exist either"
    return did_you_mean(path.name, [p.name for p in path.parent.iterdir()])


_READERS = {
    ".csv": _read_csv,
    ".tsv": _read_tsv,
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
    ".parquet": _read_parquet,
    ".arrow": _read_ipc,
    ".feather": _read_ipc,
}
