"""What a step of each fusion costs, and how it grows with columns and steps.

    python benchmarks/fusions.py [--out DOCS_FOLDER] [--repeats 30]

Forward and backward through the fusion alone, 64 rows of streams of width 64, compiled
by TensorFlow without XLA, on one thread. Milliseconds of the processor's time and not
the clock's, the median of repeats that take turns: what else the machine does hardly
counts. Prints them and their ratio to `mean`; --out writes them as `fusions.json` and,
with matplotlib, `fusions.png`.
"""

import argparse
import json
import time
from pathlib import Path
from statistics import median

import keras
import numpy as np
import tensorflow as tf

from homodal import parts
from homodal.layers.stream import Stream
from homodal.optional import require

ROWS, WIDTH, CLASSES = 64, 64, 10
BY_COLUMNS = [(count, 16) for count in (2, 3, 5)]
BY_STEPS = [(2, steps) for steps in (16, 64, 128)]


def main():
    """Measure, print, and write where asked to."""
    options = _options()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    found = {}
    for columns, steps in sorted({*BY_COLUMNS, *BY_STEPS}):
        found[columns, steps] = measured(columns, steps, options.repeats)
        _show(columns, steps, found[columns, steps])
    if options.out:
        _write(found, options.out)


def measured(columns, steps, repeats):
    """`{fusion: milliseconds}` of a step."""
    runs = {name: _step(name, columns, steps) for name in parts.names("fusion")}
    taken = {name: [] for name in runs}
    for run in runs.values():
        run()  # traced
    for _ in range(repeats):
        for name, run in runs.items():
            begun = time.process_time()
            run()
            taken[name].append(time.process_time() - begun)
    return {name: 1000 * median(times) for name, times in taken.items()}


def _step(name, columns, steps):
    keras.utils.set_random_seed(0)
    fusion = parts.find("fusion", name).make()
    if fusion.level == "decision":
        steps, width = 1, CLASSES
    else:
        width = WIDTH
    rng = np.random.default_rng(0)
    streams = {
        f"c{i}": Stream(
            tf.constant(rng.normal(size=(ROWS, steps, width)), tf.float32),
            tf.ones((ROWS, steps), tf.bool),
        )
        for i in range(columns)
    }
    present = {column: tf.ones((ROWS,), tf.bool) for column in streams}
    fusion(streams, present)

    @tf.function
    def run():
        values = [stream.values for stream in streams.values()]
        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = tf.reduce_sum(fusion(streams, present, training=True).values)
        weights = [w.value for w in fusion.trainable_weights]
        found = tape.gradient(loss, [*weights, *values])
        return [gradient for gradient in found if gradient is not None]

    def waited():
        for gradient in run():
            gradient.numpy()

    return waited


def _show(columns, steps, milliseconds):
    print(f"\n{columns} columns of {steps} steps: ms a step, and times that of mean")
    for name, taken in sorted(milliseconds.items(), key=lambda item: item[1]):
        print(f"  {name:18} {taken:8.2f} {taken / milliseconds['mean']:8.1f}")


def _write(found, folder):
    folder.mkdir(parents=True, exist_ok=True)
    said = {f"{c} columns, {s} steps": taken for (c, s), taken in found.items()}
    (folder / "fusions.json").write_text(json.dumps(said, indent=1) + "\n")
    _draw(found).savefig(folder / "fusions.png", dpi=110)


def _draw(found):
    """One row a fusion: its cost against `mean`, by columns and by steps."""
    base = found[BY_STEPS[0]]
    names = sorted(base, key=base.get)
    figure = require("matplotlib.figure", "the plot").Figure(
        (12, 1.3 + 0.25 * len(names)), layout="constrained"
    )
    ratios, columns, steps = figure.subplots(1, 3, sharey=True)
    rows = range(len(names))
    ratios.barh(rows, [base[name] / base["mean"] for name in names], color="#1f5fa8")
    ratios.axvline(1, color="black", linewidth=0.8)
    ratios.set_yticks(rows, names, fontsize=8)
    ratios.invert_yaxis()
    ratios.set_xlabel("times the step of mean (2 columns of 16 steps)")
    _grow(columns, found, names, BY_COLUMNS, [f"{c} columns" for c, _ in BY_COLUMNS])
    columns.set_xlabel("ms a step, columns of 16 steps")
    _grow(steps, found, names, BY_STEPS, [f"{s} steps" for _, s in BY_STEPS])
    steps.set_xlabel("ms a step, 2 columns")
    for axes in (ratios, columns, steps):
        axes.grid(axis="x", alpha=0.3)
    return figure


def _grow(axes, found, names, points, labels):
    """A line a fusion from its lowest cost to its highest, a dot for each point."""
    taken = [[found[point][name] for point in points] for name in names]
    for row, values in enumerate(taken):
        axes.plot(values, [row] * len(values), color="#b0b0b0", linewidth=1, zorder=1)
    shades = ("#9ecae1", "#4292c6", "#08306b")
    for place, (label, shade) in enumerate(zip(labels, shades, strict=True)):
        values = [each[place] for each in taken]
        axes.scatter(values, range(len(names)), s=22, color=shade, label=label)
    axes.set_xscale("log")
    axes.legend(fontsize=8, loc="upper right")


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--repeats", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    main()
