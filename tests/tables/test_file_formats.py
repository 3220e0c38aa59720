"""Formats by their suffixes, and a sheet behind a hash."""

from pathlib import Path

import pytest

from homodal.errors import TableError
from homodal.tables.file_formats import read_file, split_sheet


@pytest.mark.parametrize(
    "source, path, sheet",
    [
        ("a/b.xlsx#Two", "a/b.xlsx", "Two"),
        ("a/b.XLSX#Two words", "a/b.XLSX", "Two words"),
        ("b.ods#1#2", "b.ods", "1#2"),
        ("b.xlsx", "b.xlsx", None),
        ("b.xlsx#", "b.xlsx#", None),
        ("b.csv#Two", "b.csv#Two", None),
        ("#b.xlsx", "#b.xlsx", None),
        ("a#b/c.csv", "a#b/c.csv", None),
    ],
)
def test_the_sheet_of_a_path(source, path, sheet):
    assert split_sheet(source) == (Path(path), sheet)


def test_formats(tmp_path):
    (tmp_path / "a.TSV").write_text("x\ty\n1\t2\n")
    assert read_file(tmp_path / "a.TSV").to_pylist() == [{"x": "1", "y": "2"}]
    (tmp_path / "a.csv").write_bytes("x\nÖ\n".encode("cp1252"))
    table = read_file(tmp_path / "a.csv", encoding="cp1252")
    assert table.to_pylist() == [{"x": "Ö"}]
    with pytest.raises(TableError, match="has no sheets"):
        read_file(tmp_path / "a.csv", sheet="One")
