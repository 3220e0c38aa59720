"""Cells are decoded once, kept whole or not at all, and found again by content."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from homodal.data import processes, shards, store
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import reader_of
from homodal.data.recognition import input_column
from homodal.data.store import ABSENT, BAD, OK, StoredColumn, stored
from homodal.modalities.image import Image
from homodal.tables.table import Table

OPTIONS = {"height_px": 4, "width_px": 4, "channels": 3}
COLUMN = PreparedColumn("face", "face", "image", OPTIONS, {"name": "cnn"})
BIG = PreparedColumn("face", "face", "image", {}, {"name": "cnn"})
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


def files_in(cache):
    return sorted(path.name for path in cache.iterdir())


def same(one, other):
    np.testing.assert_array_equal(one.status, other.status)
    assert one.reasons == other.reasons
    for row in range(len(one)):
        np.testing.assert_array_equal(one.array(row), other.array(row))
    return True


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


def test_arrays_cannot_be_written_to(table, cache):
    array = stored(table, COLUMN, cache).array(0)
    assert not array.flags.owndata and not array.flags.writeable


def test_a_second_opening_reads_no_media(table, cache, media, monkeypatch):
    first = stored(table, COLUMN, cache)
    monkeypatch.setattr(processes, "taken", None)
    assert same(stored(table, COLUMN, cache), first)


def test_a_file_that_changed_is_read_again(table, cache, media):
    stored(table, COLUMN, cache)
    name = table.cells("face")[0]
    other = Image().example(media, np.random.default_rng(9))
    shutil.copy(other, media / name)
    column = stored(table, COLUMN, cache)
    np.testing.assert_array_equal(column.array(0), COLUMN.reader().read(other))
    (media / name).unlink()
    assert stored(table, COLUMN, cache).status[0] == BAD
    assert len(files_in(cache)) == 3


def test_other_options_or_facts_are_kept_apart(table, cache):
    stored(table, COLUMN, cache)
    other = PreparedColumn(**(vars(COLUMN) | {"options": {**OPTIONS, "height_px": 6}}))
    assert stored(table, other, cache).shape == (6, 4, 3)
    numbers = Table.open({"size": ["1", "2"]})
    moved = PreparedColumn(**(vars(SIZE) | {"facts": {"location": 1.0, "scale": 1.0}}))
    assert stored(numbers, SIZE, cache).array(1) == [2.0]
    assert stored(numbers, moved, cache).array(1) == [1.0]


def test_cells_in_memory_are_told_apart_by_content(cache):
    for cells in (["1", "-2"], ["1x", "2"], ["1", None], [None, "1"]):
        column = stored(Table.open({"size": cells}), SIZE, cache)
        found = [column.array(row) for row in range(2)]
        numbers = {"1": 1.0, "2": 2.0, "-2": -2.0}
        assert found == [numbers.get(cell) for cell in cells]
    for cells in ([7, 77], [77, 7]):
        stored(Table.open({"size": cells}), SIZE, cache)
    assert len(files_in(cache)) == 6


@pytest.fixture
def few_rows(monkeypatch):
    """Shards of two rows: a small table has several."""
    monkeypatch.setattr(store, "_FEWEST_ROWS", 2)
    monkeypatch.setattr(store, "MOST_ROWS", 2)


def test_another_box_beside_a_cell_is_another_array(table, cache, media):
    boxed = replace(COLUMN, options=OPTIONS | {"box": "place"})
    faces = table.cells("face")

    def arrays(*boxes):
        rows = {"face": [faces[0], faces[3]], "place": list(boxes)}
        found = stored(Table.open(rows, media_root=media), boxed, cache)
        return [found.array(row) for row in range(2)]

    first, second = arrays("0 0 8 6", "0 0 16 12"), arrays("0 0 16 12", "0 0 16 12")
    np.testing.assert_array_equal(first[1], second[1])
    assert np.any(first[0] != second[0])


def test_several_shards_hold_the_same_rows(table, cache, tmp_path, few_rows):
    parted = stored(table, COLUMN, tmp_path / "parted")
    assert len(files_in(tmp_path / "parted")) == 5
    store.MOST_ROWS = store._FEWEST_ROWS = 64  # few_rows puts them back
    assert same(parted, stored(table, COLUMN, cache))
    assert len(files_in(cache)) == 1


def test_tables_that_share_rows_share_shards(table, cache, few_rows):
    stored(table, COLUMN, cache)
    known = set(files_in(cache))
    longer = Table.open(
        {"face": [*table.cells("face"), None], "label": list("abababababa")[:10]},
        media_root=table.root,
    )
    stored(longer, COLUMN, cache)
    assert len(set(files_in(cache)) - known) == 1


def test_shards_are_a_power_of_two_of_rows_about_as_large():
    sizes = {"image": 2048, "audio": 256, "video": 128, "number": 16384}
    for modality, rows in sizes.items():
        reader = reader_of(modality, {})
        assert store.rows_of_shard(reader, {}) == rows


def _mapped_mb():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssFile"):
            return int(line.split()[1]) / 1024
    pytest.skip("this system does not say it")


def test_rows_that_are_read_take_no_memory(cache):
    """100 MB of decoded cells in random order."""
    cells = [np.full((64, 64, 3), row % 256, np.uint8) for row in range(2048)]
    column = stored(Table.open({"face": [1]}).take([]), BIG, cache)
    cache.mkdir(exist_ok=True)
    found = []
    for number in range(4):
        shards.write(cache / f"{number}.arrow", [(OK, c, "") for c in cells], {})
        found.append(shards.opened(cache / f"{number}.arrow"))
    column = replace(
        column,
        status=np.zeros(4 * 2048, np.int8),
        lengths=np.full(4 * 2048, 64),
        shards=tuple(found),
        shard_rows=2048,
    )
    begun = _mapped_mb()
    for row in np.random.default_rng(0).permutation(4 * 2048):
        assert column.array(row)[7, 7, 0] == row % 2048 % 256
    assert _mapped_mb() - begun < 10


def test_rows_of_a_shard_that_was_evicted_are_read_all_the_same(table, cache):
    column = stored(table, COLUMN, cache)
    first = np.array(column.array(0))
    [path] = cache.iterdir()
    path.unlink()
    np.testing.assert_array_equal(column.array(0), first)
    other = stored(table, COLUMN, cache)  # under the same name
    shards._FILES.__init__(most=1)  # as if others had been read in the meantime
    for row in (0, 3, 6):
        np.testing.assert_array_equal(column.array(row), other.array(row))


def test_arrays_of_different_lengths(cache):
    class Letters:
        media, dtype = False, "int32"

        def read(self, cell):
            return np.array([ord(letter) for letter in cell], "int32")

        def beside(self):
            return ()

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


@pytest.mark.parametrize("damage", ["short", "gone", "foreign", "one bit", "rows"])
def test_what_is_damaged_is_decoded_again_and_said(table, cache, damage, capsys):
    first = stored(table, COLUMN, cache)
    arrays = [None if a is None else np.array(a) for a in map(first.array, range(9))]
    [path] = cache.iterdir()
    data = bytearray(path.read_bytes())
    if damage == "short":
        path.write_bytes(data[:-1])
    elif damage == "gone":
        path.unlink()
    elif damage == "foreign":
        path.write_bytes(bytes(len(data)))
    elif damage == "rows":
        shards.write(path, [(OK, np.zeros((4, 4, 3), np.uint8), "")], {})
    else:
        place = data.find(arrays[8].tobytes())
        data[place] ^= 1
        path.write_bytes(data)
    again = stored(table, COLUMN, cache)
    for row, array in enumerate(arrays):
        np.testing.assert_array_equal(again.array(row), array)
    said = capsys.readouterr().err
    assert (f"{path} is damaged" in said) == (damage != "gone")
    assert files_in(cache) == [path.name]


def test_a_full_disk_is_said_and_leaves_what_was_there(table, cache, media):
    """In a process whose files may not grow: what the system says of a full disk."""
    stored(table.take([0, 3]), COLUMN, cache)
    before = files_in(cache)
    script = f"""
        import resource
        from homodal.data.store import stored
        from homodal.data.preparation import PreparedColumn
        from homodal.errors import TableError
        from homodal.tables.table import Table
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        facts = {{"location": 0.0, "scale": 1.0}}
        column = PreparedColumn("x", "x", "number", {{}}, {{"name": "cnn"}}, facts)
        try:
            stored(Table.open({{"x": ["0.5"] * 40_000}}), column, {str(cache)!r})
        except TableError as error:
            print(error)
    """
    done = _python(script)
    assert f"Decoded cells cannot be kept in {cache}: File too large" in done
    assert "HOMODAL_CACHE" in done
    assert files_in(cache) == before


@pytest.mark.parametrize("instant", range(6))
def test_a_run_that_was_killed_goes_on_where_it_was(cache, media, instant, few_rows):
    rng = np.random.default_rng(0)
    names = [Image().example(media, rng).name for _ in range(40)]
    script = f"""
        from homodal.data import store
        from homodal.data.preparation import PreparedColumn
        from homodal.tables.table import Table
        store._FEWEST_ROWS = store.MOST_ROWS = 2
        table = Table.open({{"face": {names!r}}}, media_root={str(media)!r})
        column = PreparedColumn("face", "face", "image", {OPTIONS!r}, {{}})
        print("begun", flush=True)
        store.stored(table, column, {str(cache)!r})
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        text=True,
    )
    child.stdout.readline()
    _wait_for(cache, 3 * instant)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    whole = {p.name: p.stat().st_ino for p in cache.glob("*.arrow")}
    assert instant == 0 or len(whole) >= 1
    table = Table.open({"face": names}, media_root=media)
    column = stored(table, COLUMN, cache)
    assert (column.status == OK).all()
    for row, name in enumerate(names):
        array = COLUMN.reader().read(media / name)
        np.testing.assert_array_equal(column.array(row), array)
    kept = {p.name: p.stat().st_ino for p in cache.glob("*.arrow")}
    assert len(kept) == 20 and whole.items() <= kept.items()


def _wait_for(cache, files):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if cache.is_dir() and len(os.listdir(cache)) >= files:  # noqa: PTH208
            return
        time.sleep(0.002)


def _python(script):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_fault_of_a_path_column_is_a_bad_cell_with_its_reason(media, cache):
    good = Image().example(media, np.random.default_rng(0)).name
    os.mkfifo(media / "pipe.png")
    (media / "zero.png").symlink_to("/dev/zero")
    (media / "passwd.png").symlink_to("/etc/passwd")
    (media / "empty.png").write_bytes(b"")
    (media / "page.png").write_bytes(b"<!DOCTYPE html><title>404</title>")
    (media / "text.jpg").write_bytes(b"only words")
    bomb = bytearray((media / good).read_bytes())
    bomb[16:24] = (20_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    (media / "bomb.png").write_bytes(bomb)
    (media / "torn.png").write_bytes((media / good).read_bytes()[:-40])
    faults = {
        "nowhere.png": "no such file",
        "pipe.png": "not a regular file",
        "zero.png": "outside the media folder",
        "passwd.png": "outside the media folder",
        "../../../etc/passwd": "outside the media folder",
        "http://127.0.0.1:9/x.png": "an address, not a file",
        "empty.png": "empty file",
        "page.png": "not an image (starts with b'<!DOCTYP'",
        "text.jpg": "not an image",
        "bomb.png": "image too large",
        "torn.png": "truncated",
    }
    table = Table.open({"face": [good, *faults, good]}, media_root=media)
    column = stored(table, COLUMN, cache)
    assert column.status.tolist() == [OK] + [BAD] * len(faults) + [OK]
    for row, (cell, reason) in enumerate(faults.items(), 1):
        assert reason in column.reasons[row], cell


def test_the_number_of_children_changes_nothing(table, cache, tmp_path, monkeypatch):
    with_all = stored(table, COLUMN, cache)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert same(stored(table, COLUMN, tmp_path / "one"), with_all)


def test_an_empty_column_in_memory():
    nothing = np.zeros(0, np.int8)
    column = StoredColumn(nothing, {}, nothing.astype(int), (1,), "float32")
    assert len(column) == 0


def test_two_processes_write_one_cache_at_once(cache, media):
    rng = np.random.default_rng(0)
    names = [Image().example(media, rng).name for _ in range(40)]
    script = f"""
        import zlib
        from homodal.data import store
        from homodal.data.preparation import PreparedColumn
        from homodal.tables.table import Table
        store._FEWEST_ROWS = store.MOST_ROWS = 2
        table = Table.open({{"face": {names!r}}}, media_root={str(media)!r})
        column = PreparedColumn("face", "face", "image", {OPTIONS!r}, {{}})
        found = store.stored(table, column, {str(cache)!r})
        print([zlib.crc32(found.array(row).tobytes()) for row in range(40)])
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    read = [COLUMN.reader().read(media / name) for name in names]
    assert said == [f"{[zlib.crc32(array.tobytes()) for array in read]}\n"] * 2
    assert len(files_in(cache)) == 20  # each shard once, and no scratch file


def test_samples_are_told_apart_by_content_and_rate(tmp_path):
    from homodal.tables.paths import RealPaths
    from homodal.tables.samples import Samples

    quiet, loud = np.zeros(5000, np.int16), np.zeros(5000, np.int16)
    loud[2500] = 9
    cells = [Samples(quiet, 8000), Samples(loud, 8000), Samples(quiet, 16000)]
    assert len({store._identity(cell, RealPaths()) for cell in cells}) == 3
    same = Samples(quiet.copy(), 8000)
    assert store._identity(same, RealPaths()) == store._identity(cells[0], RealPaths())


@pytest.mark.parametrize("rate_hz", [8000, None])
def test_samples_in_memory_are_the_same_sound_in_any_integers(cache, rate_hz):
    wave = 0.5 * np.sin(np.arange(2000) / 7)
    gains = (0.001, 1.0, 0.5)  # a quiet cell is not made loud
    makers = {
        "float": lambda gain: gain * wave,
        "int16": lambda gain: (gain * wave * 32767).astype(np.int16),
        "list": lambda gain: (gain * wave * 32767).astype(int).tolist(),
        "int24": lambda gain: (gain * wave * (2**23 - 1)).astype(np.int32),
        "stereo": lambda gain: np.stack([(gain * wave * 32767).astype(np.int16)] * 2),
        "uint8": lambda gain: (gain * wave * 127 + 128).astype(np.uint8),
    }
    for name, make in makers.items():
        cells = [make(gain) for gain in gains]
        if rate_hz:
            cells = [{"array": cell, "sampling_rate": rate_hz} for cell in cells]
        rows = [{"x": cell} for cell in cells]
        wanted = {"modality": "audio", "rate_hz": 8000}
        found = input_column(Table.open(rows), "x", wanted)
        column = PreparedColumn("x", "x", "audio", found.options, {})
        column = stored(Table.open(rows), column, cache)
        assert column.status.tolist() == [OK] * 3, name
        for row, gain in enumerate(gains):
            array = column.array(row).astype(float)
            near = 0.012 if name == "uint8" else 1e-3
            np.testing.assert_allclose(array, gain * wave, atol=near, err_msg=name)
