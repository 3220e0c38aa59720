"""The cache shows, checks and empties itself, and stays within its size."""

import os
import time

import numpy as np
import pytest

from homodal.data import cache, shards
from homodal.errors import TableError

NAMES = ["a" * 32, "b" * 32, "c" * 32]


@pytest.fixture
def folder(tmp_path):
    """Three shards, used at 100, 200 and 300 seconds, and somebody's own file."""
    for number, name in enumerate(NAMES):
        path = tmp_path / f"{name}.arrow"
        array = np.zeros(1000, np.uint8)
        shards.write(path, [(0, array, "")] * 3, {"modality": "image"})
        os.utime(path, (100 * (number + 1), 100 * (number + 1)))
    (tmp_path / "mine.arrow").write_bytes(b"mine")
    (tmp_path / "notes.tmp").write_bytes(b"mine")
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_it_shows_what_it_holds(folder):
    found = cache.contents(folder)
    size = (folder / f"{NAMES[0]}.arrow").stat().st_size
    assert (found.shards, found.bytes) == (3, 3 * size)
    assert found.modalities == {"image": {"shards": 3, "rows": 9, "bytes": 3 * size}}
    assert found.oldest_seconds == pytest.approx(time.time() - 100, abs=60)
    assert found.to_dict()["folder"] == str(folder)


def test_a_cache_that_is_not_there_is_empty(tmp_path):
    found = cache.contents(tmp_path / "nowhere")
    assert (found.shards, found.bytes, found.oldest_seconds) == (0, 0, 0.0)
    assert cache.check(tmp_path / "nowhere") == []
    assert cache.empty(tmp_path / "nowhere") == 0


def test_a_check_removes_what_is_damaged_and_left_over(folder):
    path = folder / f"{NAMES[1]}.arrow"
    path.write_bytes(path.read_bytes()[:-9])
    assert cache.contents(folder).modalities["damaged"]["shards"] == 1
    old, new = folder / f"{NAMES[0]}.12.tmp", folder / f"{NAMES[0]}.34.tmp"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    new.write_bytes(b"another process writes it")
    assert cache.check(folder) == [path]
    left = sorted([f"{NAMES[0]}.arrow", f"{NAMES[2]}.arrow", new.name])
    assert names(folder) == [*left, "mine.arrow", "notes.tmp"]
    assert cache.check(folder) == []


def test_emptying_takes_shards_and_nothing_else(folder):
    (folder / f"{NAMES[0]}.12.tmp").write_bytes(b"")
    assert cache.empty(folder) > 9000
    assert names(folder) == ["mine.arrow", "notes.tmp"]


def test_the_least_recently_used_go_first(folder, monkeypatch):
    size = (folder / f"{NAMES[0]}.arrow").stat().st_size
    monkeypatch.setenv("HOMODAL_CACHE_GB", str(2 * size / 2**30))
    shards.touch(folder / f"{NAMES[0]}.arrow")
    cache.trim(folder)
    assert names(folder)[:2] == [f"{NAMES[0]}.arrow", f"{NAMES[2]}.arrow"]
    monkeypatch.setenv("HOMODAL_CACHE_GB", "0")
    cache.trim(folder, keep=[folder / f"{NAMES[2]}.arrow"])
    assert names(folder) == [f"{NAMES[2]}.arrow", "mine.arrow", "notes.tmp"]


def test_within_its_limit_nothing_goes(folder):
    before = names(folder)
    cache.trim(folder)
    assert names(folder) == before


@pytest.mark.parametrize("said", ["much", "-1", "nan"])
def test_an_odd_limit_is_refused(monkeypatch, said):
    monkeypatch.setenv("HOMODAL_CACHE_GB", said)
    with pytest.raises(TableError, match=r"HOMODAL_CACHE_GB is wrong.*gigabytes"):
        cache.limit_bytes()


def test_room_is_made_once_enough_was_written(tmp_path, monkeypatch):
    monkeypatch.setenv("HOMODAL_CACHE_GB", "0.000001")  # a kilobyte
    paths = [tmp_path / f"{number:032x}.arrow" for number in range(3)]
    paths[0].write_bytes(bytes(2000))
    cache.make_room(tmp_path, 0, keep=[])  # the first time in any case
    assert not paths[0].exists()
    paths[1].write_bytes(bytes(2000))
    cache.make_room(tmp_path, 5)
    assert paths[1].exists()
    cache.make_room(tmp_path, 1995)
    assert not paths[1].exists()
