"""Tables from every format and object, nothing renamed, clear errors."""

import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from homodal.errors import ColumnError, TableError
from homodal.tables.sources import read_arrow

ROWS = [{"name": "Öl, 油", "n": "1"}, {"name": 'a "b"\nc', "n": ""}]
CSV = 'name,n\n"Öl, 油",1\n"a ""b""\nc",\n'


def written(tmp_path, suffix):
    path = tmp_path / f"table{suffix}"
    table = pa.Table.from_pylist(ROWS)
    if suffix == ".csv":
        path.write_text(CSV, encoding="utf-8-sig")
    elif suffix == ".tsv":
        path.write_text(CSV.replace("Öl, 油", "Öl; 油").replace(",", "\t"), "utf-8")
    elif suffix in (".jsonl", ".ndjson"):
        path.write_text("\n".join(json.dumps(row) for row in ROWS), "utf-8")
    elif suffix == ".parquet":
        parquet.write_table(table, path)
    else:
        feather.write_feather(table, str(path))
    return path


@pytest.mark.parametrize(
    "suffix", [".csv", ".jsonl", ".ndjson", ".parquet", ".arrow", ".feather"]
)
def test_every_format_gives_the_same_rows(tmp_path, suffix):
    assert read_arrow(written(tmp_path, suffix)).to_pylist() == ROWS


def test_tabs(tmp_path):
    assert read_arrow(written(tmp_path, ".tsv")).column_names == ["name", "n"]


def test_a_csv_cell_stays_the_text_that_it_is(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n007,true\n1.0,NA\n")
    assert read_arrow(path).to_pylist() == [
        {"a": "007", "b": "true"},
        {"a": "1.0", "b": "NA"},
    ]


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(ROWS),
        pl.DataFrame(ROWS),
        pa.Table.from_pylist(ROWS),
        {"name": [r["name"] for r in ROWS], "n": [r["n"] for r in ROWS]},
        ROWS,
    ],
    ids=["pandas", "polars", "arrow", "dict", "list"],
)
def test_tables_in_memory(table):
    found = read_arrow(table)
    assert found.to_pylist() == ROWS
    assert found.take([1, 0]).to_pylist() == ROWS[::-1]


def test_a_hugging_face_dataset_in_its_own_row_order():
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_list(ROWS).select([1, 0])
    assert read_arrow(dataset).to_pylist() == ROWS[::-1]


def test_a_column_that_json_lines_leave_out_is_absent_there(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n\n{"b": "x"}\n')
    assert read_arrow(path).to_pylist() == [{"a": 1, "b": None}, {"a": None, "b": "x"}]


def test_a_wrong_path_names_the_near_one(tmp_path):
    (tmp_path / "train.csv").write_text("a\n1\n")
    with pytest.raises(TableError, match=r"no file.*Did you mean 'train.csv'"):
        read_arrow(tmp_path / "trian.csv")
    with pytest.raises(TableError, match=r"folder .* does not exist either"):
        read_arrow(tmp_path / "nowhere" / "train.csv")


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "empty file"),
        (b"\n", "no header"),
        ("a,b\nÖ,1\n".encode("latin-1"), r"not UTF-8.*iconv"),
        ("Ä,b\n1,1\n".encode("latin-1"), r"not UTF-8.*iconv"),
        (b"a,b\n1,2\n1\n", r"Expected 2 columns, got 1"),
        (b"a,b,a\n1,2,3\n", r"more than one column named 'a'"),
    ],
)
def test_bad_csv(tmp_path, content, message):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises((TableError, ColumnError), match=message):
        read_arrow(path)


def test_a_ragged_row_is_named(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4\n5\n")
    with pytest.raises(TableError, match="Row #4"):
        read_arrow(path)


@pytest.mark.parametrize(
    "line, message", [("{", "line 2"), ("[1]", "line 2 is not an object")]
)
def test_bad_json_lines(tmp_path, line, message):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n' + line)
    with pytest.raises(TableError, match=message):
        read_arrow(path)


def test_what_is_no_table(tmp_path):
    (tmp_path / "t.xlsx").write_text("x")
    (tmp_path / "t.parquet").write_text("not parquet at all")
    with pytest.raises(TableError, match=r"known table format.*\.csv.*Got \.xlsx"):
        read_arrow(tmp_path / "t.xlsx")
    with pytest.raises(TableError, match=r"'t\.parquet' cannot be read"):
        read_arrow(tmp_path / "t.parquet")
    with pytest.raises(TableError, match="is a folder"):
        read_arrow(tmp_path)
    with pytest.raises(TableError, match=r"not a table.*Got int"):
        read_arrow(3)


def test_doubled_names_in_memory():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ColumnError, match="more than one column named 'a'"):
        read_arrow(frame)
