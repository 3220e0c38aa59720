"""Checkpoints: everything that decides the next step, so that resuming is exact.

A checkpoint is a folder of safetensors + JSON + manifest, written beside and renamed.
It holds all variables of the network (seed generators included) and of the optimizer,
and the counters; the order of rows is a function of (seed, epoch) and needs no state.
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
        """Write the state after `counters["step"]` steps; keep the newest two."""
        tensors = to_numpy(_state(network))
        files = {
            "state.safetensors": save(tensors),
            "counters.json": json.dumps(counters).encode(),
        }
        folders.write(self.folder / f"step-{counters['step']:09d}", files)
        for old in self._all("step-")[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def save_best(self, network, step):
        """Write the weights of the best epoch so far, then drop older ones."""
        files = {"weights.safetensors": save(to_numpy(named_weights(network)))}
        folders.write(self.folder / f"best-{step:09d}", files)

    def drop_best_before(self, step):
        """Remove best weights that no checkpoint refers to any more."""
        for old in self._all("best-"):
            if int(old.name.removeprefix("best-")) < step:
                shutil.rmtree(old, ignore_errors=True)

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

    def _all(self, prefix):
        if not self.folder.is_dir():
            return []
        return sorted(p for p in self.folder.iterdir() if p.name.startswith(prefix))


def _state(network):
    """All variables by name; the optimizer's by position."""
    state = {f"network.{n}": v for n, v in named_variables(network).items()}
    for position, variable in enumerate(network.optimizer.variables):
        state[f"optimizer.{position:04d}"] = variable
    return state


def finite(network):
    """True when every weight is a finite number."""
    return all(
        np.isfinite(ops.convert_to_numpy(ops.sum(weight)))
        for weight in network.trainable_weights
    )
