"""Intent and slots on Snips and ATIS: accuracy, span F1 and whole sentences.

    python benchmarks/understanding.py --data DATA [--tasks snips,atis] [--seeds 0,1,2]
    python benchmarks/understanding.py --data DATA --tasks spoken [--rows 2000]

DATA holds snips/ and atis/ with train.csv, valid.csv and test.csv: text, slots (a BIO
tag for each word between spaces) and intent (of ATIS several, joined by #, are a class
of their own). Each seed trains on train.csv, keeps the epoch that is best on valid.csv
and is scored once on test.csv. The task "spoken" is Snips said by espeak-ng with 20 %
of its written words damaged (benchmarks/spoken.py): text alone, speech alone, which has
no words to tag, and both; `--rows` of its training rows, and as many of the others.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from homodal import api

sys.path.insert(0, str(Path(__file__).parent))
import spoken

SCORES = ("intent: accuracy", "slots: f1", "all_right")
# what three seeds are to reach in the mean
REACH = {"snips": (0.975, 0.90, 0.78), "atis": (0.95, 0.945, None)}
# of the spoken table: the input columns, and what they can answer
WAYS = {
    "text": (["text"], ["intent", "slots"]),
    "speech": (["speech"], ["intent"]),
    "both": (["text", "speech"], ["intent", "slots"]),
}
# of all three ways
SPOKEN = {
    "training.batch_size": 32,
    "training.epochs": 24,
    "training.auxiliary_weight": 1,
}
# 80 ms a step are enough for words
SPEECH = {
    "columns.speech.seconds": 8,
    "columns.speech.window_ms": 40,
    "columns.speech.hop_ms": 20,
    "columns.speech.tempo": 0.15,
    "columns.speech.masked_frames": 10,
    "columns.speech.masked_mels": 8,
    "columns.speech.encoder": "{name: rnn, width: 128, depth: 2, stem_width: 32}",
}
BOTH = {"fusion.own_answers": True, "fusion.width": None}


def main():
    """Train and score every task with every seed, and print the table."""
    options = _options()
    print("| task | seed | " + " | ".join(SCORES) + " | minutes |", flush=True)
    print("|" + "---|" * (len(SCORES) + 3), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for task in options.tasks.split(","):
            folder = options.data / task
            if task == "spoken":
                folder = options.spoken or Path(scratch)
                spoken.make(options.data / "snips", folder, options.rows)
                for way, (columns, target) in WAYS.items():
                    more = SPOKEN | (SPEECH if "speech" in columns else {})
                    more = more | (BOTH if way == "both" else {})
                    _seeds(options, f"{task}, {way}", folder, columns, target, more)
                continue
            _seeds(options, task, folder, ["text"], ["intent", "slots"])
            wanted = " | ".join("-" if r is None else f"{r:g}" for r in REACH[task])
            print(f"| {task} | to reach | {wanted} | |", flush=True)


def _seeds(options, name, folder, columns, target, more=None):
    """Print a line for each seed, and their mean."""
    settings = (more or {}) | dict(each.split("=", 1) for each in options.set)
    found = [
        _scored(name, folder, columns, target, options.recipe, settings, int(seed))
        for seed in options.seeds.split(",")
    ]
    means = " | ".join(
        "-" if None in each else f"{np.mean(each):.4f}"
        for each in zip(*found, strict=True)
    )
    print(f"| {name} | mean | {means} | |", flush=True)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tasks", default="snips,atis")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--spoken", type=Path, help="where the spoken table is kept")
    parser.add_argument("--recipe", default="understanding")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    return parser.parse_args()


def _scored(name, folder, columns, target, recipe, settings, seed):
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.monotonic()
        run = api.train(
            folder / "train.csv",
            valid=folder / "valid.csv",
            target=target,
            columns=columns,
            recipe=recipe,
            settings=settings | {"training.seed": seed},
            out=Path(scratch) / "run",
        )
        minutes = (time.monotonic() - begun) / 60
        found = api.evaluate(run.model, folder / "test.csv").scores
    if len(target) == 1:
        found = {f"{target[0]}: {score}": entry for score, entry in found.items()}
    shown = " | ".join(_shown(found.get(score)) for score in SCORES)
    print(f"| {name} | {seed} | {shown} | {minutes:.1f} |", flush=True)
    return [found[score]["value"] if score in found else None for score in SCORES]


def _shown(entry):
    if entry is None:
        return "-"
    return f"{entry['value']:.4f} [{entry['low']:.3f}, {entry['high']:.3f}]"


if __name__ == "__main__":
    main()
