"""Answers as files: every row, every format, nothing half-written."""

import json

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from homodal.errors import TableError
from homodal.tables.answers import check_suffix, write, write_pieces

CLASSES = ["no", "是"]
ANSWERS = pa.table(
    {
        "label": ["是", None],
        "probability": [0.75, None],
        "probabilities": [[0.25, 0.75], None],
        "status": ["ok", "no answer: absent: image"],
    }
)
ROWS = [
    {
        "label": "是",
        "probability": 0.75,
        "probability of no": 0.25,
        "probability of 是": 0.75,
        "status": "ok",
    },
    dict.fromkeys(["label", "probability", "probability of no", "probability of 是"])
    | {"status": "no answer: absent: image"},
]


def read(path):
    if path.suffix == ".csv":
        options = csv.ConvertOptions(strings_can_be_null=True)
        return csv.read_csv(path, convert_options=options).to_pylist()
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pylist()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_every_format_keeps_every_row(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    write(ANSWERS, path, CLASSES)
    assert read(path) == ROWS
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_pieces_make_one_file(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    write_pieces((ANSWERS.slice(row, 1) for row in (0, 1)), path, CLASSES)
    assert read(path) == ROWS


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_pieces_that_break_off_leave_the_old_file(tmp_path, suffix):
    path = tmp_path / f"answers{suffix}"
    path.write_bytes(b"old")

    def pieces():
        yield ANSWERS
        raise OSError(28, "No space left on device")

    with pytest.raises(TableError, match="cannot be written: No space left"):
        write_pieces(pieces(), path, CLASSES)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_where_answers_cannot_go(tmp_path):
    with pytest.raises(TableError, match=r"'a\.xlsx'.*\.csv"):
        check_suffix(tmp_path / "a.xlsx")
    with pytest.raises(TableError, match="no folder"):
        check_suffix(tmp_path / "nowhere" / "a.csv")


def test_lists_are_json_in_csv(tmp_path):
    sets = pa.table({"set": [["no", "是"], None], "status": ["ok", "ok"]})
    write(sets, tmp_path / "a.csv", CLASSES)
    assert read(tmp_path / "a.csv")[0]["set"] == '["no", "是"]'
    write(sets, tmp_path / "a.jsonl", CLASSES)
    assert read(tmp_path / "a.jsonl")[0]["set"] == ["no", "是"]
