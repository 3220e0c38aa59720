"""The main job on real tables: test scores over seeds, whole-process seconds.

    python benchmarks/main_job.py --data DATA [--seeds 3] [--tasks avdigits,trec]

DATA holds one folder a task with train.csv and test.csv. Every run is a process of its
own with an empty cache, as a user would start it: `homodal train`, then
`homodal evaluate`. A line a run, then a table with mean and spread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean


@dataclass(frozen=True)
class Task:
    """One row of the table: a folder of DATA, a target, columns and settings."""

    folder: str
    target: str
    columns: str
    singles: tuple = ()  # columns that are also trained on their own
    valid: bool = False
    settings: dict = field(default_factory=dict)


_GRID = {"columns.video": "video", "columns.audio": "audio"}
TASKS = {
    "avdigits": Task("avdigits", "label", "image,audio", ("image", "audio")),
    "trec": Task("text_en/trec", "label", "text"),
    "emoji_noto": Task("emoji_noto", "group", "image,name"),
    "grid_color": Task("grid_av", "color", "video,audio", ("video",), True, _GRID),
    "grid_digit": Task("grid_av", "digit", "video,audio", ("video",), True, _GRID),
    "howtocook_zh": Task(
        "howtocook_zh",
        "category",
        "image,title,intro,difficulty",
        ("image", "title", "intro", "difficulty"),
    ),
}


def main():
    """Run the tasks and print the table."""
    options = _options()
    lines = []
    for name in options.tasks.split(","):
        task = TASKS[name]
        for columns in (task.columns, *task.singles):
            results = [
                _run(options.data, task, columns, seed) for seed in range(options.seeds)
            ]
            lines.append(_line(name, columns, results))
            print(lines[-1], file=sys.stderr, flush=True)
    print(
        "| task | trained on | accuracy, mean | lowest - highest | each column alone "
        "in it | always the same answer | seconds |"
    )
    print("|---|---|---|---|---|---|---|")
    print("\n".join(lines))


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tasks", default=",".join(TASKS))
    return parser.parse_args()


def _run(data, task, columns, seed):
    folder = data / task.folder
    settings = task.settings | {"training.seed": seed}
    pairs = [
        part
        for key, value in settings.items()
        if not key.startswith("columns.") or key.removeprefix("columns.") in columns
        for part in ("--set", f"{key}={value}")
    ]
    valid = ["--valid", str(folder / "valid.csv")] if task.valid else []
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {"HOMODAL_CACHE": f"{scratch}/cache"}
        call = [sys.executable, "-m", "homodal"]
        train = [*call, "train", str(folder / "train.csv"), "--target", task.target]
        train += ["--columns", columns, *valid, *pairs, "--out", f"{scratch}/run"]
        begun = time.perf_counter()
        subprocess.run(train, check=True, capture_output=True, env=environment)
        seconds = time.perf_counter() - begun
        scores = f"{scratch}/scores.json"
        test = str(folder / "test.csv")
        evaluate = [*call, "evaluate", f"{scratch}/run", test, "--json", scores]
        subprocess.run(evaluate, check=True, capture_output=True, env=environment)
        return json.loads(Path(scores).read_text()) | {"seconds": seconds}


def _line(name, columns, results):
    accuracy = [result["scores"]["accuracy"]["value"] for result in results]
    alone = {
        column: mean(r["columns_alone"][column]["accuracy"]["value"] for r in results)
        for column in results[0]["columns_alone"]
    }
    said = ", ".join(f"{column} {value:.3f}" for column, value in alone.items()) or "-"
    chance = results[0]["baseline"]["accuracy"]["value"]
    seconds = [result["seconds"] for result in results]
    return (
        f"| {name} | {columns} | {mean(accuracy):.3f} | {min(accuracy):.3f} - "
        f"{max(accuracy):.3f} | {said} | {chance:.3f} | {mean(seconds):.0f} |"
    )


if __name__ == "__main__":
    main()
