"""Tables that are objects in memory, as Arrow: frames, datasets, dicts, rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from homodal.errors import TableError
from homodal.tables.arrow_types import plain_table
from homodal.tables.cell_arrays import column_array
from homodal.tables.hugging_face import dataset_table, is_dataset
from homodal.tables.text_files import refuse_doubles

_KINDS = (
    "a path, or a pandas, Polars, Arrow or Hugging Face table, "
    "a dict of columns, a list of rows or one row as a dict"
)


def memory_table(source: Any) -> Any:
    """`source` as a `pyarrow.Table`, nothing renamed.

    An Arrow, pandas or Polars table (also lazy), a Hugging Face dataset, a NumPy array
    with named fields, a dict of columns, one row as a dict, or an iterable of rows that
    are dicts. Raises `TableError`, `ColumnError`.
    """
    import pyarrow as pa

    try:
        return plain_table(_as_arrow(source))
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        text = str(error).replace("\n", " ")
        raise TableError(f"The table cannot be taken over: {text}") from None


def _as_arrow(source):
    import pyarrow as pa

    if isinstance(source, pa.Table):
        refuse_doubles(source.column_names, "the table")
        return source
    if isinstance(source, pa.RecordBatch):
        return _as_arrow(pa.Table.from_batches([source]))
    if is_dataset(source):
        return dataset_table(source)
    if isinstance(source, Mapping):
        return _from_mapping(source)
    package = type(source).__module__.partition(".")[0]
    if package in _FRAMES:
        return _FRAMES[package](source)
    if isinstance(source, np.ndarray) and source.dtype.names:
        return _from_columns({name: source[name] for name in source.dtype.names})
    if hasattr(source, "__arrow_c_stream__"):  # DuckDB, cuDF and others
        return _as_arrow(pa.table(source))
    if hasattr(source, "as_numpy_iterator"):  # tf.data
        return rows_table(map(_with_texts, source.as_numpy_iterator()))
    if isinstance(source, (list, tuple, Iterator)):
        return rows_table(source)
    raise _not_a_table(source)


def rows_table(rows: Iterable[Any]) -> Any:
    """A `pyarrow.Table` of dicts; what one leaves out is absent there.

    Raises `TableError` naming the first row that is no dict.
    """
    import pyarrow as pa

    rows = list(rows)
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise TableError(
                f"Row {number} of the table is not a dict",
                expected='rows like {"column": cell}',
                got=type(row).__name__,
            )
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not names:
        return pa.table({"": pa.nulls(len(rows))}).select([])
    return _from_columns({name: [row.get(name) for row in rows] for name in names})


def _with_texts(row):
    """A row of TensorFlow, which has bytes for texts; bytes of media are no UTF-8."""
    if not isinstance(row, Mapping):
        return row
    return {name: _text_or_bytes(cell) for name, cell in row.items()}


def _text_or_bytes(cell):
    try:
        return cell.decode() if isinstance(cell, bytes) else cell
    except UnicodeDecodeError:
        return cell


def _from_columns(columns):
    """An Arrow table of `{name: cells}`. Raises `TableError` where lengths differ."""
    import pyarrow as pa

    names = [str(name) for name in columns]
    refuse_doubles(names, "the table")
    arrays = [
        _column(cells, name)
        for name, cells in zip(names, columns.values(), strict=True)
    ]
    lengths = {len(array) for array in arrays}
    if len(lengths) > 1:
        raise TableError(
            "The columns have different lengths",
            expected="one cell for each row in every column",
            got=", ".join(
                f"'{name}': {len(array)}"
                for name, array in zip(names, arrays, strict=True)
            )[:200],
        )
    return pa.table(arrays, names=names)


def _column(cells, name):
    import pyarrow as pa

    if isinstance(cells, (pa.Array, pa.ChunkedArray)):
        return cells
    package = type(cells).__module__.partition(".")[0]
    if package == "polars":
        return _polars_column(cells, name)
    if package == "pandas":
        return _pandas_column(cells, name)
    if hasattr(cells, "__array__") and not isinstance(cells, np.ndarray):
        cells = np.asarray(cells)  # of TensorFlow, JAX, PyTorch
    if isinstance(cells, np.ndarray):
        return _numpy_column(cells, name)
    return column_array(cells, name)


def _numpy_column(array, name):
    import pyarrow as pa

    if array.ndim == 1 and array.dtype.kind in "biuf":
        return pa.array(array, from_pandas=True)
    if array.ndim == 2 and array.dtype.kind in "biuf":
        values = pa.array(np.ascontiguousarray(array).reshape(-1))
        return pa.FixedSizeListArray.from_arrays(values, array.shape[1])
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8")
    return column_array(list(array), name)


# --- one dict ------------------------------------------------------------------------


def _from_mapping(source):
    """A dict of columns, or one row: which of them, its values say."""
    single = [name for name, value in source.items() if _is_cell(value)]
    if not single:
        return _from_columns(source)
    several = [name for name, value in source.items() if _is_column(value)]
    if several:
        raise TableError(
            "It is not clear whether the dict is one row or columns",
            expected="one cell under every name, or a list of cells under every name",
            got=f"one cell in '{single[0]}' and a list in '{several[0]}'",
            do="Write one row as a list of one row: [{…}]",
        )
    return rows_table([source])


def _is_cell(value):
    """Whether a value is one cell, and can be no column."""
    if value is None or isinstance(value, (str, bytes, Mapping)):
        return True
    if hasattr(value, "__array__") and not _is_picture(value):
        return np.ndim(value) == 0
    return not isinstance(value, Iterable)


def _is_picture(value):
    return type(value).__module__.partition(".")[0] == "PIL"


def _is_column(value):
    """Whether a value is a list of cells: arrays of pixels may be either."""
    return not _is_cell(value) and not (
        hasattr(value, "__array__") and np.ndim(value) > 1
    )


# --- pandas and Polars ---------------------------------------------------------------


def _from_pandas(source):
    if hasattr(source, "columns"):
        names = [str(name) for name in source.columns]
        refuse_doubles(names, "the table")
        columns = [source.iloc[:, place] for place in range(len(names))]
        return _from_columns(dict(zip(names, columns, strict=True)))
    if hasattr(source, "to_frame"):
        return _from_series(source)
    raise _not_a_table(source)


def _from_series(series):
    if series.name is None or series.name == "":
        raise TableError(
            "A Series without a name is a column without a name",
            expected="a table, or a Series whose name is the column's",
            do='Name it: series.rename("text")',
        )
    return _from_columns({series.name: series})


_AS_CELLS = ("PeriodDtype", "IntervalDtype")  # which Arrow would take for numbers


def _pandas_column(series, name):
    import pyarrow as pa

    kind = type(series.dtype).__name__
    if kind == "SparseDtype":
        series = series.astype(series.dtype.subtype)
    values = series.dtype.categories if kind == "CategoricalDtype" else series
    if values.dtype == object or type(values.dtype).__name__ in _AS_CELLS:
        return column_array(list(series), name)
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError):
        return column_array(list(series), name)


def _from_polars(source):
    if hasattr(source, "collect"):  # lazy
        source = source.collect()
    if hasattr(source, "get_columns"):
        return _from_columns({each.name: each for each in source.get_columns()})
    return _from_series(source)


def _polars_column(series, name):
    import pyarrow as pa

    if "Object" in str(series.dtype):  # Arrow would be given addresses in memory
        return column_array(series.to_list(), name)
    return pa.chunked_array(series)


_FRAMES = {"pandas": _from_pandas, "polars": _from_polars}


def _not_a_table(source):
    advice = None
    if isinstance(source, np.ndarray) or hasattr(source, "toarray"):
        advice = 'Name its columns: {"a": array[:, 0], …}'
    elif hasattr(source, "__iter__"):
        advice = "Give its rows as a list of dicts"
    return TableError(
        "This is not a table", expected=_KINDS, got=type(source).__name__, do=advice
    )
