"""Intent and slots on Snips and ATIS: accuracy, span F1 and whole sentences.

    python benchmarks/understanding.py --data DATA [--tasks snips,atis] [--seeds 0,1,2]

DATA holds snips/ and atis/ with train.csv, valid.csv and test.csv: text, slots (a BIO
tag for each word between spaces) and intent (of ATIS several, joined by #, are a class
of their own). Each seed trains on train.csv, keeps the epoch that is best on valid.csv
and is scored once on test.csv.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from homodal import api

SCORES = ("intent: accuracy", "slots: f1", "all_right")
# what three seeds are to reach in the mean
REACH = {"snips": (0.975, 0.90, 0.78), "atis": (0.95, 0.945, None)}


def main():
    """Train and score every task with every seed, and print the table."""
    options = _options()
    print("| task | seed | " + " | ".join(SCORES) + " | minutes |", flush=True)
    print("|" + "---|" * (len(SCORES) + 3), flush=True)
    for task in options.tasks.split(","):
        found = [_scored(options, task, int(s)) for s in options.seeds.split(",")]
        wanted = " | ".join("-" if r is None else f"{r:g}" for r in REACH[task])
        means = " | ".join(f"{mean:.4f}" for mean in np.mean(found, axis=0))
        print(f"| {task} | mean | {means} | |")
        print(f"| {task} | to reach | {wanted} | |", flush=True)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tasks", default="snips,atis")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--recipe", default="understanding")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    return parser.parse_args()


def _scored(options, task, seed):
    folder = options.data / task
    settings = dict(each.split("=", 1) for each in options.set)
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.monotonic()
        run = api.train(
            folder / "train.csv",
            valid=folder / "valid.csv",
            target=["intent", "slots"],
            recipe=options.recipe,
            settings=settings | {"training.seed": seed},
            out=Path(scratch) / "run",
        )
        minutes = (time.monotonic() - begun) / 60
        found = api.evaluate(run.model, folder / "test.csv").scores
    shown = " | ".join(_shown(found[name]) for name in SCORES)
    print(f"| {task} | {seed} | {shown} | {minutes:.1f} |", flush=True)
    return [found[name]["value"] for name in SCORES]


def _shown(entry):
    return f"{entry['value']:.4f} [{entry['low']:.3f}, {entry['high']:.3f}]"


if __name__ == "__main__":
    main()
