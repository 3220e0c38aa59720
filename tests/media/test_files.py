import os
from pathlib import Path

import pytest

from homodal.errors import BadCell
from homodal.media import files


def test_a_path_and_bytes_give_the_same(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    assert files.read_bytes(path) == files.read_bytes(b"abc") == b"abc"


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadCell, match=r"no such file: .*gone\.png"):
        files.read_bytes(tmp_path / "gone.png")


@pytest.mark.parametrize("cell", [b"", bytearray()])
def test_no_bytes_are_an_empty_file(cell):
    with pytest.raises(BadCell, match="empty file"):
        files.read_bytes(cell)


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(BadCell, match="empty file"):
        files.read_bytes(tmp_path / "a")


@pytest.mark.timeout(10)
def test_a_fifo_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadCell, match="not a regular file"):
        files.read_bytes(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["/dev/zero", "/"])
def test_devices_and_folders_are_refused(name):
    with pytest.raises(BadCell, match="not a regular file"):
        files.read_bytes(Path(name))


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "文" * 300])
def test_a_sentence_taken_for_a_path_is_a_bad_cell(name, tmp_path):
    with pytest.raises(BadCell, match="cannot be opened"):
        files.read_bytes(tmp_path / name)


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(BadCell, match="file too large: 1,000,000,000,000 bytes"):
        files.read_bytes(path)


@pytest.mark.parametrize("cell", ["a string", 3, None, ["a"]])
def test_a_cell_of_another_kind_is_not_opened(cell):
    with pytest.raises(BadCell, match="not a file"):
        files.read_bytes(cell)


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / "empty").touch()
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(BadCell):
            files.read_bytes(tmp_path / "empty")
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_shown_is_short():
    assert files.shown("a") == "'a'"
    assert len(files.shown("x" * 10**6)) == 41
    assert len(files.shown(list(range(1000)))) == 41


def test_try_each_gives_results_and_the_first_reason():
    def probe(cell):
        if cell < 0:
            raise BadCell(f"below zero: {cell}")
        return 2 * cell

    assert files.try_each([1, -2, 3, -4], probe) == ([2, 6], "below zero: -2")
    assert files.try_each([1], probe) == ([2], None)
