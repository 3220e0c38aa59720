"""Large tables lie on the disk: the same rows, little memory, nothing left behind."""

import gzip
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from homodal.errors import TableError
from homodal.tables import json_files, pages, text_files
from homodal.tables.table import Table

ROWS = [{"n": str(row), "text": f"word {row} " * 9} for row in range(5000)]


@pytest.fixture
def large(monkeypatch, tmp_path):
    """What counts as large is 100 kB, and batches are small."""
    monkeypatch.setattr(pages, "IN_MEMORY_BYTES", 100_000)
    monkeypatch.setattr(text_files, "_BLOCK_BYTES", 2**16)
    monkeypatch.setattr(json_files, "_PIECE_ROWS", 700)
    monkeypatch.setenv("HOMODAL_CACHE", str(tmp_path / "cache"))


def written(folder, kind):
    table, path = pa.Table.from_pylist(ROWS), folder / f"t.{kind}"
    if kind == "parquet":
        parquet.write_table(table, path, row_group_size=900)
    elif kind == "feather":
        feather.write_feather(table, path, compression="lz4", chunksize=900)
    elif kind == "arrow":
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_stream(sink, table.schema) as out,
        ):
            out.write_table(table, max_chunksize=900)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    else:
        lines = ["n,text", *(f"{row['n']},{row['text']}" for row in ROWS)]
        text = "\n".join(lines) + "\n"
        encoding = "utf-16" if kind == "16.csv" else "utf-8"
        content = text.encode(encoding)
        path.write_bytes(gzip.compress(content) if kind == "csv.gz" else content)
    return path


@pytest.mark.parametrize(
    "kind", ["csv", "16.csv", "csv.gz", "jsonl", "parquet", "feather", "arrow"]
)
def test_a_large_table_is_mapped_with_the_same_rows(tmp_path, large, kind):
    table = Table.open(written(tmp_path, kind))
    assert len(table._pages) >= 1
    assert table.arrow.to_pylist() == ROWS
    assert table.cells("n", [4999, 0, 777]) == ["4999", "0", "777"]
    assert table.take([4999, 0]).cells("text") == [ROWS[-1]["text"], ROWS[0]["text"]]
    cache = tmp_path / "cache"
    assert not cache.exists() or list(cache.iterdir()) == []  # it has no name


def test_a_small_table_needs_no_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("HOMODAL_CACHE", "/proc/nowhere")
    table = Table.open(written(tmp_path, "csv"))
    assert len(table._pages) == 0 and len(table) == 5000


def test_errors_of_a_large_table_name_the_row(tmp_path, large):
    path = written(tmp_path, "csv")
    path.write_text(path.read_text() + "one cell\n")
    with pytest.raises(TableError, match=r"line 5002 has 1 cell. Expected 2"):
        Table.open(path)
    path.write_bytes(path.read_bytes()[:-9] + "é,1\n".encode("latin-1"))
    with pytest.raises(TableError, match=r"line 5002 is not UTF-8"):
        Table.open(path)


def test_no_room_on_the_disk_is_said(tmp_path):
    """In a process whose files may not grow: what the system says of a full disk."""
    script = f"""
        import resource
        from homodal.errors import TableError
        from homodal.tables import pages
        from homodal.tables.table import Table
        pages.IN_MEMORY_BYTES = 10_000
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            Table.open({str(written(tmp_path, "parquet"))!r})
        except TableError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=os.environ | {"HOMODAL_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"A large table cannot be laid out in {tmp_path / 'cache'}" in done.stdout
    assert "File too large" in done.stdout and "HOMODAL_CACHE" in done.stdout
    assert list((tmp_path / "cache").iterdir()) == []


def _file_pages_mb():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssFile"):
            return int(line.split()[1]) / 1024
    pytest.skip("this system does not say it")


def test_pages_that_were_read_are_let_go(tmp_path):
    cells = [bytes([row % 256]) * 50_000 for row in range(64)]
    path = tmp_path / "t.arrow"
    schema = pa.schema([("x", pa.binary())])
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
        for _ in range(40):  # 128 MB
            out.write_batch(pa.record_batch([pa.array(cells)], schema=schema))
    table = Table.open(path)
    begun = _file_pages_mb()
    highest = 0.0
    for begin in range(0, len(table), 64):
        piece = table.piece(begin, begin + 64)
        assert [cell[0] for cell in piece.cells("x")] == list(range(64))
        highest = max(highest, _file_pages_mb() - begun)
    rng = np.random.default_rng(0)
    for rows in rng.integers(0, len(table), (40, 64)):
        assert [cell[7] for cell in table.cells("x", rows)] == (rows % 64).tolist()
        highest = max(highest, _file_pages_mb() - begun)
    assert highest < 60


def test_rows_are_taken_without_joining_chunks():
    chunks = [pa.array([b"x" * 100_000] * 10) for _ in range(64)]
    table = Table.open(pa.table({"x": pa.chunked_array(chunks)}))
    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    try:
        assert len(table.cells("x", [639, 5])) == 2
        assert len(table.take([639, 5])) == 2
    finally:
        pa.set_memory_pool(usual)
    assert pool.max_memory() < 2_000_000


def test_empty_objects_keep_their_places(tmp_path, large):
    lines = ["{}"] * 1500 + ['{"a": 1}'] + ["{}"] * 1500 + ['{"b": "x"}']
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    table = Table.open(tmp_path / "t.jsonl")
    assert len(table) == 3002 and table.columns == ["a", "b"]
    assert table.cells("a", [1500, 0]) == [1, None] and table.cells("b")[-1] == "x"


def test_a_cell_of_a_million_characters(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "字" * 1_000_000 + ",1\nx,2\n")
    table = Table.open(tmp_path / "t.csv")
    assert [len(cell) for cell in table.cells("a")] == [1_000_000, 1]


def test_a_map_outlives_its_file(tmp_path):
    path = tmp_path / "t.arrow"
    feather.write_feather(pa.table({"x": [1, 2]}), path, compression="uncompressed")
    table = Table.open(path)
    path.unlink()
    assert table.cells("x") == [1, 2]
