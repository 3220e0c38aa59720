"""What wide tables of numbers cost: seconds and memory of whole trainings.

    python benchmarks/wide.py [cancer 300 1000]

Each case is a process of its own, from its start to the evaluated bundle: the
breast-cancer table of scikit-learn (398 rows of 30 columns: shuffled with seed 7, of
which 70 %), 300 columns of 10,000 rows, and 1,000 columns of 1,000 rows. The memory is
the largest that the process, or one of its own, held. Decoded cells are kept in a
folder that is empty at the start.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

# columns, rows, the most seconds and the most gigabytes (None: only measured)
_CASES = {
    "cancer": (30, 398, 25.0, 1.2),
    "300": (300, 10_000, 60.0, 2.0),
    "1000": (1000, 1000, None, 2.0),
}
_SHARE = 0.7  # of the breast-cancer table's rows


def main():
    """Print a line for each case; exit with 1 where one goes beyond its bound."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cases", nargs="*", default=list(_CASES))
    kept = [_measure(case) for case in parser.parse_args().cases]
    sys.exit(0 if all(kept) else 1)


def _measure(case):
    columns, rows, most_seconds, most_gigabytes = _CASES[case]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        _write_table(table, case)
        command = [sys.executable, "-m", "homodal", "train", str(table)]
        command += ["--target", "answer", "--out", str(Path(folder) / "run")]
        environment = os.environ | {"HOMODAL_CACHE": str(Path(folder) / "cache")}
        begun = time.perf_counter()
        # a process in between, so that each case has a largest child of its own
        code = f"import {Path(__file__).stem} as wide; wide.run({command!r})"
        child = subprocess.run(
            [sys.executable, "-c", code],
            env=environment | {"PYTHONPATH": _search_path()},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - begun
    if child.returncode:
        print(f"{case}: training failed (exit code {child.returncode})")
        return False
    gigabytes = float(child.stdout.split()[-1])
    print(
        f"{case}: {columns} columns of {rows:,} rows, {seconds:.1f} s "
        f"(bound: {most_seconds or 'none'}), {gigabytes:.2f} GB (bound: "
        f"{most_gigabytes})",
        flush=True,
    )
    return seconds <= (most_seconds or np.inf) and gigabytes <= most_gigabytes


def run(command):
    """Run a command silently and print the most memory that it held, in gigabytes."""
    code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(peak * (1 if sys.platform == "darwin" else 1024) / 1e9)
    sys.exit(code)


def _search_path():
    own = str(Path(__file__).resolve().parent)
    return os.pathsep.join([own, *filter(None, [os.environ.get("PYTHONPATH")])])


def _write_table(path, case):
    header, rows = _breast_cancer() if case == "cancer" else _synthetic(case)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _breast_cancer():
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer()
    answers = [data.target_names[number] for number in data.target]
    rows = [[*map(float, x), y] for x, y in zip(data.data, answers, strict=True)]
    random.Random(7).shuffle(rows)
    return [*data.feature_names, "answer"], rows[: int(_SHARE * len(rows))]


def _synthetic(case):
    """Normal numbers; three of the columns tell the answer, two of them together."""
    columns, count, *_ = _CASES[case]
    rng = np.random.default_rng(0)
    values = rng.normal(size=(count, columns)).round(4)
    told = values[:, 0] + values[:, 1] * values[:, 2] + rng.normal(0, 0.5, count) > 0
    header = [*(f"x{number}" for number in range(columns)), "answer"]
    pairs = zip(values.tolist(), told, strict=True)
    return header, [[*row, "ab"[int(answer)]] for row, answer in pairs]


if __name__ == "__main__":
    main()
