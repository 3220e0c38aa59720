"""The cache folder, named or the user's; files that are whole or not there."""

from pathlib import Path

import pytest

from homodal.errors import HomodalError
from homodal.places import cache_folder, write_text


def test_the_folder_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOMODAL_CACHE", str(tmp_path / "a"))
    assert cache_folder() == tmp_path / "a"
    monkeypatch.delenv("HOMODAL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert cache_folder() == tmp_path / "b" / "homodal"


def test_the_folder_without_a_home(monkeypatch):
    monkeypatch.delenv("HOMODAL_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def homeless(self):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pathlib.Path.expanduser", homeless)
    assert cache_folder().name.startswith("homodal-")


def test_a_file_is_whole_or_the_old_one(tmp_path):
    path = tmp_path / "a.json"
    write_text(path, "old \ud800")
    assert path.read_text() == "old ?"
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800", errors="strict")
    assert path.read_text() == "old ?" and list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_sentence(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no full disk at hand")
    with pytest.raises(HomodalError, match="'/dev/full' cannot be written: No space"):
        write_text("/dev/full", "x" * 100_000)
    assert Path("/dev/full").exists()
    (tmp_path / "a.json").mkdir()
    with pytest.raises(HomodalError, match="cannot be written"):
        write_text(tmp_path / "a.json", "x")
