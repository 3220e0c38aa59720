"""A small table with gaps, tiny networks on it, and faults at chosen instants."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections import namedtuple

import keras
import numpy as np
import pytest
from PIL import Image

from homodal import api
from homodal.model.build import build
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training import callbacks
from homodal.training.checkpoints import Checkpoints
from homodal.training.journal import Journal
from homodal.training.session import open_session

ROWS = 48
WORDS = ["red", "green", "blue", "sun", "moon", "sea", "tree", "stone", "bird", "fish"]
NUMBERS = ["size", "mass"]

Opened = namedtuple("Opened", "session network batches training")


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory):
    """Decoded columns go where the tests' other files go."""
    before = os.environ.get("HOMODAL_CACHE")
    os.environ["HOMODAL_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["HOMODAL_CACHE"]
    else:
        os.environ["HOMODAL_CACHE"] = before


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """A CSV file: label; text, two numbers and a picture, each with gaps."""
    folder = tmp_path_factory.mktemp("table")
    with (folder / "table.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["label", "text", "size", "mass", "face"])
        writer.writerows(_row(folder, row) for row in range(ROWS))
    return folder / "table.csv"


def _row(folder, row):
    rng = np.random.default_rng(row)
    kind = row % 3
    words = rng.choice(WORDS[3 * kind : 3 * kind + 4], size=rng.integers(2, 12))
    pixels = rng.random((8, 8, 3)) * 100 + 50 * kind
    Image.fromarray(pixels.astype("uint8")).save(folder / f"{row}.png")
    return [
        "abc"[kind],
        "" if row % 7 == 0 else " ".join(words),
        "" if row % 5 == 0 else f"{kind + rng.normal():.4f}",
        f"{rng.normal():.4f}",
        "" if row % 4 == 0 else f"{row}.png",
    ]


@pytest.fixture(scope="session")
def settings():
    """`settings(epochs=2)`: those of a tiny recipe, with changes to its training."""

    def made(**training):
        small = {"epochs": 3, "batch_size": 8} | training
        return {
            "target": "label",
            "encoder": {"name": "cnn", "width": 8, "depth": 1},
            **{f"training.{name}": value for name, value in small.items()},
        }

    return made


@pytest.fixture(scope="session")
def fed(table, settings):
    """`fed(columns, epochs=2)`: session and training batches, without a network."""

    def made(columns=NUMBERS, **training):
        recipe = Recipe().with_settings(settings(**training))
        session = open_session(Table.open(table), recipe, only=list(columns))
        training = session.recipe.training
        batches = session.train.batches(training.batch_size, seed=training.seed)
        return Opened(session, None, batches, training)

    return made


@pytest.fixture(scope="session")
def opened(fed):
    """`opened(columns, epochs=2)`: the same with a fresh network."""

    def made(columns=NUMBERS, **training):
        run = fed(columns, **training)
        network = build(run.session.recipe, run.session.preparation)
        return run._replace(network=network)

    return made


@pytest.fixture
def kept(tmp_path):
    """The `(Checkpoints, Journal)` of a run in a fresh folder."""
    return Checkpoints(tmp_path / "checkpoints"), Journal(tmp_path)


APART = """
import json, sys
from homodal import api

verb, arguments, options = json.loads(sys.argv[1])
getattr(api, verb)(*arguments, **options)
"""


@pytest.fixture(scope="session")
def apart():
    """`apart("train", table, out=...)`: a verb of `homodal.api` in a fresh process.

    What a process did before can change the last bits of what it trains.
    """

    def run(verb, *arguments, **options):
        told = json.dumps([verb, arguments, options], default=str)
        subprocess.run([sys.executable, "-c", APART, told], check=True)

    return run


@pytest.fixture(scope="session")
def whole(table, settings, apart, tmp_path_factory):
    """The folder of a run on all columns that nothing ever interrupted."""
    out = tmp_path_factory.mktemp("whole") / "run"
    apart("train", table, settings=settings(), out=out)
    return out


@pytest.fixture(scope="session")
def whole_size(table, settings, tmp_path_factory):
    """The same on one column of numbers, which is quick to compile."""
    out = tmp_path_factory.mktemp("whole_size") / "run"
    api.train(table, settings=settings(), columns=["size"], out=out)
    return out


@pytest.fixture(scope="session")
def same_run():
    """`same_run(a, b)`: equal weights to the bit, equal journals but for the clock."""

    def check(one, other):
        assert _weights(one) == _weights(other)
        assert _figures(one) == _figures(other)

    return check


def _weights(run):
    return (run / "bundle" / "weights.safetensors").read_bytes()


def _figures(run):
    lines = (run / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "seconds": 0} for line in lines]


@pytest.fixture
def signal_at(monkeypatch):
    """`signal_at(epoch, batch)`: a real signal once, at the end of that step."""

    def arm(epoch, batch, number=signal.SIGINT, times=1):
        original = callbacks.Guard.on_train_batch_end
        left = [times]

        def wrapped(self, at, logs=None):
            if (self.epoch, at) == (epoch, batch):
                while left[0]:
                    left[0] -= 1
                    signal.raise_signal(number)
            original(self, at, logs)

        monkeypatch.setattr(callbacks.Guard, "on_train_batch_end", wrapped)

    return arm


@pytest.fixture
def disk_full(monkeypatch):
    """`disk_full(part)`: no byte more to files whose path has `part` in it."""
    from homodal.data import folders

    def arm(part):
        original = folders.write_synced

        def full(path, data):
            if part in str(path):
                raise OSError(28, "No space left on device")
            original(path, data)

        monkeypatch.setattr(folders, "write_synced", full)

    return arm


@pytest.fixture
def poisoned():
    """`poisoned(network)`: one of its weights is no number any more."""

    def poison(network):
        weight = network.head.trainable_weights[0]
        weight.assign(keras.ops.full(weight.shape, float("nan")))

    return poison
