"""A run's folder: what was trained on what, so that it can be resumed and read."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: a run is not held there
    fcntl = None

import homodal
from homodal import yaml_core
from homodal.data import folders
from homodal.data.preparation import Preparation
from homodal.errors import TrainingError
from homodal.recipe import Recipe

FILE = "run.json"
LOCK = "run.lock"
_PREPARATION = "preparation.json"


@dataclass(frozen=True)
class Start:
    """How a run began. Tables are None where they were objects in memory."""

    table: str | None
    valid: str | None
    media_root: str | None
    columns: list | None
    allow_bad: bool
    fingerprint: str
    backend: str
    jit: bool
    valid_fingerprint: str | None = None
    encoding: str | None = None  # of tables of text; None: as they say
    version: str = homodal.__version__


@contextlib.contextmanager
def claimed(folder):
    """Make `folder` for a new run and hold it; it goes again if nothing was begun.

    Raises `TrainingError` when it holds anything or cannot be written to.
    """
    folder = _made(Path(folder))
    with held(folder):
        refuse_used(folder)  # again: another process may have been faster
        try:
            yield folder
        except BaseException:
            if all(path.name == LOCK for path in folder.iterdir()):
                (folder / LOCK).unlink()
                folder.rmdir()
            raise


@contextlib.contextmanager
def held(folder):
    """Hold a run's folder: inside the block no other process trains in it.

    The system lets go of it even when this process is killed.
    """
    with folders.writing(folder):
        file = (folder / LOCK).open("a")
    with file:
        if fcntl is not None and not _locked(file):
            raise TrainingError(
                f"Another process is training in '{folder}'",
                do="Wait for it, or name another --out",
            )
        yield


def _locked(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system that has no locks
        return True
    return True


def refuse_used(folder):
    """Raise `TrainingError` where `folder` holds a run, or anything else."""
    folder = Path(folder)
    if folder.is_dir() and any(path.name != LOCK for path in folder.iterdir()):
        has_run = (folder / FILE).is_file()
        raise TrainingError(
            f"'{folder}' already holds {'a run' if has_run else 'something else'}",
            expected="a new folder",
            do=f"Go on with it: homodal train --resume {folder}; or name another --out"
            if has_run
            else "Name another --out",
        )


def _made(folder):
    refuse_used(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"'{folder}' cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise TrainingError(f"'{folder}' cannot be written to", do="Name another --out")
    return folder


def save_start(folder, start, recipe, preparation):
    """Write what `load_start` reads."""
    learned = json.dumps(preparation.to_dict(), ensure_ascii=False, indent=1)
    scratch = folder / f"{FILE}.tmp"
    with folders.writing(folder):
        (folder / "recipe.yaml").write_text(recipe.to_yaml(), encoding="utf-8")
        (folder / _PREPARATION).write_text(learned, encoding="utf-8")
        scratch.write_text(json.dumps(asdict(start), indent=1), encoding="utf-8")
        scratch.replace(folder / FILE)


def load_start(folder):
    """`(Start, Recipe, Preparation)` of a run's folder. Raises `TrainingError`."""
    folder = Path(folder)
    if not (folder / FILE).is_file():
        raise TrainingError(
            f"'{folder}' holds no run to resume", expected=f"a folder with {FILE}"
        )
    try:
        start = Start(**_json(folder / FILE))
        text = (folder / "recipe.yaml").read_text(encoding="utf-8")
        recipe = Recipe.from_yaml(text)
        preparation = Preparation.from_dict(_json(folder / _PREPARATION))
    except (OSError, ValueError, TypeError, KeyError, yaml_core.YAMLError) as error:
        raise TrainingError(
            f"The run '{folder}' is damaged", got=str(error), do="Train a new one"
        ) from error
    import keras  # pages that only name a run have no need of it

    if start.backend != keras.backend.backend():
        raise TrainingError(
            f"The run '{folder}' was begun on {start.backend}",
            got=keras.backend.backend(),
            do=f"Set KERAS_BACKEND={start.backend}",
        )
    return start, recipe, preparation


def _json(path):
    return json.loads(path.read_text(encoding="utf-8"))
