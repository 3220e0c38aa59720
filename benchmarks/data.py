"""Does a table of any size fit: memory, time and order; and what decoding costs.

    python benchmarks/data.py scale [--rows 10000 1000000] [--plot scale.png]
    python benchmarks/data.py decoding [--seconds 8] [--plot decoding.png]

scale: generates a table of text, small pictures and numbers for each row count, and
in a fresh process learns from it, decodes it into an empty cache, goes through a
shuffled epoch, trains a small model for an epoch, evaluates it and writes its answers.
Printed are seconds and the peak resident memory of each stage, and how far two epochs
are from the table's order and from each other (rank correlation; 0 is shuffled).

decoding: cells a second through the guarded children, against the bare decoder in two
plain processes that do nothing else, on files that it generates.
"""

import argparse
import io
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

WORDS = (
    "the river ran over stones while birds sang about rain and light in small "
    "gardens where nobody walked before morning came with bread salt and tea"
).split()
PICTURES = 4096  # different ones; each row has one of them, a text of its own
PIECE = 16_384
FILES = 400
CELLS = 800  # of a column: a few files, again and again


def main():
    """Run the part that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=("scale", "decoding", "stages"))
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where the files are generated")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    if options.part == "stages":
        stages(options.folder)
        return
    run = scale if options.part == "scale" else decoding
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        run(Path(folder), options)


# --- a table of any size -------------------------------------------------------------


def scale(folder, options):
    """Each row count in a process of its own, so that peaks are its own."""
    measured = {}
    for rows in options.rows:
        place = folder / str(rows)
        place.mkdir()
        write_table(place / "table.arrow", rows)
        done = subprocess.run(
            [sys.executable, __file__, "stages", "--folder", str(place)],
            env=os.environ
            | {
                "HOMODAL_CACHE": str(place / "cache"),
                "TF_CPP_MIN_LOG_LEVEL": "3",
            },
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        measured[rows] = json.loads(done.stdout.splitlines()[-1])
        _show_stages(rows, measured[rows])
    _compare(measured)
    if options.plot:
        _plot_scale(measured, options.plot)


def write_table(path, rows, seed=0):
    """A table of text, picture, number and label, as Arrow; a piece at a time."""
    import pyarrow as pa
    from PIL import Image

    rng = np.random.default_rng(seed)
    pictures = []
    for _ in range(PICTURES):
        file = io.BytesIO()
        pixels = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(file, "PNG")
        pictures.append(file.getvalue())
    schema = pa.schema(
        [
            ("words", pa.string()),
            ("picture", pa.binary()),
            ("size", pa.float64()),
            ("label", pa.string()),
        ]
    )
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as out:
        for begin in range(0, rows, PIECE):
            count = min(PIECE, rows - begin)
            chosen = rng.integers(0, len(WORDS), (count, 9))
            labels = rng.integers(0, 3, count)
            texts = [" ".join(WORDS[w] for w in row) for row in chosen]
            # bytes after a PNG's end are no part of it: each cell is one of its own
            tails = rng.bytes(8 * count)
            cells = [
                pictures[p] + tails[8 * place : 8 * place + 8]
                for place, p in enumerate(rng.integers(0, PICTURES, count))
            ]
            sizes = labels + rng.normal(size=count)
            names = [f"kind {label}" for label in labels]
            columns = [
                pa.array(texts, pa.string()),
                pa.array(cells, pa.binary()),
                pa.array(sizes),
                pa.array(names, pa.string()),
            ]
            out.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def stages(folder):
    """Everything that is done with one table; the last line printed is JSON."""
    from homodal.data.preparation import prepare
    from homodal.data.schema import recognise
    from homodal.recipe import Recipe
    from homodal.tables.table import Table
    from homodal.training.session import open_rows

    measured: dict = {}
    recipe = Recipe(target="label").with_settings(
        {
            "encoder.width": 8,
            "encoder.depth": 1,
            "fusion.width": 8,
            "training.epochs": 1,
            "training.batch_size": 1024,
            "training.jit": False,
        }
    )
    with _stage(measured, "open"):
        table = Table.open(folder / "table.arrow")
    everything = np.arange(len(table))
    with _stage(measured, "learn"):
        schema = recognise(table, recipe)
        preparation = prepare(table, schema, recipe, everything)
    with _stage(measured, "decode"):
        rows = open_rows(table, preparation)
    with _stage(measured, "epoch"):
        batches = rows.batches(256, seed=0)
        order = batches.order(0)
        for index in range(len(batches)):
            batches.batch(index, order=order)
    measured["order"] = [
        _correlation(everything, order),
        _correlation(everything, batches.order(1)),
        _correlation(order, batches.order(1)),
    ]
    del rows, batches, order
    _with_keras(measured, recipe, folder)
    print(json.dumps(measured))


def _with_keras(measured, recipe, folder):
    import homodal
    from homodal.tables.answers import write_pieces

    source = folder / "table.arrow"
    with _stage(measured, "train"):
        run = homodal.train(source, recipe=recipe, out=folder / "run")
    with _stage(measured, "evaluate"):
        homodal.evaluate(run.model, source)
    with _stage(measured, "predict"):
        pieces = run.model.predict_pieces(source)
        write_pieces(pieces, folder / "answers.csv", run.model.classes)


class _stage:  # noqa: N801, reads as a statement
    """Seconds and peak memory of a block, into `measured[name]`."""

    def __init__(self, measured, name):
        self._measured, self._name = measured, name

    def __enter__(self):
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        self._begun = time.perf_counter()

    def __exit__(self, *error):
        seconds = time.perf_counter() - self._begun
        self._measured[self._name] = {"seconds": seconds, "peak_mb": _peak_mb()}
        print(f"{self._name}: {seconds:.1f} s, {_peak_mb():.0f} MB", file=sys.stderr)


def _peak_mb():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise SystemExit("This system does not say how much memory a process had")


def _correlation(one, other):
    """Pearson's r of two orders' places; of a shuffled one about 0."""
    places = np.argsort(other)[one]
    return float(np.corrcoef(np.arange(len(one)), places)[0, 1])


def _show_stages(rows, measured):
    print(f"{rows:,} rows")
    for name, stage in measured.items():
        if name != "order":
            each = stage["seconds"] / rows * 1e6
            print(
                f"  {name:9} {stage['seconds']:8.1f} s  {each:7.1f} µs a row  "
                f"peak {stage['peak_mb']:6.0f} MB"
            )
    by_table, second, between = measured["order"]
    print(
        f"  order: epoch 0 with the table {by_table:+.4f}, epoch 1 with the table "
        f"{second:+.4f}, the two epochs {between:+.4f}"
    )


def _compare(measured):
    small, large = min(measured), max(measured)
    for name in measured[large]:
        if name == "order" or small == large:
            continue
        one, other = measured[small][name], measured[large][name]
        more = other["peak_mb"] - one["peak_mb"]
        times = other["seconds"] / one["seconds"] / (large / small)
        print(
            f"{name:9} {more:+6.0f} MB from {small:,} to {large:,} rows; "
            f"time a row x {times:.2f}"
        )
    most = max(
        measured[large][n]["peak_mb"] for n in measured[large] if n != "order"
    ) - max(measured[small][n]["peak_mb"] for n in measured[small] if n != "order")
    print(f"peak of all: {most:+.0f} MB")


def _plot_scale(measured, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names = [name for name in measured[max(measured)] if name != "order"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for rows, stages_of in sorted(measured.items()):
        peaks = [stages_of[name]["peak_mb"] for name in names]
        left.plot(names, peaks, "o-", label=f"{rows:,} rows")
        seconds = [stages_of[name]["seconds"] / rows * 1e6 for name in names]
        right.plot(names, seconds, "o-", label=f"{rows:,} rows")
    left.set(ylabel="peak resident memory, MB", ylim=(0, None))
    right.set(ylabel="microseconds a row", yscale="log")
    for axes in (left, right):
        axes.tick_params(axis="x", rotation=45)
        axes.legend()
    figure.savefig(path, dpi=120)


# --- decoding ------------------------------------------------------------------------


def decoding(folder, options):
    """Pairs of guarded and bare runs over the same files, alternating."""
    from homodal.data import guard, processes
    from homodal.data.preparation import PreparedColumn

    shares = {}
    for modality, settings in MEDIA.items():
        files = MAKERS[modality](folder)
        files = (files * -(-CELLS // len(files)))[:CELLS]
        column = PreparedColumn(modality, modality, modality, settings, {})
        list(guard.decoded(column, files[:8], children=2))  # starts the children
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            pool.map(BARE[modality], files[:8])
            own = [child._process.pid for child in processes._idle]
            bare_pids = [process.pid for process in pool._pool]
            pairs, costs = [], []
            for _ in range(options.pairs):
                ours = _rate(partial(guarded, column, files), options.seconds, own)
                run = partial(tight, pool, modality, files)
                bare = _rate(run, options.seconds, bare_pids)
                pairs.append((ours[0], bare[0]))
                costs.append(bare[1] / ours[1])
        shares[modality] = sorted(ours / bare for ours, bare in pairs)
        ours, bare = (np.median(column) for column in zip(*pairs, strict=True))
        middle = shares[modality][len(pairs) // 2]
        print(
            f"{modality}: guarded {ours:.0f} a second, bare {bare:.0f}; ratio: median "
            f"{middle:.2f}, {min(shares[modality]):.2f} to {max(shares[modality]):.2f}"
            f"; by processor time {np.median(costs):.2f}, {min(costs):.2f} to "
            f"{max(costs):.2f}"
        )
    if options.plot:
        _plot_decoding(shares, options.plot)


def guarded(column, files):
    """Every file through the guard, as the store does it."""
    from homodal.data import guard

    for status, _, reason in guard.decoded(column, files, children=2):
        if status:
            raise SystemExit(f"a generated file is {reason}")
    return len(files)


def tight(pool, modality, files):
    """Every file through the bare decoder in two processes; only counts come back."""
    parts = [(modality, files[place::8]) for place in range(8)]
    return sum(pool.map(_loop, parts, chunksize=1))


def _loop(task):
    modality, files = task
    for path in files:
        BARE[modality](path)
    return len(files)


def _rate(run, seconds, pids):
    """`(cells a second, processor seconds a cell)` of this process and `pids`.

    The second hardly depends on what else the machine does.
    """
    begun, before = time.perf_counter(), _spent(pids)
    cells = 0
    while time.perf_counter() - begun < seconds:
        cells += run()
    wall = time.perf_counter() - begun
    return cells / wall, (_spent(pids) - before) / cells


def _spent(pids):
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


MEDIA = {
    "image": {"height_px": 64, "width_px": 64},
    "audio": {"rate_hz": 16000, "seconds": 4.0},
    "video": {"height_px": 64, "width_px": 64, "frames": 16},
}


def _bare_image(path):
    from PIL import Image

    picture = Image.open(path)
    picture.draft("RGB", (128, 128))
    picture = picture.convert("RGB").resize((64, 64), Image.Resampling.BILINEAR)
    return np.asarray(picture)


def _bare_audio(path):
    import soundfile
    import soxr

    samples, rate = soundfile.read(path, dtype="float32")
    return soxr.resample(samples.mean(axis=1), rate, 16000).astype(np.float16)


def _bare_video(path):
    import av
    from av.video.reformatter import VideoReformatter

    shrink = VideoReformatter()
    pixels = []
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number % 3 == 1:  # 16 of 48
                small = shrink.reformat(frame, 64, 64, "rgb24", interpolation="AREA")
                pixels.append(small.to_ndarray())
    return np.stack(pixels)


def _images(folder):
    from PIL import Image

    rng = np.random.default_rng(0)
    files = []
    for number in range(FILES):
        small = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        picture = Image.fromarray(small).resize((640, 480), Image.Resampling.BICUBIC)
        files.append(folder / f"{number}.jpg")
        picture.save(files[-1], quality=90)
    return files


def _sounds(folder):
    import soundfile

    rng = np.random.default_rng(0)
    files = []
    for number in range(FILES // 4):
        samples = rng.normal(0, 0.1, (4 * 44100, 2))
        files.append(folder / f"{number}.flac")
        soundfile.write(files[-1], samples, 44100)
    return files


def _films(folder):
    from homodal.media import frames

    rng = np.random.default_rng(0)
    files = []
    for number in range(FILES // 10):
        start = np.kron(
            rng.integers(0, 256, (15, 20, 3), dtype=np.uint8), np.ones((16, 16, 1))
        ).astype(np.uint8)
        moving = [np.roll(start, 2 * i, axis=1) for i in range(48)]
        files.append(folder / f"{number}.mp4")
        with files[-1].open("wb") as file:
            frames.write(file, moving, frames_hz=24)
    return files


BARE = {"image": _bare_image, "audio": _bare_audio, "video": _bare_video}
MAKERS = {"image": _images, "audio": _sounds, "video": _films}


def _plot_decoding(shares, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
    for place, ratios in enumerate(shares.values()):
        axes.plot([place] * len(ratios), ratios, "o", color="tab:blue", alpha=0.6)
    axes.axhline(0.85, color="tab:red", linestyle="--", label="0.85")
    axes.set_xticks(range(len(shares)), list(shares))
    axes.set(ylabel="guarded / bare decoder", ylim=(0, None))
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
