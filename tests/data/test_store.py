"""Cells are decoded once, kept whole or not at all, and found again by content."""

import errno
import json
import shutil

import numpy as np
import pytest

from homodal.data import store
from homodal.data.preparation import PreparedColumn
from homodal.data.store import ABSENT, BAD, OK, stored
from homodal.errors import TableError
from homodal.modalities.image import Image
from homodal.tables.table import Table

OPTIONS = {"height_px": 4, "width_px": 4, "channels": 3}
COLUMN = PreparedColumn("face", "face", "image", OPTIONS, {"name": "cnn"})
SIZE = PreparedColumn(
    "size", "size", "number", {}, {"name": "cnn"}, {"location": 0.0, "scale": 1.0}
)


@pytest.fixture
def media(tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "decoded"


@pytest.fixture
def table(media):
    rng = np.random.default_rng(0)
    names = [Image().example(media, rng).name for _ in range(5)]
    (media / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    cells = [names[0], None, "broken.png", names[1], "nowhere.png", "../x.png"]
    return Table.open({"face": cells + names[2:]}, media_root=media)


def folders_in(cache):
    return sorted(path.name for path in cache.iterdir())


def test_every_cell_keeps_its_place(table, cache):
    column = stored(table, COLUMN, cache)
    wanted = [OK, ABSENT, BAD, OK, BAD, BAD, OK, OK, OK]
    assert column.status.tolist() == wanted
    assert sorted(column.reasons) == [2, 4, 5]
    assert "no such file" in column.reasons[4]
    assert "outside the media folder" in column.reasons[5]
    for row, status in enumerate(wanted):
        assert (column.array(row) is not None) == (status == OK)
    reader = COLUMN.reader()
    for row in (0, 3, 8):
        cell = table.locate(table.cells("face")[row])
        np.testing.assert_array_equal(column.array(row), reader.read(cell))


def test_arrays_are_views_of_a_memory_map(table, cache):
    array = stored(table, COLUMN, cache).array(0)
    assert not array.flags.owndata and not array.flags.writeable


def test_a_second_opening_reads_no_media(table, cache, media, monkeypatch):
    first = stored(table, COLUMN, cache)

    def never(self, cell):
        raise AssertionError("decoded again")

    monkeypatch.setattr(Image, "read", never)
    again = stored(table, COLUMN, cache)
    np.testing.assert_array_equal(again.status, first.status)
    np.testing.assert_array_equal(again.array(8), first.array(8))
    assert again.reasons == first.reasons


def test_a_file_that_changed_is_read_again(table, cache, media):
    stored(table, COLUMN, cache)
    name = table.cells("face")[0]
    other = Image().example(media, np.random.default_rng(9))
    shutil.copy(other, media / name)
    column = stored(table, COLUMN, cache)
    np.testing.assert_array_equal(column.array(0), COLUMN.reader().read(other))
    (media / name).unlink()
    assert stored(table, COLUMN, cache).status[0] == BAD
    assert len(folders_in(cache)) == 3


def test_other_options_or_facts_are_kept_apart(table, cache):
    stored(table, COLUMN, cache)
    other = PreparedColumn(**(vars(COLUMN) | {"options": {**OPTIONS, "height_px": 6}}))
    assert stored(table, other, cache).shape == (6, 4, 3)
    numbers = Table.open({"size": ["1", "2"]})
    moved = PreparedColumn(**(vars(SIZE) | {"facts": {"location": 1.0, "scale": 1.0}}))
    assert stored(numbers, SIZE, cache).array(1) == [2.0]
    assert stored(numbers, moved, cache).array(1) == [1.0]


def test_cells_in_memory_are_told_apart_by_content(cache):
    for cells in (["1", "-2"], ["1-", "2"], ["1", None], [None, "1"]):
        column = stored(Table.open({"size": cells}), SIZE, cache)
        found = [column.array(row) for row in range(2)]
        numbers = {"1": 1.0, "2": 2.0, "-2": -2.0}
        assert found == [numbers.get(cell) for cell in cells]
    for cells in ([7, 77], [77, 7]):
        stored(Table.open({"size": cells}), SIZE, cache)
    assert len(folders_in(cache)) == 6


def test_several_shards_hold_the_same_rows(table, cache, tmp_path, monkeypatch):
    whole = stored(table, COLUMN, cache)
    monkeypatch.setattr(store, "_SHARD_BYTES", 48)
    parted = stored(table, COLUMN, tmp_path / "parted")
    place = next((tmp_path / "parted").iterdir())
    assert len(list(place.glob("*.arrow"))) == 5
    assert parted.reasons == whole.reasons
    np.testing.assert_array_equal(parted.status, whole.status)
    for row in np.flatnonzero(whole.status == OK):
        np.testing.assert_array_equal(parted.array(row), whole.array(row))


def test_arrays_of_different_lengths(cache):
    class Letters:
        media, dtype = False, "int32"

        def read(self, cell):
            return np.array([ord(letter) for letter in cell], "int32")

        def encode(self, array, facts):
            return array

        def shape(self, facts):
            return (None,)

    text = type("Prepared", (), {"name": "size", "modality": "x", "facts": {}})()
    text.reader = Letters
    column = stored(Table.open({"size": ["ab", "c", None, "def"]}), text, cache)
    assert column.lengths.tolist() == [2, 1, 0, 3]
    assert column.array(3).tolist() == [100, 101, 102]
    assert column.array(1).tolist() == [99]


@pytest.mark.parametrize("cells", [[], [None, None], ["bad"]])
def test_a_column_without_one_array(cache, cells):
    table = Table.open({"size": [*cells, "1"]}).take(range(len(cells)))
    column = stored(table, SIZE, cache)
    assert len(column) == len(cells)
    assert not (column.status == OK).any()


@pytest.mark.parametrize("damage", ["short", "gone", "foreign", "manifest"])
def test_what_is_damaged_is_refused_and_named(table, cache, damage):
    stored(table, COLUMN, cache)
    place = next(cache.iterdir())
    shard = place / "shard-00000.arrow"
    data = shard.read_bytes()
    if damage == "short":
        shard.write_bytes(data[:-1])
    elif damage == "gone":
        shard.unlink()
    elif damage == "foreign":
        shard.write_bytes(bytes(len(data)))
    else:
        (place / "manifest.json").write_text("{")
    with pytest.raises(TableError, match=f"damaged.*Delete that folder.*{place.name}"):
        stored(table, COLUMN, cache)
    shutil.rmtree(place)
    assert stored(table, COLUMN, cache).status[0] == OK


def test_a_folder_without_its_manifest_is_never_read(table, cache):
    stored(table, COLUMN, cache)
    place = next(cache.iterdir())
    (place / "manifest.json").unlink()
    (place / "shard-00000.arrow").write_bytes(b"half")
    assert stored(table, COLUMN, cache).status[0] == OK
    assert folders_in(cache) == [place.name]
    assert json.loads((place / "manifest.json").read_text())["shape"] == [4, 4, 3]


def test_a_full_disk_is_said_and_leaves_nothing(table, cache, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "write_synced", full)
    message = "cannot be kept in .*decoded: No space left.*HOMODAL_CACHE"
    with pytest.raises(TableError, match=message):
        stored(table, COLUMN, cache)
    assert folders_in(cache) == []


def test_the_folder_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOMODAL_CACHE", str(tmp_path / "a"))
    assert store.default_folder() == tmp_path / "a"
    monkeypatch.delenv("HOMODAL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    assert store.default_folder() == tmp_path / "b" / "homodal"
