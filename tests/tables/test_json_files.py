"""JSON as tables: lines and documents; one odd cell costs itself and nothing else."""

import json

import pyarrow as pa
import pytest

from homodal.errors import TableError
from homodal.tables import json_files
from homodal.tables.table import Table

ROWS = [{"a": 1, "b": "x"}, {"a": None, "b": "油"}]


def opened(tmp_path, content, name="t.json", **options):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Table.open(path, **options)


@pytest.mark.parametrize(
    "document",
    [
        ROWS,
        {"data": ROWS},
        {"version": "1", "rows": ROWS, "more": []},
        {"a": [1, None], "b": ["x", "油"]},
    ],
)
def test_documents(tmp_path, document):
    table = opened(tmp_path, json.dumps(document))
    assert table.arrow.to_pylist() == ROWS
    table = opened(tmp_path, "\ufeff" + json.dumps(document, indent=1), "u.json")
    assert table.arrow.to_pylist() == ROWS


def test_lines_under_the_suffix_of_documents(tmp_path):
    lines = "\n".join(map(json.dumps, ROWS))
    assert opened(tmp_path, lines + "\n").arrow.to_pylist() == ROWS
    assert opened(tmp_path, "[]").arrow.num_rows == 0


@pytest.mark.parametrize(
    "content, message",
    [
        ("3", "does not hold the rows of a table.*Got 3"),
        ('{"a": 1}', "does not hold the rows"),
        ("[1, 2]", "does not hold the rows"),
        ('{"a": [1], "b": [1, 2]}', "does not hold the rows"),
        ('{"a": [{"x": 1}], "b": [{"x": 1}]}', "does not hold the rows"),
        ("[{", "is no JSON"),
        ('[{"a": 1, "a": 2}]', "is no JSON: more than one 'a'"),
        ('{"a": 1}\n{"a": ', "line 2"),
        (b'[{"a": "caf\xe9"}]', "not UTF-8.*--encoding cp1252"),
    ],
)
def test_what_is_no_table_is_one_sentence(tmp_path, content, message):
    with pytest.raises(TableError, match=message):
        opened(tmp_path, content)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("name", ["t.json", "t.jsonl"])
def test_an_encoding_that_is_told(tmp_path, encoding, name):
    rows = [{"a": "é\n1"}, {"a": "ü"}]
    text = json.dumps(rows, ensure_ascii=False)
    if name == "t.jsonl":
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    table = opened(tmp_path, text.encode(encoding), name, encoding=encoding)
    assert table.arrow.to_pylist() == rows


def test_the_encoding_told_is_wrong(tmp_path):
    lines = '{"a": "x"}\n{"a": "油"}\n'
    with pytest.raises(TableError, match=r"line 2 is not ascii text.*--encoding NAME"):
        opened(tmp_path, lines, "t.jsonl", encoding="ascii")
    with pytest.raises(TableError, match="line 1 is not ascii text"):
        opened(tmp_path, '[{"a": "油"}]', encoding="ascii")


@pytest.mark.parametrize(
    "cells, texts",
    [
        ([1, 2, "x", 2.5], ["1", "2", "x", "2.5"]),
        ([1.0, True, None], ["1.0", "true", None]),
        ([[1, 2], "x", [3]], ["[1, 2]", "x", "[3]"]),
        ([{"k": 1}, 3], ['{"k": 1}', "3"]),
        ([1, 10**30], ["1", "1" + "0" * 30]),
        ([2**60 + 1, 0.5], [str(2**60 + 1), "0.5"]),
        ([["a"], ["b"], "c"], ['["a"]', '["b"]', "c"]),
    ],
)
@pytest.mark.parametrize("rows", [1, 2, 100])
def test_a_mixed_column_is_texts_whole_or_in_pieces(
    tmp_path, monkeypatch, cells, texts, rows
):
    monkeypatch.setattr(json_files, "_PIECE_ROWS", rows)
    lines = "\n".join(json.dumps({"a": cell, "b": 1}) for cell in cells)
    table = opened(tmp_path, lines, "t.jsonl")
    found = [None if c is None else str(c) for c in table.arrow.to_pydict()["a"]]
    assert [text.removesuffix(".0") if text else text for text in found] == [
        text.removesuffix(".0") if text else text for text in texts
    ]
    assert table.cells("b") == [1] * len(cells)


@pytest.mark.parametrize("rows", [1, 100])
def test_numbers_and_gaps_are_not_mixed(tmp_path, monkeypatch, rows):
    monkeypatch.setattr(json_files, "_PIECE_ROWS", rows)
    cells = [1, 2.5, None, 3]
    lines = "\n".join(json.dumps({"a": cell}) for cell in cells)
    table = opened(tmp_path, lines, "t.jsonl")
    assert table.cells("a") == [1.0, 2.5, None, 3.0]


def test_lists_of_numbers_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(json_files, "_PIECE_ROWS", 1)
    table = opened(tmp_path, '{"v": [1, 2]}\n{"v": [0.5, 1]}\n', "t.jsonl")
    assert [list(cell) for cell in table.cells("v")] == [[1, 2], [0.5, 1]]


def test_files_whose_columns_differ_in_kind_are_texts_together(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"x": 1}\n')
    (tmp_path / "b.jsonl").write_text('{"x": "many"}\n')
    assert Table.open(tmp_path).cells("x") == ["1", "many"]
    pieces = [pa.table({"x": [1]}), pa.table({"x": ["a"]}), pa.table({"y": [2]})]
    joined = json_files.join_pieces(pieces)
    assert joined.to_pydict() == {"x": ["1", "a", None], "y": [None, None, 2]}
