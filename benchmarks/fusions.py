"""What a step of each fusion costs, and how it grows with columns and steps.

    python benchmarks/fusions.py [--out DOCS_FOLDER] [--repeats 30]

Forward and backward through the fusion alone, 64 rows of streams of width 64, compiled
by TensorFlow without XLA; the median of the repeats, which take turns, so that a busy
moment of the machine falls on all fusions alike. Prints milliseconds and their ratio to
`mean`; --out writes them as `fusions.json` and, with matplotlib, `fusions.png`.
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
            begun = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - begun)
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
    figure = require("matplotlib.figure", "the plot").Figure((10, 6), layout="tight")
    for place, (title, points, axis) in enumerate(
        (("columns of 16 steps", BY_COLUMNS, 0), ("steps of 2 columns", BY_STEPS, 1))
    ):
        axes = figure.add_subplot(1, 2, place + 1)
        for number, name in enumerate(parts.names("fusion")):
            axes.plot(
                [point[axis] for point in points],
                [found[point][name] for point in points],
                "-o--^:s"[3 * (number // 10) : 3 * (number // 10) + 2],
                label=name,
            )
        axes.set_yscale("log")
        axes.set_xlabel(title)
        axes.set_ylabel("ms a step")
    figure.axes[1].legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(folder / "fusions.png", dpi=130)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path)
    parser.add_argument("--repeats", type=int, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    main()
