"""Cells, absence and the folder that media paths may not leave."""

import math

import pyarrow as pa
import pytest

from homodal.errors import BadCell, ColumnError, TableError
from homodal.tables.table import Table, is_absent


@pytest.fixture
def table(tmp_path):
    (tmp_path / "t.csv").write_text('a,b\nx,1\n"",2\n"  ",\n')
    return Table.open(tmp_path / "t.csv")


def test_cells_and_their_absence(table):
    assert len(table) == 3
    assert table.columns == ["a", "b"]
    assert table.cells("a") == ["x", None, None]
    assert table.cells("b", [2, 0]) == [None, "1"]
    assert table.take([2, 0]).cells("a") == [None, "x"]
    assert table.take([]).cells("a") == table.cells("a", []) == []


def test_a_column_that_is_not_there_is_absent_everywhere(table):
    assert table.cells("c") == [None] * 3
    assert table.cells("c", [1]) == [None]


@pytest.mark.parametrize("value", [None, "", " \n", math.nan, b"", []])
def test_absent(value):
    assert is_absent(value)


@pytest.mark.parametrize("value", [0, 0.0, False, "0", b"0", [0]])
def test_not_absent(value):
    assert not is_absent(value)


def test_a_missing_column_names_the_near_one(table):
    with pytest.raises(ColumnError, match=r"no column 'bb'.*a, b.*Did you mean 'b'"):
        table.require("bb")


def test_a_table_without_rows(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n")
    with pytest.raises(TableError, match=r"t\.csv has no rows"):
        Table.open(tmp_path / "t.csv").require_rows()


def test_media_lie_under_the_root(table, tmp_path):
    assert table.locate("pictures/x.png") == tmp_path / "pictures" / "x.png"
    assert table.locate(str(tmp_path / "x.png")) == tmp_path / "x.png"
    assert table.locate(b"bytes") == b"bytes"


@pytest.mark.parametrize(
    "cell", ["../x.png", "/etc/passwd", "https://x.org/a.png", "file:///x", "a\0b"]
)
def test_what_is_not_under_the_root_is_refused(table, cell):
    with pytest.raises(BadCell, match=r"outside|address|NUL"):
        table.locate(cell)


def test_a_link_out_of_the_root_is_refused(table, tmp_path):
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    with pytest.raises(BadCell, match="outside"):
        table.locate("link.png")


def test_media_root(tmp_path):
    (tmp_path / "media").mkdir()
    (tmp_path / "t.csv").write_text("a\nx.png\n")
    table = Table.open(tmp_path / "t.csv", media_root=tmp_path / "media")
    assert table.locate("x.png") == tmp_path / "media" / "x.png"
    with pytest.raises(TableError, match="no folder"):
        Table.open(tmp_path / "t.csv", media_root=tmp_path / "nowhere")


def test_hugging_face_media_are_bytes_or_paths(tmp_path):
    rows = [
        {"image": {"bytes": b"abc", "path": None}},
        {"image": {"bytes": None, "path": "x.png"}},
    ]
    assert Table.open(rows).cells("image") == [b"abc", "x.png"]


def test_rows_are_taken_from_chunks_without_joining_them():
    chunks = [["a", None], [], ["c", "d", "e"]]
    table = Table.open(pa.table({"x": pa.chunked_array(chunks, pa.string())}))
    assert table.cells("x", [4, 0, 2, 2, 1]) == ["e", "a", "c", "c", None]
    assert table.cells("x", []) == []
    assert table.piece(1, 4).cells("x", [2, 0]) == ["d", None]
    with pytest.raises(IndexError):
        table.cells("x", [5])
