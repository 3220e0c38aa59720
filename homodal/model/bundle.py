"""The bundle: recipe, preparation, weights, calibration, evaluation, manifest.

A folder of safetensors and JSON that predicts from raw rows. Rebuilt from recipe and
preparation, so nothing in it is code. Refused with one line when damaged or newer.
"""

import importlib.metadata
import json
import platform
import re
from functools import partial
from pathlib import Path

import keras
from safetensors import SafetensorError
from safetensors.numpy import load, save

import homodal
from homodal import parts, yaml_core
from homodal.answering.plain_model import PlainModel
from homodal.calibration import Calibration
from homodal.data import folders
from homodal.data.blocks import entries_of
from homodal.data.preparation import Preparation
from homodal.data.schema import Schema
from homodal.errors import BundleError
from homodal.model.build import build
from homodal.model.model import Model
from homodal.model.weights import assign, named_weights, to_numpy
from homodal.recipe import Recipe

FORMAT = 2
_WITH_BLOCKS = 2  # the format since which columns of a block share one encoder
_PLAIN = "plain.safetensors"
FOLDER = "bundle"  # inside a run's folder
_NAMED_PACKAGES = ("keras", "numpy", "pyarrow", "tokenizers", "safetensors")


def write(folder, model, evaluation=None):
    """Write `model` as the bundle `folder`, whole or not at all.

    Raises `TrainingError` when the disk is full or not to be written to.
    """
    files = {
        "recipe.yaml": model.recipe.to_yaml().encode(),
        "schema.yaml": _yaml(model.schema.to_dict()),
        "preparation.json": _json(model.preparation.to_dict()),
        "calibration.json": _json(model.calibration.to_dict()),
        "evaluation.json": _json(evaluation or {}),
        "versions.json": _json(versions()),
        "weights.safetensors": save(to_numpy(named_weights(model.network))),
    }
    if model.plain is not None:
        files[_PLAIN] = save(model.plain.to_arrays())
    for name, extractor in model.preparation.extractors.items():
        files[_extractor_file(name)] = save(extractor.weights)
    with folders.writing(folder):
        folders.write(folder, files)


def read(folder):
    """The `Model` of a bundle, or of a run's folder that holds one.

    Raises `BundleError` in one line: no bundle, damaged, newer, or of parts that are
    not installed.
    """
    place, listed, recipe, preparation = _learned_before(folder)
    schema = _read(place / "schema.yaml", yaml_core.load, Schema.from_dict)
    tensors = _read(place / "weights.safetensors", load)
    network = build(recipe, preparation)
    assign(named_weights(network), tensors, place)
    calibration = Calibration()
    if "calibration.json" in listed:  # bundles of older versions have none
        file = place / "calibration.json"
        calibration = _read(file, json.loads, Calibration.from_dict)
    plain = None
    if _PLAIN in listed:
        plain = _read(place / _PLAIN, load, PlainModel.from_arrays)
    return Model(recipe, schema, preparation, network, calibration, plain)


def _learned_before(folder):
    """`(place, names of the files that its manifest lists, recipe, preparation)`."""
    place = _place(Path(folder))
    listed = set(folders.verify(place))
    version, made = _check_format(place, listed)
    recipe = _read(place / "recipe.yaml", Recipe.from_yaml)
    preparation = _read(
        place / "preparation.json", json.loads, partial(_preparation, place, listed)
    )
    _refuse_without_blocks(place, made, version, preparation)
    return place, listed, recipe, preparation


def _preparation(place, listed, values):
    """The Preparation, with the pretrained networks that the bundle brings along."""
    names = {c["extractor"]["name"] for c in values["columns"] if c.get("extractor")}
    for name in sorted(names):
        if _extractor_file(name) not in listed:
            raise BundleError(
                f"'{place}' is damaged: '{_extractor_file(name)}' is missing"
            )
    extractors = {
        name: parts.find("extractor", name).load()(
            _read(place / _extractor_file(name), load)
        )
        for name in sorted(names)
    }
    return Preparation.from_dict(values, extractors)


def _extractor_file(name):
    return f"extractor-{re.sub('[^a-z0-9_]+', '-', name.lower())}.safetensors"


def learned_before(folder):
    """`(recipe, preparation)` of a bundle, not its network. Raises `BundleError`."""
    _, _, recipe, preparation = _learned_before(folder)
    return recipe, preparation


def weights_of(folder):
    """`{name: array}`, the weights in a bundle. Raises `BundleError`."""
    place = _place(Path(folder))
    folders.verify(place)
    return _read(place / "weights.safetensors", load)


def versions():
    """What made a bundle: homodal, format, Python, backend and packages."""
    return {
        "format": FORMAT,
        "homodal": homodal.__version__,
        "python": platform.python_version(),
        "backend": keras.backend.backend(),
        "packages": {p: importlib.metadata.version(p) for p in _NAMED_PACKAGES},
    }


def _place(folder):
    for place in (folder / FOLDER, folder):
        if (place / folders.MANIFEST).is_file():
            return place
    if not folder.is_dir():
        raise BundleError(
            f"There is no folder '{folder}'", expected="a run or a bundle"
        )
    raise BundleError(
        f"'{folder}' holds no saved model",
        expected="the folder of a finished run",
        do=f"If its training was interrupted: homodal train --resume {folder}",
    )


def _check_format(place, listed):
    needed = {"recipe.yaml", "schema.yaml", "preparation.json", "versions.json"}
    missing = sorted((needed | {"weights.safetensors"}) - listed)
    if missing:
        raise BundleError(f"'{place}' is damaged: '{missing[0]}' is missing")
    made, version = _read(place / "versions.json", json.loads, _made_by)
    if made > FORMAT:
        raise BundleError(
            f"'{place}' was saved by a newer homodal ({version}, format {made})",
            expected=f"format {FORMAT} or older",
            do="Run: pip install --upgrade homodal",
        )
    return version, made


def _refuse_without_blocks(place, made, version, preparation):
    """Raise `BundleError` where the columns of a block had an encoder each."""
    blocks = [entry.label for entry in entries_of(preparation) if entry.block]
    if made < _WITH_BLOCKS and blocks:
        raise BundleError(
            f"'{place}' was saved by an older homodal ({version}, format {made}), "
            "whose numbers and categories had an encoder each",
            expected=f"format {_WITH_BLOCKS}, with one for: {', '.join(blocks)}",
            do="Train it again, or predict with the homodal that saved it",
        )


def _made_by(values):
    return int(values["format"]), str(values["homodal"])


def _read(path, parse, make=lambda parsed: parsed):
    """What a file says; whole files that say nonsense are a stranger's."""
    try:
        return make(parse(path.read_bytes()))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
    except (yaml_core.YAMLError, SafetensorError) as error:
        reason = str(error)
    raise BundleError(
        f"'{path.name}' cannot be read ({' '.join(reason.split())})",
        expected=f"a file that homodal {homodal.__version__} wrote",
        got=str(path),
    )


def _json(values):
    return json.dumps(values, ensure_ascii=False, indent=1).encode()


def _yaml(values):
    return yaml_core.dump(values).encode()
