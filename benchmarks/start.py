"""How soon homodal is there: imports, help, and the first step of a second run.

    python benchmarks/start.py [--table TABLE --target T --columns a,b] [--runs 5]

The first step of a second run, on a table whose columns are in the store already: from
the moment Keras is imported until everything that comes before it is done and the step
begins, and until it has ended. It is traced first, and so takes longer than the others.
"""

import argparse
import subprocess
import sys
import time
from statistics import median

from homodal.demo import data_folder

_SECOND_RUN = """
import sys, tempfile, time
import keras
begun = time.perf_counter()
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_session
from homodal.model.build import build
from homodal.training.fit import compile_network
from homodal.training.feed import Feed
from homodal.layers.cores import share_cores
table, target, columns = sys.argv[1:]
only = columns.split(",") if columns else None
session = open_session(Table.open(table), Recipe(target=target), only=only)
ready = time.perf_counter() - begun
training = session.recipe.training
share_cores()
network = build(session.recipe, session.preparation)
batches = session.train.batches(training.batch_size, seed=0)
compile_network(network, training, len(batches), jit=False)
inputs, truth = Feed(batches)[0]
begins = time.perf_counter() - begun
network.train_on_batch(inputs, truth)
print(ready, begins, time.perf_counter() - begun)
"""


def main():
    """Print medians of whole processes."""
    options = _options()
    empty = _seconds(options.runs, ["-c", "pass"])
    package = _seconds(options.runs, ["-c", "import homodal"]) - empty
    print(f"import homodal            {package:.3f} s more than an empty Python")
    helped = _seconds(options.runs, ["-m", "homodal", "--help"])
    print(f"homodal --help            {helped:.3f} s, the whole process")
    listed = _seconds(options.runs, ["-m", "homodal", "parts"])
    print(f"homodal parts             {listed:.3f} s, the whole process")
    arguments = [options.table, options.target, options.columns]
    _second_run(arguments)  # fills the store
    times = [_second_run(arguments) for _ in range(options.runs)]
    names = ("data ready", "first step begins", "first step ended")
    for name, values in zip(names, zip(*times, strict=True), strict=True):
        print(f"second run, {name:17} {median(values):.2f} s after Keras's import")


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--table", default=str(data_folder() / "train.csv"))
    parser.add_argument("--target", default="label")
    parser.add_argument("--columns", default="")
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def _seconds(runs, arguments):
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return median(times)


def _second_run(arguments):
    call = [sys.executable, "-c", _SECOND_RUN, *arguments]
    done = subprocess.run(call, check=True, capture_output=True, text=True)
    return [float(value) for value in done.stdout.split()]


if __name__ == "__main__":
    main()
