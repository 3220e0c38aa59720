"""A run's folder: what was trained on what, so that it can be resumed and read."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import yaml

import homodal
from homodal.errors import TrainingError
from homodal.recipe import Recipe

FILE = "run.json"


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
    version: str = homodal.__version__


def claim(folder):
    """Make `folder` for a new run. Raises `TrainingError` when it holds anything."""
    folder = Path(folder)
    if folder.is_dir() and any(folder.iterdir()):
        has_run = (folder / FILE).is_file()
        raise TrainingError(
            f"'{folder}' already holds {'a run' if has_run else 'something else'}",
            expected="a new folder",
            do=f"Go on with it: homodal train --resume {folder}; or name another --out"
            if has_run
            else "Name another --out",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"'{folder}' cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise TrainingError(f"'{folder}' cannot be written to", do="Name another --out")
    return folder


def save_start(folder, start, recipe):
    """Write what `load_start` reads."""
    (folder / "recipe.yaml").write_text(recipe.to_yaml(), encoding="utf-8")
    scratch = folder / f"{FILE}.tmp"
    scratch.write_text(json.dumps(asdict(start), indent=1), encoding="utf-8")
    scratch.replace(folder / FILE)


def load_start(folder):
    """`(Start, Recipe)` of a run's folder. Raises `TrainingError`."""
    folder = Path(folder)
    if not (folder / FILE).is_file():
        raise TrainingError(
            f"'{folder}' holds no run to resume", expected=f"a folder with {FILE}"
        )
    start = Start(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    if start.backend != keras.backend.backend():
        raise TrainingError(
            f"The run '{folder}' was begun on {start.backend}",
            got=keras.backend.backend(),
            do=f"Set KERAS_BACKEND={start.backend}",
        )
    text = (folder / "recipe.yaml").read_text(encoding="utf-8")
    return start, Recipe.from_dict(yaml.safe_load(text))
