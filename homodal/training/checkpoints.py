"""Checkpoints: everything that decides the next step, so that resuming is exact.

A checkpoint is a folder of safetensors + JSON + manifest, written beside and renamed.
It holds all variables of the network (seed generators included), of the optimizer and
of the metrics, and the counters; the order of rows is a function of (seed, epoch) and
needs no state.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from keras import ops
from safetensors.numpy import load_file, save

from homodal.data import folders
from homodal.errors import BundleError, TrainingError
from homodal.model.weights import assign, named_variables, named_weights, to_numpy

_KEPT = 2


class Checkpoints:
    """The checkpoints of one run, newest last; the best weights apart from them."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def save(self, network, counters):
        """Write the state after `counters["step"]` steps; keep the newest two.

        Best weights that neither of them refers to go. Raises `TrainingError` when the
        disk is full or not to be written to; older checkpoints are then as they were.
        """
        files = {
            "state.safetensors": save(to_numpy(_state(network))),
            "counters.json": json.dumps(counters).encode(),
        }
        self._write(f"step-{counters['step']:09d}", files)
        for old in self._all("step-")[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        needed = {_best_step(folder) for folder in self._all("step-")}
        for old in self._all("best-"):
            if int(old.name.removeprefix("best-")) not in needed:
                shutil.rmtree(old, ignore_errors=True)

    def save_best(self, network, step):
        """Write the weights of the best epoch so far; `save` drops older ones."""
        files = {"weights.safetensors": save(to_numpy(named_weights(network)))}
        self._write(f"best-{step:09d}", files)

    @property
    def begun(self):
        """True where a checkpoint was written, whole or not."""
        return bool(self._all("step-"))

    def sweep(self):
        """Remove what a killed process left half-written."""
        for left in self._all("."):
            shutil.rmtree(left, ignore_errors=True)

    def load_latest(self, network):
        """Restore the newest whole checkpoint; its counters, or None without one.

        A damaged one is passed over for the one before it.
        """
        damaged = []
        for folder in reversed(self._all("step-")):
            try:
                folders.verify(folder)
            except BundleError as error:
                damaged.append(str(error))
                continue
            tensors = load_file(folder / "state.safetensors")
            assign(_state(network), tensors, folder)
            return json.loads((folder / "counters.json").read_text())
        if damaged:
            raise TrainingError("No checkpoint of the run is whole", got=damaged[0])
        return None

    def load_best(self, network, step):
        """Restore the best weights, those written after `step` steps."""
        folder = self.folder / f"best-{step:09d}"
        folders.verify(folder)
        tensors = load_file(folder / "weights.safetensors")
        assign(named_weights(network), tensors, folder)

    def _write(self, name, files):
        with folders.writing(self.folder / name):
            folders.write(self.folder / name, files)

    def _all(self, prefix):
        if not self.folder.is_dir():
            return []
        return sorted(p for p in self.folder.iterdir() if p.name.startswith(prefix))


def _state(network):
    """All variables by name; the optimizer's and the metrics' by position."""
    state = {f"network.{n}": v for n, v in named_variables(network).items()}
    for position, variable in enumerate(network.optimizer.variables):
        state[f"optimizer.{position:04d}"] = variable
    for position, variable in enumerate(network.metrics_variables):
        state[f"metrics.{position:04d}"] = variable
    return state


def _best_step(folder):
    """The step of the best weights that a checkpoint refers to; None if unreadable."""
    try:
        return json.loads((folder / "counters.json").read_text())["best_step"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def finite(network):
    """True when every weight is a finite number."""
    return all(
        np.isfinite(ops.convert_to_numpy(ops.sum(weight)))
        for weight in network.trainable_weights
    )
