"""What each part of the default answer is worth on a table, over several seeds.

    python benchmarks/defaults.py TRAIN TEST --target T [--media-root DIR] [--seeds 3]

The default recipe is trained on TRAIN and scored on TEST: the whole answer, the network
alone, the plain model alone (`docs/architecture.md`), and always the same answer. A
figure is the mean over the seeds, with the lowest and the highest. The score is
accuracy, or R2 where the answer is a number.
"""

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

import homodal
from homodal.commands.options import settings_of
from homodal.evaluation.measure import measure
from homodal.tables.table import Table
from homodal.training.session import open_rows

_MAIN = ("accuracy", "r2")


def main():
    """Print a line for each part of the answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--target", required=True)
    parser.add_argument("--media-root")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    options = parser.parse_args()
    found = [_scores(options, seed) for seed in range(options.seeds)]
    for name in found[0]:
        values = [one[name] for one in found]
        spread = f"{np.mean(values):.3f} ({min(values):.3f} - {max(values):.3f})"
        print(f"{name:28} {spread}", flush=True)


def _scores(options, seed):
    settings = settings_of(options.settings)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        run = homodal.train(
            options.train,
            target=options.target,
            settings={"training.seed": seed} | settings,
            media_root=options.media_root,
            out=Path(folder) / "run",
        )
        seconds = time.perf_counter() - begun
        rows = open_rows(
            Table.open(options.test, options.media_root), run.model.preparation
        )
    whole = measure(run.model, rows)[0]
    main_score = next(name for name in _MAIN if name in whole.scores)
    network = measure(replace(run.model, plain=None), rows)[0]
    found = {"whole": whole.scores, "network alone": network.scores}
    found |= {"linear model of plain features": whole.plain}
    if main_score in whole.baseline:
        found["always the same"] = whole.baseline
    scores = {n: s[main_score]["value"] for n, s in found.items() if main_score in s}
    return scores | {"seconds of training": seconds}


if __name__ == "__main__":
    main()
