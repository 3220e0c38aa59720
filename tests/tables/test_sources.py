"""Tables from every format and object, nothing renamed, clear errors."""

import gzip
import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from homodal.errors import ColumnError, TableError
from homodal.tables.addresses import ALLOW_REMOTE
from homodal.tables.sources import read_arrow, root_of

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
        (b"a,b\n1,2\n1\n", r"line 3 has 1 cell\. Expected 2, as the header"),
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
    path.write_text('a,b\n\n1,"2\n2"\n3,4\n5,6,7\n')
    with pytest.raises(TableError, match=r"line 6 has 3 cells.*Got 5, 6, 7"):
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
    (tmp_path / "t.docx").write_text("x")
    (tmp_path / "t.parquet").write_text("not parquet at all")
    with pytest.raises(TableError, match=r"known table format.*\.csv.*Got \.docx"):
        read_arrow(tmp_path / "t.docx")
    with pytest.raises(TableError, match=r"'t\.parquet' cannot be read"):
        read_arrow(tmp_path / "t.parquet")
    with pytest.raises(TableError, match=r"not a table.*Got int"):
        read_arrow(3)


def test_doubled_names_in_memory():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(ColumnError, match="more than one column named 'a'"):
        read_arrow(frame)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".arrow"])
@pytest.mark.parametrize("packed", [".gz", ".zst"])
def test_compressed_files(tmp_path, suffix, packed):
    plain = written(tmp_path, suffix)
    path = plain.with_name(plain.name + packed)
    kind = {".gz": "gzip", ".zst": "zstd"}[packed]
    with pa.CompressedOutputStream(str(path), kind) as out:
        out.write(plain.read_bytes())
    assert read_arrow(path).to_pylist() == ROWS


def test_an_archive_that_is_none(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n" * 99)[:-20])
    with pytest.raises(TableError, match="cannot be unpacked as gzip"):
        read_arrow(tmp_path / "t.csv.gz")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_encodings_that_say_so(tmp_path, encoding):
    (tmp_path / "t.csv").write_text(CSV, encoding=encoding)
    assert read_arrow(tmp_path / "t.csv").to_pylist() == ROWS


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_delimiters_are_found(tmp_path, delimiter):
    lines = ["name,n,m", "x;y,1,2", "a b,3,4"]
    if delimiter != ",":
        lines = [line.replace(";", " ").replace(",", delimiter) for line in lines]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    table = read_arrow(tmp_path / "t.csv")
    assert table.column_names == ["name", "n", "m"]
    assert table.column("m").to_pylist() == ["2", "4"]


def test_one_column_has_no_delimiter(tmp_path):
    (tmp_path / "t.csv").write_text("text\nfine words; here\nand there\n")
    assert read_arrow(tmp_path / "t.csv").num_rows == 2


@pytest.mark.parametrize(
    "text, encoding, guess",
    [
        ("咖喱炒蟹", "gb18030", "gb18030"),
        ("naïve café", "latin-1", "cp1252"),
        ("fiancée", "latin-1", "cp1252"),
        ("борщ", "cp1251", "gb18030"),
    ],
)
def test_a_wrong_encoding_is_named_with_its_line(tmp_path, text, encoding, guess):
    content = b"a,b\n1,2\n" + f"{text},3\n".encode(encoding)
    (tmp_path / "t.csv").write_bytes(content)
    told = rf"'t.csv', line 3 is not UTF-8.*{text}.*iconv -f {guess}"
    with pytest.raises(TableError, match=told):
        read_arrow(tmp_path / "t.csv")


def test_several_files_are_one_table(tmp_path):
    for part, rows in (("a", "1,2"), ("b", "3,4")):
        (tmp_path / f"{part}.csv").write_text(f"x,y\n{rows}\n")
    both = [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]
    assert read_arrow(str(tmp_path / "*.csv")).to_pylist() == both
    assert read_arrow([tmp_path / "a.csv", tmp_path / "b.csv"]).to_pylist() == both
    assert read_arrow(tmp_path).to_pylist() == both
    assert root_of(str(tmp_path / "*.csv")) == root_of(tmp_path) == tmp_path
    (tmp_path / "c.csv").write_text("x,z\n5,6\n")
    with pytest.raises(ColumnError, match=r"c\.csv' has other columns than .*a\.csv"):
        read_arrow(tmp_path)
    with pytest.raises(TableError, match="No file is named like"):
        read_arrow(str(tmp_path / "*.parquet"))


def test_partitioned_folders_are_columns(tmp_path):
    for year in (2023, 2024):
        folder = tmp_path / f"year={year}"
        folder.mkdir()
        parquet.write_table(pa.table({"x": [year % 5]}), folder / "part-0.parquet")
    assert read_arrow(tmp_path).to_pylist() == [
        {"x": 3, "year": "2023"},
        {"x": 4, "year": "2024"},
    ]


def test_addresses_need_leave(monkeypatch):
    fsspec = pytest.importorskip("fsspec")
    with fsspec.open("memory://t.csv", "wb") as file:
        file.write(b"a,b\n1,2\n")
    monkeypatch.delenv(ALLOW_REMOTE, raising=False)
    with pytest.raises(TableError, match=r"is an address.*--allow-remote"):
        read_arrow("memory://t.csv")
    monkeypatch.setenv(ALLOW_REMOTE, "1")
    assert read_arrow("memory://t.csv").to_pylist() == [{"a": "1", "b": "2"}]
    with pytest.raises(TableError, match="cannot be read"):
        read_arrow("memory://gone.csv")
