"""What the whole explanation of a model costs, against one evaluation of it.

    python benchmarks/explain.py RUN TABLE [--pairs 5]

Both in one process on the same rows, alternating, each with a model loaded anew, so
that compiling is in both: `api.evaluate` against `api.explain` without files. The
ratio is of each pair.
"""

import argparse
import os
import time
from statistics import median

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main():
    """Print seconds of both and their ratio, pair by pair."""
    from homodal import api

    options = _options()
    ratios = []
    for pair in range(options.pairs + 1):
        evaluated, explained = (
            _seconds(verb, options) for verb in (api.evaluate, api.explain)
        )
        if pair:  # the first warms caches
            ratios.append(explained / evaluated)
            print(f"evaluate {evaluated:.2f} s, explain {explained:.2f} s")
    print(
        f"explain / evaluate: median {median(ratios):.2f}, lowest {min(ratios):.2f}, "
        f"highest {max(ratios):.2f}"
    )


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run")
    parser.add_argument("table")
    parser.add_argument("--pairs", type=int, default=5)
    return parser.parse_args()


def _seconds(verb, options):
    """Of one call on a fresh model; loading it is not in them."""
    from homodal import api

    model = api.load(options.run)
    begun = time.perf_counter()
    verb(model, options.table)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
