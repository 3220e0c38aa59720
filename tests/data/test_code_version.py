"""Decoded cells are those of the code that is there, wherever it stands."""

import importlib
import sys

import pytest

from homodal.data import code_version as versions
from homodal.data.code_version import code_version
from homodal.data.preparation import PreparedColumn
from homodal.data.store import stored
from homodal.modalities.audio import Audio
from homodal.modalities.image import Image
from homodal.modalities.number import Number
from homodal.tables.table import Table

PART = """
import numpy as np
from homodal.contracts import Evidence, Modality
from .gain import GAIN

class Level(Modality):
    def recognise(self, cells):
        return Evidence(0.0, "only told")
    def read(self, cell):
        return np.array([GAIN * float(cell)], np.float32)
    def shape(self, facts):
        return (1,)
    def example(self, folder, rng):
        return 1.0
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """`package(gain, folder)`: the outside class `Level` of a package in a folder."""

    def make(gain, folder="a", part=PART):
        root = tmp_path / folder / "level_package"
        root.mkdir(parents=True, exist_ok=True)
        (root / "__init__.py").write_text("")
        (root / "gain.py").write_text(f"GAIN = {gain}\n")
        (root / "part.py").write_text(part)
        for name in [name for name in sys.modules if name.startswith("level_package")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(tmp_path / folder))
            module = importlib.import_module("level_package.part")
            return module.Level, code_version(module.Level)

    yield make
    for name in [name for name in sys.modules if name.startswith("level_package")]:
        del sys.modules[name]


def test_the_place_of_a_part_makes_no_difference_and_its_source_does(package):
    _, one = package(1.0, "a")
    assert package(1.0, "b")[1] == one
    assert package(2.0, "c")[1] != one  # in what the part imports
    assert package(1.0, "d", PART + "\nX = 1\n")[1] != one


def test_an_edited_outside_part_meets_no_stale_cells(package, tmp_path, monkeypatch):
    column = PreparedColumn("x", "x", "level_package.part:Level", {}, {})
    table = Table.open({"x": [1.0, 2.0]})
    cells = []
    for gain, folder in ((1.0, "a"), (3.0, "b"), (1.0, "c")):
        package(gain, folder)
        cells.append(stored(table, column, tmp_path / "decoded").array(1).item())
    assert cells == [2.0, 6.0, 2.0]
    assert len(list((tmp_path / "decoded").iterdir())) == 2


def test_the_modules_that_a_part_reads_with_count():
    followed = set(versions._modules([Audio.__module__]))
    assert {
        "homodal.media.sound",
        "homodal.media.tracks",
        "homodal.media.ogg",
    } <= followed
    assert "homodal.media.images" not in followed
    assert len({code_version(part) for part in (Audio, Image, Number)}) == 3
    assert code_version(Audio) == code_version(Audio)


def test_a_class_without_source_still_has_a_version():
    level = type("Level", (Number,), {"__module__": "nowhere.at.all"})
    assert len(code_version(level)) == 32
    assert code_version(level) != code_version(Number)
