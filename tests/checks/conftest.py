"""A small table with one of every fault, and the check of it."""

import io
import wave

import numpy as np
import pytest
from PIL import Image

from homodal.checks.check import check
from homodal.tables.table import Table


def picture(folder, name, seed, size=(32, 32)):
    """A smooth random picture, of which no two seeds look alike."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8))
    small.resize(size, Image.Resampling.BICUBIC).save(folder / name)
    return name


def tone(folder, name, samples, rate_hz=8000):
    """A mono WAV of 16-bit samples from -1 to 1."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    (folder / name).write_bytes(file.getvalue())
    return name


@pytest.fixture(scope="session")
def recorded():
    """`recorded(folder, name, samples)`: the name of a WAV file."""
    return tone


ROWS = 40


@pytest.fixture(scope="session")
def faulty(tmp_path_factory):
    """`(folder, table)`: rows count from 0; what is wrong stands in the test."""
    folder = tmp_path_factory.mktemp("faulty")
    rng = np.random.default_rng(0)
    pictures = [picture(folder, f"{row}_p.png", row) for row in range(ROWS)]
    sounds = [
        tone(folder, f"{row}_s.wav", 0.3 * rng.normal(size=2000 + 10 * row))
        for row in range(ROWS)
    ]
    (folder / pictures[3]).write_bytes((folder / pictures[2]).read_bytes())
    (folder / pictures[4]).write_text("no picture", encoding="utf-8")
    whole = (folder / pictures[5]).read_bytes()
    (folder / pictures[5]).write_bytes(whole[: len(whole) // 2])
    Image.new("RGB", (32, 32), "red").save(folder / pictures[6])
    Image.open(folder / pictures[8]).resize((48, 40)).save(folder / pictures[7])
    tone(folder, sounds[9], np.zeros(2000))
    tone(folder, sounds[10], 3 * np.sin(np.arange(2000) / 9))
    tone(folder, sounds[11], 0.3 * rng.normal(size=4000), rate_hz=16000)
    labels = ["cat" if row % 2 else "dog" for row in range(ROWS)]
    columns = {
        "picture": [*pictures[:12], "gone.png", *pictures[13:]],
        "sound": [None, *sounds[1:]],
        "same": ["x"] * ROWS,
        "animal": ["c" if row % 2 else "d" for row in range(ROWS)],
        "number": [f"{rng.normal():.6f}" for _ in range(ROWS)],
        "code": [f"id-{row:05d}" for row in range(ROWS)],
        "text": [f"the {label} number {row} sat" for row, label in enumerate(labels)],
        "nothing": [None] * ROWS,
        "label": [*labels[:-1], None],
    }
    return folder, columns


@pytest.fixture(scope="session")
def checked(faulty):
    """The `Check` of the faulty table."""
    folder, columns = faulty
    return check(Table.open(columns, folder), target="label")


@pytest.fixture(scope="session")
def found(checked):
    """`{(kind, first column): Finding}` of that check."""
    return {(f.kind, f.columns[0]): f for f in checked.findings}
