"""A shard is whole or not there, and what is damaged is never read."""

import numpy as np
import pyarrow as pa
import pytest

from homodal.data import shards
from homodal.data.shards import DamagedShard

RESULTS = [
    (0, np.arange(6, dtype=np.int32).reshape(2, 3), ""),
    (1, None, ""),
    (2, None, "no such file: ü.png"),
    (3, np.zeros((0, 3), np.int32), "cut"),
    (0, np.array(7, np.int32), ""),
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "shard.arrow"
    shards.write(path, RESULTS, {"modality": "image"})
    return path


def test_what_was_written_is_read(path):
    shard = shards.opened(path)
    assert shard.status.tolist() == [0, 1, 2, 3, 0]
    assert shard.lengths.tolist() == [2, 0, 0, 0, 1]
    assert shard.reasons == {2: "no such file: ü.png", 3: "cut"}
    assert shard.offsets.tolist() == [0, 24, 24, 24, 24, 28]
    assert shard.values.view(np.int32).tolist() == [0, 1, 2, 3, 4, 5, 7]
    assert shards.described(path)["modality"] == "image"
    assert shards.described(path)["rows"] == 5


def test_it_is_plain_arrow_for_everybody_else(path):
    batch = pa.ipc.open_file(path).get_batch(0)
    assert batch.column_names == ["status", "length", "reason", "values"]


def test_a_shard_reads_the_same_after_its_pages_were_let_go(path):
    shard = shards.opened(path)
    before = shard.values.copy()
    shard.release()
    np.testing.assert_array_equal(shard.values, before)


def test_a_shard_of_nothing(tmp_path):
    for results in ([], [(1, None, "")]):
        shards.write(tmp_path / "x.arrow", results, {})
        assert len(shards.opened(tmp_path / "x.arrow").status) == len(results)


def test_every_flipped_byte_of_the_content_is_noticed(path):
    data = path.read_bytes()
    batch = pa.ipc.open_file(pa.py_buffer(data)).get_batch(0)
    parts = [b"no such file", RESULTS[0][1].tobytes()]
    parts += [batch.column("status").to_numpy().tobytes()]
    for part in parts:
        damaged = bytearray(data)
        damaged[data.index(part)] ^= 4
        path.write_bytes(damaged)
        with pytest.raises(DamagedShard, match=r"shard\.arrow is damaged"):
            shards.opened(path)


def test_every_truncation_is_noticed(path):
    data = path.read_bytes()
    for size in range(0, len(data), 7):
        path.write_bytes(data[:size])
        with pytest.raises(DamagedShard, match=r"shard\.arrow is damaged"):
            shards.opened(path)
        with pytest.raises(DamagedShard):
            shards.described(path)


def test_a_foreign_arrow_file_is_damaged(path):
    table = pa.table({"status": [1]})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)
    with pytest.raises(DamagedShard):
        shards.opened(path)


def test_a_shard_that_is_gone_is_another_matter(tmp_path):
    with pytest.raises(FileNotFoundError):
        shards.opened(tmp_path / "nothing.arrow")


def test_what_fails_leaves_the_old_one_and_no_scratch(path, tmp_path, monkeypatch):
    before = path.read_bytes()

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space left"):
        shards.write(path, RESULTS[:1], {})
    assert [p.name for p in tmp_path.iterdir()] == ["shard.arrow"]
    assert path.read_bytes() == before


def test_bytes_come_from_the_file_and_a_cut_one_is_said(path):
    shard = shards.opened(path)
    assert shard.read(0, 24).view(np.int32).tolist() == [0, 1, 2, 3, 4, 5]
    assert shard.read(24, 24).size == 0
    with path.open("r+b") as file:
        file.truncate(shard._start + 10)
    assert shard.read(0, 8).view(np.int32).tolist() == [0, 1]
    with pytest.raises(DamagedShard, match="was cut while it was in use"):
        shard.read(0, 24)


def test_few_files_are_open_at_once(tmp_path):
    paths = [tmp_path / f"{number}.arrow" for number in range(9)]
    for number, path in enumerate(paths):
        shards.write(path, [(0, np.array([number], np.uint8), "")], {})
    opened = [shards.opened(path) for path in paths]
    files = shards._Files(most=3)
    for number in (*range(9), 2, 8, 0):
        shard = opened[number]
        assert files.read(shard._file, 1, shard._start) == bytes([number])
        assert len(files._numbers) <= 3
    paths[0].unlink()
    assert files.read(opened[0]._file, 1, opened[0]._start) == b"\0"  # still open
    shards.write(paths[1], [(0, np.array([7], np.uint8), "")], {})
    assert files.read(opened[1]._file, 1, opened[1]._start) is None  # another file
