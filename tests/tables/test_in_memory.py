"""Whatever is a table in memory is one here, or one sentence says what to do."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from homodal.errors import ColumnError, HomodalError, TableError
from homodal.tables.in_memory import memory_table
from homodal.tables.table import Table

ROWS = [{"name": "Öl, 油", "n": 1.5}, {"name": "b", "n": None}]
NAMES = [row["name"] for row in ROWS]
STRUCTURED = np.array([("Öl, 油", 1.5), ("b", np.nan)], [("name", "U9"), ("n", "f8")])


@pytest.mark.parametrize(
    "source",
    [
        ROWS,
        tuple(ROWS),
        (row for row in ROWS),
        [{"name": "Öl, 油", "n": 1.5}, {"name": "b"}],
        {"name": NAMES, "n": [1.5, None]},
        {"name": np.array(NAMES), "n": np.array([1.5, np.nan])},
        {"name": pd.Series(NAMES), "n": pl.Series([1.5, None])},
        {"name": pa.array(NAMES), "n": [1.5, float("nan")]},
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS, index=["b", "a"]),
        pd.DataFrame({"name": pd.Categorical(NAMES), "n": [1.5, None]}),
        pd.DataFrame({"name": pd.array(NAMES), "n": pd.array([1.5, None], "Float64")}),
        pd.DataFrame({"name": NAMES, "n": pd.arrays.SparseArray([1.5, np.nan])}),
        pl.DataFrame(ROWS),
        pl.LazyFrame(ROWS),
        pl.DataFrame(ROWS).with_columns(pl.col("name").cast(pl.Categorical)),
        pl.DataFrame(ROWS).with_columns(pl.col("name").cast(pl.Enum(NAMES))),
        pa.Table.from_pylist(ROWS),
        pa.RecordBatch.from_pylist(ROWS),
        pa.Table.from_pylist(ROWS).to_reader(),
        STRUCTURED,
    ],
    ids=lambda source: type(source).__name__,
)
def test_tables_in_memory(source):
    table = memory_table(source)
    assert table.to_pylist() == ROWS
    assert table.take([1, 0]).to_pylist() == ROWS[::-1]


def test_one_dict_of_cells_is_one_row():
    pixels = np.zeros((4, 3, 3), np.uint8)
    row = {"title": "x", "price": 3.0, "none": None, "picture": pixels}
    table = Table.open(row)
    assert len(table) == 1
    assert table.cells("title") == ["x"] and table.cells("price") == [3.0]
    assert table.cells("picture")[0].shape == pixels.shape
    sound = {"array": np.zeros(4), "sampling_rate": 8000}
    assert len(Table.open({"speech": sound})) == 1
    assert len(Table.open({"n": np.float32(1)})) == 1


def test_arrays_alone_are_columns():
    table = Table.open({"x": np.zeros((5, 4, 3, 3), np.uint8), "v": np.eye(5)})
    assert len(table) == 5
    assert table.cells("x")[0].shape == (4, 3, 3)
    assert np.asarray(table.cells("v")[1]).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    "source, message",
    [
        ({"a": "x", "b": [1, 2]}, r"one row or columns.*'a' and a list in 'b'.*\[\{"),
        ({"a": 1, "b": np.arange(3)}, r"one row or columns"),
        ({"a": [1, 2], "b": [1]}, r"different lengths.*'a': 2, 'b': 1"),
        ([{"a": 1}, 3], r"Row 2 of the table is not a dict.*Got int"),
        (pd.Series([1, 2]), r"Series without a name.*rename"),
        (pl.Series([1, 2]), r"Series without a name"),
        (np.zeros((3, 2)), r"not a table.*Got ndarray.*Name its columns"),
        ({1, 2}, r"not a table.*Got set.*list of dicts"),
        (3, r"not a table.*Got int"),
        (pd.DataFrame({"a": [1j]}), r"Column 'a' cannot be taken over"),
    ],
)
def test_what_is_no_table_is_one_sentence(source, message):
    with pytest.raises(TableError, match=message):
        memory_table(source)


def test_a_series_with_a_name_is_a_table_of_one_column():
    for series in (pd.Series(["a", "b"], name="y"), pl.Series("y", ["a", "b"])):
        assert memory_table(series).to_pydict() == {"y": ["a", "b"]}


@pytest.mark.parametrize(
    "source",
    [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        {1: [1], "1": [2]},
        pa.table([[1], [2]], names=["a", "a"]),
    ],
)
def test_names_that_come_twice(source):
    with pytest.raises(ColumnError, match="more than one column named"):
        memory_table(source)


def test_one_odd_cell_costs_no_other():
    cells = [1, 2, "many", None, 4.5]
    for source in (
        {"n": cells},
        [{"n": cell} for cell in cells],
        pd.DataFrame({"n": cells}),
        pl.DataFrame({"n": pl.Series(cells, dtype=pl.Object)}),
    ):
        assert Table.open(source).cells("n") == ["1", "2", "many", None, "4.5"]


@pytest.mark.parametrize(
    "column, cells",
    [
        (pd.Categorical([1, 2], ordered=True), [1, 2]),
        (pd.Categorical([1, "a"]), ["1", "a"]),
        (pd.array([1, None], "Int64"), [1, None]),
        (pd.array([True, None], "boolean"), [True, None]),
        (pd.to_timedelta([1, 2], unit="h"), [3600.0, 7200.0]),
        (pd.cut([1.0, 5.0], [0, 2, 6]), ["(0, 2]", "(2, 6]"]),
        (pd.period_range("2024-01", periods=2, freq="M"), ["2024-01", "2024-02"]),
        (np.array([0.5, 1.5], np.float16), [0.5, 1.5]),
    ],
    ids=str,
)
def test_kinds_of_pandas(column, cells):
    table = Table.open(pd.DataFrame({"x": column}))
    assert table.cells("x") == cells


def test_kinds_of_arrow():
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(
        np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    )
    columns = {
        "tensor": tensors,
        "runs": pa.RunEndEncodedArray.from_arrays([1, 2], ["a", "b"]),
        "views": pa.array(["a", "b"], pa.string_view()),
        "lists": pa.array([["a"], ["b"]], pa.list_(pa.string_view())),
        "seconds": pa.array([1500, None], pa.duration("ms")),
    }
    table = Table.open(pa.table(columns))
    assert [each.shape for each in table.cells("tensor")] == [(4, 3), (4, 3)]
    assert table.cells("runs") == table.cells("views") == ["a", "b"]
    assert table.cells("lists") == [["a"], ["b"]]
    assert table.cells("seconds") == [1.5, None]
    assert table.take([1, 0]).cells("views") == ["b", "a"]


def test_every_refusal_is_ours():
    for source in (object(), iter([3]), b"a,b", {"a": object()}, [[1, 2]]):
        with pytest.raises(HomodalError):
            memory_table(source)
