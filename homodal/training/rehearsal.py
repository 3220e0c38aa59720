"""What two strategies do before the training: they rehearse it, and remember.

blend: short trainings, each of one loss alone, tell how well it generalises; the losses
are then weighed by it (gradient blending, offline). umt: each column learns by itself
first, and what it makes of the rows is what it should still make of them when it is
trained together with the others (unimodal teachers).

Afterwards every weight is as it was before; only the strategy's own state differs.
"""

import time
from dataclasses import replace
from functools import partial

import numpy as np
from keras import ops
from safetensors.numpy import load_file, save

from homodal.data import folders
from homodal.data.answers import answered
from homodal.data.batches import PRESENT
from homodal.errors import TrainingError
from homodal.layers.balance import REHEARSED
from homodal.model.predict import answers
from homodal.model.weights import assign, named_variables, to_numpy
from homodal.progress import track
from homodal.training.fit import fit_plainly

FILE = "teachers.safetensors"
_SHARE = 0.1  # of the epochs, for each of the short trainings
_MOST_ROWS = 2048  # whose losses are measured
_LEAST_OVERFIT = 1e-3  # nats: below it, differences are noise


def rehearsal(network, held, training, folder, journal, jit=False):
    """What `fit` calls before its first step, or None where the recipe asks for none.

    held: `Batches` of the validation rows. folder: the run's, where teachers are kept.
    """
    if network.strategies.kind not in REHEARSED:
        return None
    given = {"held": held, "training": training, "journal": journal, "jit": jit}
    if network.strategies.kind == "blend":
        return partial(_blended, **given)
    return partial(_taught, folder=folder, **given)


def blend(gains, overfits, power=2.0):
    """Weights of losses `(K,)`, which sum to 1: gain / overfit^power.

    gains: how far each one's validation loss fell; a loss that did not fall gets no
    weight. overfits: how far validation and training loss came apart meanwhile. Wang,
    Tran and Feiszli, "What Makes Training Multi-modal Classification Networks Hard?",
    2020, arXiv:1905.12681 (section 3, the deltas).
    """
    gains = np.maximum(np.asarray(gains, float), 0.0)
    shares = gains / np.maximum(np.abs(overfits), _LEAST_OVERFIT) ** power
    if not shares.sum() > 0:
        return np.full(len(shares), 1 / len(shares))
    return shares / shares.sum()


def measured(network, batches):
    """Mean losses `(1 + M,)` of the joint answer and of each entry's own.

    Nothing is hidden or dropped; an own loss is over the rows that have the entry, a
    column or any of a block's.
    """
    total = np.zeros(1 + len(network.keys))
    count = np.zeros_like(total)
    order = batches.order(0)
    for index in range(len(batches)):
        inputs, truth = batches.batch(index, order=order)
        found = answers(network, inputs, batches.varying)
        said = [found["logits"], *found["alone"].values()]
        heads = [network.head, *network.heads.values()]
        known = answered(truth)
        shown = np.asarray(ops.convert_to_numpy(found["shown"]))
        for place, (head, logits) in enumerate(zip(heads, said, strict=True)):
            there = shown[:, place - 1] if place else shown.any(axis=1)
            losses = np.asarray(ops.convert_to_numpy(head.loss(logits, truth)))
            total[place] += (losses * (there & known)).sum()
            count[place] += (there & known).sum()
    return total / np.maximum(count, 1)


def _blended(network, batches, begun, *, held, training, journal, jit):
    if begun:  # the weights of the losses are in the checkpoint
        return batches
    started = time.monotonic()
    short = max(1, round(_SHARE * training.epochs))
    training = training.model_copy(update={"epochs": short})
    seen = _at_most(batches, _MOST_ROWS)
    before = to_numpy(named_variables(network))
    names = ["together", *network.keys]
    gains, overfits = np.zeros(len(names)), np.zeros(len(names))
    start = [measured(network, rows) for rows in (seen, held)]
    for place in track(range(len(names)), "Weighing the losses", len(names)):
        assign(named_variables(network), before, "the rehearsal")
        network.strategies.mix.assign(np.eye(len(names), dtype="float32")[place])
        fit_plainly(network, batches, training, jit)
        end = [measured(network, rows)[place] for rows in (seen, held)]
        first = [losses[place] for losses in start]
        gains[place] = first[1] - end[1]
        overfits[place] = (end[1] - end[0]) - (first[1] - first[0])
    assign(named_variables(network), before, "the rehearsal")
    weights = blend(gains, overfits, network.strategies.strength)
    network.strategies.mix.assign(weights.astype("float32"))
    told = {
        name: {"weight": float(w), "gain": float(g), "overfit": float(o)}
        for name, w, g, o in zip(names, weights, gains, overfits, strict=True)
    }
    spent = round(time.monotonic() - started, 3)
    journal.write("blend", epochs=short, losses=told, seconds=spent)
    return batches


def _taught(network, batches, begun, *, held, training, folder, journal, jit):
    path = folder / FILE
    if begun:
        return _with_teachers(batches, _read(path))
    started = time.monotonic()
    before = to_numpy(named_variables(network))
    alone = np.array([0.0, *[1.0] * len(network.keys)], "float32")
    network.strategies.mix.assign(alone)  # no loss of the joint answer
    best = _Best(network, held)
    fit_plainly(network, batches, training, jit, after_epoch=best)
    best.restore()
    taught = _made_of(network, batches)
    assign(named_variables(network), before, "the rehearsal")
    with folders.writing(path):
        folders.write_synced(path, save({"taught": taught}))
    spent = round(time.monotonic() - started, 3)
    journal.write("teachers", log_loss=best.losses, seconds=spent)
    return _with_teachers(batches, taught)


class _Best:
    """Each entry's front and encoder at the epoch of its lowest validation loss."""

    def __init__(self, network, held):
        self.network = network
        self.held = held
        self.losses: dict = {}
        self._kept: dict = {}

    def __call__(self, network):
        for key, loss in zip(
            network.keys, measured(network, self.held)[1:], strict=True
        ):
            if loss < self.losses.get(key, np.inf):
                self.losses[key] = float(loss)
                self._kept[key] = to_numpy(self._own(key))

    def restore(self):
        """Put them back into the network."""
        for key, kept in self._kept.items():
            assign(self._own(key), kept, "the rehearsal")

    def _own(self, key):
        named = named_variables(self.network).items()
        own = (f"{key}.front.", f"{key}.encoder.", f"{key}.tokens.")
        return {name: variable for name, variable in named if name.startswith(own)}


def _made_of(network, batches):
    """`(rows in table, M, 2 width)`: the pooled columns of the rows of `batches`."""
    rows = batches.rows
    plain = _plain(batches, rows)
    found = None
    for index in track(range(len(plain)), "Asking the teachers", len(plain)):
        inputs, _ = plain.batch(index, order=rows)
        streams = {
            key: network.encoded(key, *network.cells(key, inputs))
            for key in network.keys
        }
        streams = network.mixed(streams, ops.convert_to_tensor(inputs[PRESENT]))
        pooled = ops.convert_to_numpy(network.strategies.pooled(streams))
        if found is None:
            count = len(next(iter(batches.columns.values())))
            found = np.zeros((count, *pooled.shape[1:]), np.float32)
        found[rows[index * plain.batch_size :][: len(pooled)]] = pooled
    return found


def _with_teachers(batches, taught):
    return replace(batches, taught=taught)


def _plain(batches, rows):
    """The same columns in the order of `rows`, without weights."""
    return replace(batches, rows=rows, seed=None, weights=None, taught=None)


def _at_most(batches, most):
    rows = batches.rows
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
    return _plain(batches, rows)


def _read(path):
    if not path.is_file():
        raise TrainingError(
            f"'{path}' is missing, which the run's teachers are in",
            do="Train a new run",
        )
    return load_file(path)["taught"]
