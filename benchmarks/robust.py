"""What becomes of a folder of awkward media: every file as picture, sound and film.

    python benchmarks/robust.py FOLDER [--all]

Each file is decoded by each modality in guarded children. Printed are the outcomes by
modality and reason, the slowest file, and the largest memory of a child; `--all` prints
a line for every file and modality.
"""

import argparse
import resource
import time
from collections import Counter
from pathlib import Path

import numpy as np

from homodal.data import guard, processes
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import STATUS_NAMES

MODALITIES = ("image", "audio", "video")
SECONDS = 20.0


def main():
    """Print the table; fails when a file ends in neither an array nor a reason."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="a line for every file")
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.is_file())
    decoded: set[Path] = set()
    for modality in MODALITIES:
        found = _decoded(modality, files)
        decoded |= {path for path, array, _, _ in found if array is not None}
        _show(modality, found, options)
    processes.close()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(decoded)} of {len(files)} files decode as something")
    print(f"largest child: {peak:.0f} MB")


def _decoded(modality, files):
    column = PreparedColumn(modality, modality, modality, {}, {"name": "cnn"})
    found = []
    begun = time.perf_counter()
    results = guard.decoded(column, files, seconds=SECONDS, children=1)
    for path, (status, array, reason) in zip(files, results, strict=True):
        now = time.perf_counter()
        if array is None and not reason:
            raise SystemExit(f"{path} ended without an array and without a reason")
        if array is not None and not np.isfinite(array).all():
            raise SystemExit(f"{path} was decoded to NaN or infinity")
        found.append((path, array, f"{STATUS_NAMES[status]}: {reason}", now - begun))
        begun = now
    return found


def _show(modality, found, options):
    if options.all:
        for path, array, text, _ in found:
            shape = "" if array is None else f"{array.dtype} {array.shape}"
            print(f"{modality:6} {path.relative_to(options.folder)}  {text} {shape}")
    slowest = max(found, key=lambda one: one[3])
    seconds = sum(one[3] for one in found)
    print(
        f"{modality}: {len(found)} files in {seconds:.2f} s, the slowest "
        f"{slowest[3]:.2f} s ({slowest[0].name})"
    )
    kinds = Counter(_kind(text) for _, _, text, _ in found)
    for kind, count in kinds.most_common():
        print(f"  {count:4}  {kind}")


def _kind(text):
    """The reason without the figures and names of one file."""
    return text.partition("(")[0].partition(" 0x")[0].rstrip(": .")[:70]


if __name__ == "__main__":
    main()
