"""Inputs and machines that break others, end to end and without a network."""

import ast
import json
import locale
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

import homodal
from homodal.checks.check import check
from homodal.checks.page import page
from homodal.data import cache, shards
from homodal.data.preparation import PreparedColumn, prepare
from homodal.data.schema import recognise
from homodal.data.store import BAD, OK, REPAIRED, stored
from homodal.errors import HomodalError
from homodal.media import frames
from homodal.modalities.number import Number
from homodal.modalities.video import Video
from homodal.places import write_text
from homodal.recipe import Recipe
from homodal.tables.splits import latest
from homodal.tables.table import Table
from homodal.training import runs


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
    whole, _ = frames.read(path, 48, 64, 3, 30)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = rng.bytes(400)
    path.write_bytes(content)
    table = Table.open({"x": ["a.mp4"] * 3, "y": list("aba")}, tmp_path)
    options = {"height_px": 48, "width_px": 64, "channels": 3, "frames": 30}
    column = PreparedColumn("x", "x", "video", options, {})
    found = stored(table, column, tmp_path / "cache")
    assert set(found.status.tolist()) in ({REPAIRED}, {BAD})
    if found.status[0] == REPAIRED:
        assert "guessed by the decoder" in found.reasons[0]
        np.testing.assert_array_equal(found.array(0), found.array(2))
        np.testing.assert_array_equal(found.array(0), Video(**options).read(path))
        np.testing.assert_array_equal(found.array(0)[0], whole[0])


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


@pytest.mark.usefixtures("eagerly")
def test_odd_names_of_columns_reach_the_answers(tmp_path, tiny_settings):
    rows, names = range(24), ODD_NAMES[::2]
    columns = {n: [f"{row % 7}.5" for row in rows] for n in names}
    columns["ans/wer.<i>"] = ["ab"[row % 2] for row in rows]
    told = tiny_settings((), columns=dict.fromkeys(names, "number"))
    run = homodal.train(
        columns, target="ans/wer.<i>", settings=told, out=tmp_path / "run"
    )
    model = homodal.load(run.folder)
    assert list(model.columns) == list(names)
    turned = {name: columns[name] for name in reversed(columns)}
    answers = model.predict(turned)
    assert answers.column_names[0] == "ans/wer.<i>" and len(answers) == 24
    assert set(answers["status"].to_pylist()) == {"ok"}


# --- sounds and texts of every kind --------------------------------------------------


def _long_wav(path):
    """Ten hours of silence at 8 kHz, of which the disk holds the header only."""
    soundfile.write(path, np.zeros(1), 8000, subtype="PCM_U8")
    content = bytearray(path.read_bytes())
    place = content.index(b"data") + 4
    size = 10 * 3600 * 8000
    content[place : place + 4] = size.to_bytes(4, "little")
    content[4:8] = (size + place - 4).to_bytes(4, "little")
    path.write_bytes(content[: place + 4])
    os.truncate(path, place + 4 + size)


def test_sounds_of_every_rate_depth_and_length_are_one_column(tmp_path):
    def tone(seconds, rate, channels=1):
        wave = 0.5 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate)
        return np.tile(wave[:, None], (1, channels))

    for name, rate, seconds, channels, subtype in (
        ("8bit.wav", 8000, 0.5, 1, "PCM_U8"),
        ("24bit.wav", 44100, 0.5, 2, "PCM_24"),
        ("surround.wav", 48000, 0.5, 6, "PCM_16"),
        ("float.wav", 22050, 0.5, 1, "FLOAT"),
        ("short.wav", 16000, 0.01, 1, "PCM_16"),
    ):
        soundfile.write(tmp_path / name, tone(seconds, rate, channels), rate, subtype)
    _long_wav(tmp_path / "long.wav")
    nan = tone(0.1, 8000)
    nan[7] = np.nan
    soundfile.write(tmp_path / "nan.wav", nan, 8000, "FLOAT")
    names = ["8bit", "24bit", "surround", "float", "short", "long", "nan"]
    table = Table.open({"x": [f"{name}.wav" for name in names]}, tmp_path)
    options = {"rate_hz": 8000, "seconds": 1.0}
    column = stored(table, PreparedColumn("x", "x", "audio", options, {}), tmp_path)
    assert column.status.tolist() == [OK] * 5 + [REPAIRED, BAD]
    lengths = [len(column.array(row)) for row in range(6)]
    assert lengths == pytest.approx([4000, 4000, 4000, 4000, 80, 8000], abs=1)
    for row in range(4):
        middle = column.array(row)[1000:3000].astype(float)
        assert np.abs(np.fft.rfft(middle)).argmax() * 4 == 300
        assert middle.std() == pytest.approx(0.5 / 2**0.5, abs=0.01)


TEXTS = {
    "cat " * 250_000: REPAIRED,
    "\U0001f600\u200d\U0001f600": OK,
    "\u202e\u0634\u0643\u0631": REPAIRED,
    "a\0b": REPAIRED,
    "a\ud800b": REPAIRED,
    "\x1b[31mred": REPAIRED,
    "\0\x01": BAD,
    " \n\t": 1,
    "": 1,
}


def test_texts_of_every_kind_are_one_column(tmp_path):
    path = tmp_path / "t.jsonl"
    lines = [json.dumps({"x": text, "y": "ab"[len(text) % 2]}) for text in TEXTS]
    path.write_text("\n".join(lines))
    table, recipe = Table.open(path), Recipe(target="y", columns={"x": "text"})
    preparation = prepare(table, recognise(table, recipe), recipe, range(len(TEXTS)))
    [prepared] = preparation.columns
    assert prepared.facts["cut"] == 1
    column = stored(table, prepared, tmp_path)
    assert column.status.tolist() == list(TEXTS.values())
    assert max(column.lengths) == prepared.facts["steps"] <= 128


# --- odd machines --------------------------------------------------------------------


@pytest.fixture
def nobody():
    """A folder that may be read only, in a process that is not the superuser's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(before)
            Path(folder).chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="no such users here")
def test_a_folder_that_is_read_only_is_said_at_the_start(nobody):
    with pytest.raises(HomodalError, match="cannot be made: Permission denied"):
        with runs.claimed(nobody / "run"):
            pass
    with pytest.raises(HomodalError, match="cannot be written: Permission denied"):
        write_text(nobody / "check.html", "x")
    column = PreparedColumn("x", "x", "number", {}, {}, {"location": 0.0, "scale": 1.0})
    told = f"cannot be kept in {nobody}/cache: Permission denied.*HOMODAL_CACHE"
    with pytest.raises(HomodalError, match=told):
        stored(Table.open({"x": ["1"]}), column, nobody / "cache")
    assert list(nobody.iterdir()) == []


def test_nothing_needs_shared_memory():
    """So a machine without /dev/shm is one like any other."""
    for path in Path(homodal.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", ())]
            module = getattr(node, "module", None) or ""
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                assert not any(
                    name.startswith("multiprocessing") for name in [module, *names]
                ), path
