"""Workbooks: a sheet as a table, dates as dates, and the sheet that is meant."""

import datetime
import gzip
import sys

import pytest

from homodal.errors import ColumnError, MissingPackage, TableError
from homodal.tables.table import Table

openpyxl = pytest.importorskip("openpyxl")

DAY, NOON = datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 12, 30)
MIDNIGHT = datetime.datetime(2024, 1, 3)


@pytest.fixture
def book(tmp_path):
    """`book({sheet: rows})`: the path of a workbook."""

    def written(sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "book.xlsx"
        workbook.save(path)
        return path

    return written


def test_cells_keep_their_kinds(book):
    rows = [
        ["id", "x", "day", "when", "time", "yes", "code", "mixed"],
        [1, 1.5, DAY, NOON, datetime.time(6, 30), True, "007", 1],
        [2, None, DAY, MIDNIGHT, datetime.time(7), False, "010", "two"],
        [],
        [3, 2, None, None, None, None, None, 2.5],
    ]
    table = Table.open(book({"One": rows}))
    assert len(table) == 4
    assert table.cells("id") == [1, 2, None, 3]
    assert table.cells("x") == [1.5, None, None, 2.0]
    assert table.cells("day") == [DAY, DAY, None, None]
    assert table.cells("when") == [NOON, MIDNIGHT, None, None]
    assert table.cells("time")[0] == datetime.time(6, 30)
    assert table.cells("yes") == [True, False, None, None]
    assert table.cells("code") == ["007", "010", None, None]
    assert table.cells("mixed") == ["1", "two", None, "2.5"]


def test_the_sheet_that_is_meant(book, capsys):
    path = book({"Empty": [], "One": [["a"], [1]], "Two": [["b"], [2]]})
    assert Table.open(path).columns == ["a"]
    assert "Reading the sheet 'One' of book.xlsx" in capsys.readouterr().err
    table = Table.open(f"{path}#Two")
    assert table.columns == ["b"] and table.root == path.parent
    assert capsys.readouterr().err == ""
    with pytest.raises(TableError, match=r"no sheet 'Tow'.*Did you mean 'Two'"):
        Table.open(f"{path}#Tow")
    with pytest.raises(TableError, match=r"no cells in the sheet 'Empty'"):
        Table.open(f"{path}#Empty")


@pytest.mark.parametrize(
    "header, message",
    [
        (["a", "a"], "more than one column named 'a'"),
        (["a", None], "cells in column B, which has no name"),
    ],
)
def test_headers_that_are_none(book, header, message):
    with pytest.raises((ColumnError, TableError), match=message):
        Table.open(book({"One": [header, [1, 2]]}))


def test_names_may_be_numbers_and_empty_columns_are_none(book):
    table = Table.open(book({"One": [[2020, None, " b "], [1, None, 2]]}))
    assert table.columns == ["2020", "b"]


def test_what_is_no_workbook(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(TableError, match=r"'a.xlsx' cannot be read as a workbook"):
        Table.open(tmp_path / "a.xlsx")


def test_packed_in_a_folder_and_without_the_package(book, tmp_path, monkeypatch):
    path = book({"One": [["a"], [1]]})
    (tmp_path / "in").mkdir()
    packed = tmp_path / "in" / "b.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert Table.open(packed).cells("a") == [1]
    assert Table.open(packed.parent).cells("a") == [1]
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(MissingPackage, match=r"python_calamine.*'homodal\[excel\]'"):
        Table.open(path)


def test_a_file_whose_name_has_a_hash_is_that_file(tmp_path):
    (tmp_path / "a#b.csv").write_text("x\n1\n")
    assert Table.open(tmp_path / "a#b.csv").cells("x") == ["1"]
