"""Installed size and import time of every direct dependency that is installed.

    python benchmarks/dependencies.py

Size: the package's own files on disk, without what it depends on. Time: the median of
three fresh processes, less an empty one.
"""

import importlib.metadata
import subprocess
import sys
import time
from statistics import median

# distribution -> module to import
MODULES = {
    "numpy": "numpy",
    "pyarrow": "pyarrow",
    "pillow": "PIL.Image",
    "soundfile": "soundfile",
    "soxr": "soxr",
    "av": "av",
    "tokenizers": "tokenizers",
    "safetensors": "safetensors.numpy",
    "pydantic": "pydantic",
    "pyyaml": "yaml",
    "typer": "typer",
    "rich": "rich.console",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "jax": "jax",
    "tensorboard": "tensorboard.summary.writer.event_file_writer",
    "matplotlib": "matplotlib.figure",
    "jieba": "jieba",
    "scikit-learn": "sklearn.base",
}


def main():
    """Print a table."""
    empty = _seconds("pass")
    print("| package | version | MB on disk | import, s |\n|---|---|---|---|")
    for name, module in MODULES.items():
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        paths = [found.locate_file(file) for file in found.files or []]
        size = sum(path.stat().st_size for path in paths if path.is_file())
        taken = max(_seconds(f"import {module}") - empty, 0)
        print(f"| {name} | {found.version} | {size / 1e6:.1f} | {taken:.2f} |")


def _seconds(code):
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return median(times)


if __name__ == "__main__":
    main()
