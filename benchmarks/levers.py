"""Which of several settings a table's own folds like best.

    python benchmarks/levers.py TRAIN --target T --try augment=none --try augment=light

Each setting is trained on the same folds of TRAIN and scored on the rows of TRAIN that
the fold holds out; no other table is touched. A line tells the mean over the folds of
the score (accuracy, or R2 where the answer is a number) and of the loss, and how far
each is from the first setting's, with the lowest and the highest of the folds'
differences. The held-out rows choose the best epoch and the shares of network and plain
model, so that all settings look a little better than they are, and alike. Several
options of one setting stand in one `--try`, with spaces between them.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

import homodal
from homodal.commands.options import settings_of

_SCORES = ("accuracy", "r2")
_LOSSES = ("log_loss", "rmse")


def main():
    """Print a line for each setting and figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("train")
    parser.add_argument("--target", required=True)
    parser.add_argument("--media-root")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--try", action="append", required=True, dest="tried")
    options = parser.parse_args()
    first = None
    for setting in options.tried:
        begun = time.perf_counter()
        folds = [_fold(options, setting, n + 1) for n in range(options.folds)]
        seconds = (time.perf_counter() - begun) / options.folds
        first = first or folds
        for name in folds[0]:
            values = np.array([fold[name] for fold in folds])
            away = values - [fold[name] for fold in first]
            line = f"{setting:32} {name:9} {values.mean():7.3f}"
            if first is not folds:
                spread = f"({away.min():+.3f} to {away.max():+.3f})"
                line += f"  {away.mean():+.3f} {spread}"
            print(line, flush=True)
        print(f"{setting:32} seconds   {seconds:7.1f}", flush=True)


def _fold(options, setting, number):
    told = settings_of(setting.split())
    with tempfile.TemporaryDirectory() as folder:
        run = homodal.train(
            options.train,
            target=options.target,
            settings={
                "training.seed": options.seed,
                "training.validation": f"{number}/{options.folds}",
                **told,
            },
            media_root=options.media_root,
            out=Path(folder) / "run",
        )
    scores = run.evaluation.scores
    kinds = [next(n for n in names if n in scores) for names in (_SCORES, _LOSSES)]
    return {name: scores[name]["value"] for name in kinds}


if __name__ == "__main__":
    main()
