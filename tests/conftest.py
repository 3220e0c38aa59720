"""What tests of the whole way of a row share: a cache of their own, tiny tables."""

import contextlib
import gc
import os
from importlib import util
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# the same in every process, whichever test comes first: sums round by their threads
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", str(os.cpu_count() or 1))
# tiny networks: XLA's compiler costs far more than what it would save
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true",
)


# trainings that tests of several files share: those files go to one worker
SHARED = ("spoken", "trained")
ROOT = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Groups for `--dist loadgroup`: a file each, or those that share a training.

    In the conformance suite a part each: what a backend compiles for it is common.
    """
    groups = {}
    for item in items:
        for name in SHARED:
            if name in item.fixturenames:
                groups.setdefault(item.path, name)
    for item in items:
        own = item.path.relative_to(ROOT).as_posix()
        if own.startswith("conformance/") and hasattr(item, "callspec"):
            own = f"{own} {item.callspec.params.get('name')}"
        group = groups.get(item.path, own)
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_finish(session):
    """What was imported stays to the end: the collector need not look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module")
def eagerly():
    """Functions run without being traced, in a module whose trainings take few steps.

    A trace costs as much as some thirty steps of a tiny network. For tests of what is
    learned and answered; those of compilation, speed and equal bits are traced.
    """
    with _eagerly(True):
        yield


@pytest.fixture
def traced():
    """The functions of one test are traced, in a module that runs `eagerly`."""
    with _eagerly(False):
        yield


@contextlib.contextmanager
def _eagerly(eager):
    """Other backends than TensorFlow are left as they are."""
    import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(eager)
    yield
    tf.config.run_functions_eagerly(before)


@pytest.fixture(scope="session")
def pretrained_files():
    """The module beside this one that writes small files of pretrained networks."""
    spec = util.spec_from_file_location(
        "pretrained_files", ROOT / "pretrained_files.py"
    )
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Decoded columns of the tests stay out of the user's cache."""
    before = os.environ.get("HOMODAL_CACHE")
    folder = tmp_path_factory.mktemp("cache")
    os.environ["HOMODAL_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["HOMODAL_CACHE"]
    else:
        os.environ["HOMODAL_CACHE"] = before


@pytest.fixture(scope="session")
def tiny_table():
    """`tiny_table(folder, modalities, rows, gaps)`: a dict of columns and a `label`.

    A column has its modality's name; its media are files in `folder`. About `gaps` of
    the cells are absent, never all of a row.
    """
    return _tiny_table


@pytest.fixture(scope="session")
def tiny_settings():
    """`tiny_settings(modalities, ...)`: the smallest network, trained for an epoch."""
    return _tiny_settings


def _tiny_table(folder, modalities, rows=24, gaps=0.2, seed=0):
    from homodal import parts

    rng = np.random.default_rng(seed)
    present = rng.random((rows, len(modalities))) >= gaps
    present[np.arange(rows), rng.integers(len(modalities), size=rows)] = True
    columns = {}
    for place, modality in enumerate(modalities):
        reader = parts.find("modality", modality).make()
        cells = [reader.example(folder, rng) for _ in range(rows)]
        cells = [_as_text(cell) for cell in cells]
        columns[modality] = [
            c if there else None
            for c, there in zip(cells, present[:, place], strict=True)
        ]
    columns["label"] = ["abc"[row % 3] for row in range(rows)]
    return columns


def _as_text(cell):
    """Media by their names in the folder; several in one cell as a CSV has them."""
    if isinstance(cell, list) and all(isinstance(each, Path) for each in cell):
        return ";".join(path.name for path in cell)
    return cell.name if isinstance(cell, Path) else cell


def _tiny_settings(modalities, **changes):
    smallest = {
        "encoder.width": 8,
        "encoder.depth": 1,
        "fusion.width": 8,
        "training.epochs": 1,
        "training.batch_size": 8,
    }
    kinds = {f"columns.{modality}": modality for modality in modalities}
    return smallest | kinds | changes


@pytest.fixture(scope="session")
def commands():
    """`commands(rows)`: a table of texts, their slots and intents, and a number."""
    return _commands


def _commands(rows):
    """Short commands: two intents, a span of one or two words, and a number beside."""
    spans = {"artist": ["red bird", "sun", "old sea"], "city": ["new york", "rome"]}
    heads = {"artist": "play something by", "city": "weather in"}
    table = {"text": [], "slots": [], "intent": [], "size": []}
    for row in range(rows):
        kind = ["artist", "city"][row % 2]
        words = spans[kind][row // 2 % len(spans[kind])].split()
        head = heads[kind].split()
        inside = [f"{'IB'[place == 0]}-{kind}" for place in range(len(words))]
        table["text"].append(" ".join([*head, *words, f"please{row}"]))
        table["slots"].append(" ".join([*["O"] * len(head), *inside, "O"]))
        table["intent"].append(kind)
        table["size"].append(float(row % 5))
    return table


SEEN = ("text", "image", "number")


@pytest.fixture(scope="session")
def seen(tmp_path_factory, tiny_table):
    """The folder and the table that `trained` was trained on."""
    folder = tmp_path_factory.mktemp("seen")
    return folder, tiny_table(folder, SEEN)


@pytest.fixture(scope="session")
def trained(seen, tmp_path_factory, tiny_settings):
    """A `Run` on a table of text, pictures and numbers with gaps; do not change it."""
    import homodal

    folder, table = seen
    with _eagerly(True):  # of three steps
        return homodal.train(
            table,
            target="label",
            settings=tiny_settings(SEEN),
            out=tmp_path_factory.mktemp("trained") / "run",
            media_root=folder,
        )


@pytest.fixture(scope="session")
def spoken(tmp_path_factory):
    """`(run, table, rate_hz)`: letters as tones, and a causal model that reads them.

    A tenth of a second a letter, silence for a space. Do not change it.
    """
    import homodal

    rng = np.random.default_rng(0)
    words = ["ab", "ba", "ca", "abc"]
    texts = [" ".join(rng.choice(words, size=rng.integers(1, 4))) for _ in range(64)]
    table = {"sound": [_tones(text, rng) for text in texts], "said": texts}
    settings = {
        "columns.sound": {"modality": "audio", "rate_hz": 8000, "causal": True},
        "columns.said": {"modality": "transcript", "units": "character"},
        "encoder": {"name": "rnn", "width": 24, "depth": 1, "row_halvings": 1},
        "encoder.bidirectional": False,
        "training": {"epochs": 16, "batch_size": 8, "learning_rate": 0.01},
    }
    out = tmp_path_factory.mktemp("spoken") / "run"
    return homodal.train(table, target="said", settings=settings, out=out), table, 8000


@pytest.fixture(scope="session")
def voice(spoken, tmp_path_factory):
    """A `Run` that speaks the letters of `spoken` as tones; do not change it."""
    import homodal

    run, table, rate_hz = spoken
    settings = {
        "columns.sound": {"modality": "speech", "rate_hz": rate_hz, "mels": 32},
        "columns.said": "text",
        "head": {"name": "speak", "aligner": str(run.folder), "depth": 2},
        "encoder": {"name": "cnn", "width": 32, "depth": 1},
        "training": {"epochs": 40, "batch_size": 8, "learning_rate": 0.01},
    }
    out = tmp_path_factory.mktemp("voice") / "run"
    return homodal.train(table, target="sound", settings=settings, out=out)


def _tones(text, rng):
    time = np.arange(800) / 8000
    hertz = {"a": 500, "b": 1000, "c": 2000}
    tones = [0.3 * np.sin(2 * np.pi * hertz.get(letter, 0) * time) for letter in text]
    found = np.concatenate(tones)
    return (found + rng.normal(0, 0.01, len(found))).astype("float32")
