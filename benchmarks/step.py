"""What our training loop costs a step, against bare `fit` on arrays in memory.

    python benchmarks/step.py [--table TABLE --target T --columns a,b] [--pairs 7]

The same network, the same optimizer, the same padded batches: once as `homodal.train`
does it, from the store, with all callbacks and a batch's halves at once, once as
`keras.Model.fit` of a list of batches that lie in memory. The two alternate, with the
same threads; the ratio is of each pair.
"""

import argparse
import tempfile
import time
from statistics import median

import tensorflow as tf

from homodal.data.batches import Batches
from homodal.demo import data_folder
from homodal.layers.cores import share_cores
from homodal.model.build import build
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.checkpoints import Checkpoints
from homodal.training.fit import compile_network, fit
from homodal.training.journal import Journal
from homodal.training.session import open_session


def main():
    """Print seconds an epoch of both and the ratio, pair by pair."""
    options = _options()
    share_cores()
    recipe = Recipe(target=options.target).with_settings({"training.epochs": 2})
    only = options.columns.split(",") if options.columns else None
    session = open_session(Table.open(options.table), recipe, only=only)
    training = session.recipe.training
    batches = session.train.batches(training.batch_size, seed=0)
    ours, bare = [], []
    for pair in range(options.pairs + 1):
        ours.append(_ours(session, batches, training))
        bare.append(_bare(session, batches, training))
        if pair:  # the first warms caches
            print(f"ours {ours[-1]:.3f} s, bare {bare[-1]:.3f} s an epoch")
    ratios = [a / b for a, b in zip(ours[1:], bare[1:], strict=True)]
    print(
        f"{len(batches)} steps an epoch; ours / bare: median {median(ratios):.3f}, "
        f"lowest {min(ratios):.3f}, highest {max(ratios):.3f}"
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--table", default=str(data_folder() / "train.csv"))
    parser.add_argument("--target", default="label")
    parser.add_argument("--columns")
    parser.add_argument("--pairs", type=int, default=7)
    return parser.parse_args()


def _ours(session, batches, training):
    """Seconds of the second epoch: steps, callbacks and journal, without validation."""
    network = build(session.recipe, session.preparation)
    marks = []

    def validate(_):
        marks.append(time.perf_counter())
        return {"accuracy": 0.0, "log_loss": 0.0}

    with tempfile.TemporaryDirectory() as folder:
        fit(network, batches, training, validate, Checkpoints(folder), Journal(folder))
    return marks[1] - marks[0]


def _bare(session, batches: Batches, training):
    network = build(session.recipe, session.preparation)
    compile_network(network, training, len(batches), jit=False)
    vars(network).pop("train_step", None)  # Keras's own
    held = [batches.batch(i, order=batches.order(1)) for i in range(len(batches))]
    varying = batches.varying
    signature = tf.nest.map_structure(
        lambda a: tf.TensorSpec(a.shape, a.dtype), held[0]
    )
    inputs, truth = signature
    inputs = {
        name: tf.TensorSpec(
            [None, None, *spec.shape[2:]]
            if name in varying
            else [None, *spec.shape[1:]],
            spec.dtype,
        )
        for name, spec in inputs.items()
    }
    truth = tf.TensorSpec([None], truth.dtype)
    made = tf.data.Dataset.from_generator(
        lambda: iter(held), output_signature=(inputs, truth)
    )
    network.fit(made.prefetch(2), epochs=1, verbose=0)
    begun = time.perf_counter()
    network.fit(made.prefetch(2), epochs=1, verbose=0)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
