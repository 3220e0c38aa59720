"""Inputs and machines that break others, end to end and without a network."""

import locale
import os
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from homodal.checks.check import check
from homodal.checks.page import page
from homodal.data import cache, shards
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.data.store import BAD, OK, stored
from homodal.media import frames
from homodal.modalities.number import Number
from homodal.modalities.video import Video
from homodal.recipe import Recipe
from homodal.tables.splits import latest
from homodal.tables.table import Table


def test_a_bomb_costs_no_memory(tmp_path):
    """Of 12,000 x 12,000 pixels Pillow only warns: 432 MB if they were read."""
    script = """
        import resource, struct, zlib
        from homodal.errors import BadCell
        from homodal.media import images
        def chunk(name, data):
            crc = struct.pack(">I", zlib.crc32(name + data))
            return struct.pack(">I", len(data)) + name + data + crc
        header = struct.pack(">IIBBBBB", 12_000, 12_000, 8, 2, 0, 0, 0)
        data = zlib.compress(bytes(36_001 * 9))
        content = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", header)
        content += chunk(b"IDAT", data) + chunk(b"IEND", b"")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            images.read(content, 8, 8, 3)
        except BadCell as why:
            print(why)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=True,
    )
    why, more = done.stdout.splitlines()
    assert why.startswith("image too large")
    assert int(more) < 50 * 1024 * (1024 if sys.platform == "darwin" else 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_film_with_a_damaged_middle_is_the_same_on_every_run(tmp_path, seed):
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (30, 48, 64, 3), dtype=np.uint8)
    path = tmp_path / "a.mp4"
    with path.open("wb") as file:
        frames.write(file, noise, frames_hz=10)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = rng.bytes(400)
    path.write_bytes(content)
    table = Table.open({"x": ["a.mp4"] * 3, "y": list("aba")}, tmp_path)
    schema = recognise(table, Recipe(target="y", columns={"x": "video"}))
    preparation = prepare(table, schema, Recipe(target="y"), [0, 1, 2])
    found = stored(table, preparation.columns[0], tmp_path / "cache")
    assert set(found.status.tolist()) in ({OK}, {BAD})
    if found.status[0] == OK:
        np.testing.assert_array_equal(found.array(0), found.array(2))
        again = Video(**schema.inputs[0].options).read(path)
        np.testing.assert_array_equal(found.array(0), again)


ODD_NAMES = (
    "label",
    "split",
    "present",
    "mask",
    "na/me.x",
    "a;b|c",
    "<b>'\"&",
    "=1+1",
    "表",
    " ",
)


def test_odd_names_of_columns_stay_as_they_are(tmp_path):
    rows = range(12)
    columns = {n: [f"{row}.5" for row in rows] for n in ODD_NAMES}
    columns["answer"] = ["ab"[row % 2] for row in rows]
    table = Table.open(columns)
    schema = recognise(table, Recipe(target="answer"))
    assert [c.name for c in schema.inputs] == list(ODD_NAMES)
    preparation = prepare(table, schema, Recipe(target="answer"), rows)
    assert [c.name for c in preparation.columns] == list(ODD_NAMES)
    for column in preparation.columns:
        assert stored(table, column, tmp_path).status.tolist() == [OK] * 12
    found = check(table, target="answer")
    assert list(found.columns()) == [*ODD_NAMES, "answer"]
    assert "<b>" not in page(found).replace("<b>note</b>", "").replace(
        "<b>warning</b>", ""
    )


def _held():
    labels = ["a"] * 40
    times = [f"2024-03-{1 + day // 2:02d}T{12 * (day % 2):02d}:00" for day in range(40)]
    return latest(labels, times, 0.25)[1].tolist()


def test_zone_and_locale_change_no_parsing(monkeypatch):
    wanted = _held()
    before = locale.setlocale(locale.LC_ALL)
    try:
        for zone in ("Asia/Shanghai", "America/St_Johns", "Europe/Berlin"):
            monkeypatch.setenv("TZ", zone)
            if hasattr(time, "tzset"):
                time.tzset()
            assert _held() == wanted
        for name in ("de_DE.UTF-8", "tr_TR.UTF-8", "C.utf8", "C"):
            try:
                locale.setlocale(locale.LC_ALL, name)
            except locale.Error:  # not on this machine
                continue
            assert Number().read("1234.5").item() == 1234.5
            table = Table.open({"part": ["TRAIN", "VALID"] * 5, "I": ["1.5"] * 10})
            assert table.require("I") == "I"
            assert _held() == wanted
    finally:
        locale.setlocale(locale.LC_ALL, before)
        monkeypatch.undo()
        if hasattr(time, "tzset"):
            time.tzset()


def test_a_clock_that_goes_backwards_loses_nothing(tmp_path):
    path = tmp_path / ("0" * 32 + ".arrow")
    shards.write(path, [(OK, np.zeros(4, np.uint8), "")], {"modality": "image"})
    scratch = tmp_path / ("0" * 32 + ".0123abcd.tmp")
    scratch.write_bytes(b"of another process")
    for each in (path, scratch):
        os.utime(each, (time.time() + 1e6,) * 2)
    found = cache.contents(tmp_path)
    assert found.shards == 1 and found.oldest_seconds == 0.0
    assert cache.check(tmp_path) == []
    cache.trim(tmp_path)
    assert path.exists() and scratch.exists()
