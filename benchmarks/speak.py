"""A voice, judged by a recogniser: what it understands of spoken and of real sounds.

    python benchmarks/speak.py --data DATA --work FOLDER [--seeds 3] [--recogniser RUN]

DATA holds `grid_av` with train.csv, valid.csv and test.csv, columns `audio` (a film or
sound) and `transcript`. A recogniser of that column in characters, RUN or else trained
first, tells the durations and hears the test rows. FOLDER keeps the runs; what is there
is not made again: another RUN or --epochs needs another FOLDER. Printed are, over the
test rows, the word error rate on what the voice says, on the real frames through the
same vocoder, and on the real sounds; distortion, and how far off the lengths are. With
--picture FILE also the spectrograms of the first test rows, real and spoken.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean

# what hears 500 clips of one speaker well, letter by letter
RECOGNISER = (
    "columns.transcript.modality=transcript",
    "columns.transcript.units=character",
    "columns.audio=audio",
    "columns.audio.tempo=0.1",
    "columns.audio.masked_frames=10",
    "encoder.dropout=0.05",
    "training.epochs=100",
)
_ROWS = 3  # of the picture
_QUIETEST, _LOUDEST = -9.2, -2.0  # logs of magnitudes, of the picture's colours


def main():
    """Train a voice for each seed and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--recogniser", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="fewer, to try the benchmark")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    options.recogniser = options.recogniser or _recogniser(options)
    found = [_seed(options, seed) for seed in range(options.seeds)]
    for name in found[0]:
        _line(name, [scores[name] for scores in found])
    if options.picture:
        _draw(options)


def _recogniser(options):
    """The folder of a recogniser of the real sounds."""
    run = options.work / "recogniser"
    _train(options, run, "transcript", "audio", RECOGNISER)
    return run


def _seed(options, seed):
    """Scores of one voice on the test rows; kept beside its run."""
    run = options.work / f"voice-seed{seed}"
    settings = ["columns.audio=speech", "columns.transcript=text"]
    settings += [f"head.aligner={options.recogniser}", f"training.seed={seed}"]
    _train(options, run, "audio", "transcript", settings)
    file = run / "test-scores.json"
    if not file.is_file():
        test = options.data / "grid_av" / "test.csv"
        call = ["evaluate", run / "bundle", test, "--json", file]
        _called(*call, "--recogniser", options.recogniser)
    return json.loads(file.read_text())["scores"]


def _train(options, run, target, column, settings):
    """Train on grid_av, if the run is not there.

    What is interrupted keeps another name: the next start does not take it for the run.
    """
    if (run / "bundle").is_dir():
        return
    folder = options.data / "grid_av"
    settings = [*settings]
    settings += [f"training.epochs={options.epochs}"] if options.epochs else []
    unfinished = run.with_name(f"{run.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    call = ["train", folder / "train.csv", "--valid", folder / "valid.csv"]
    call += ["--target", target, "--columns", column, "--out", unfinished]
    begun = time.perf_counter()
    _called(*call, *(part for each in settings for part in ("--set", each)))
    unfinished.rename(run)
    print(f"  {run.name}: {time.perf_counter() - begun:.0f} s", flush=True)


def _called(*arguments):
    call = [sys.executable, "-m", "homodal", *map(str, arguments)]
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(call)}\n{done.stderr[-3000:]}")


def _line(name, measured):
    values = [each["value"] for each in measured]
    first = measured[0]
    print(
        f"{name}: {mean(values):.4f} ({min(values):.4f} to {max(values):.4f}, first "
        f"[{first['low']:.4f}, {first['high']:.4f}])",
        flush=True,
    )


def _draw(options):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    import homodal
    from homodal.media import mels, sound
    from homodal.model import speaking

    model = homodal.load(options.work / "voice-seed0")
    rate_hz, folder = speaking.rate_of(model), options.data / "grid_av"
    with (folder / "test.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:_ROWS]
    figure, axes = plt.subplots(len(rows), 2, figsize=(12, 3 * len(rows)), sharey=True)
    for row, pair in zip(rows, axes, strict=True):
        real = sound.read(folder / row["audio"], rate_hz, 10.0)
        said = speaking.speak(model, row["transcript"])
        for axis, name, samples in zip(
            pair, ("real", "spoken"), (real, said), strict=True
        ):
            frames = mels.log_mel(samples, rate_hz, 80)
            axis.imshow(
                frames.T,
                origin="lower",
                aspect="auto",
                vmin=_QUIETEST,
                vmax=_LOUDEST,
                extent=(0, len(samples) / rate_hz, 0, frames.shape[1]),
            )
            axis.set(title=f"{name}: {row['transcript']}", ylabel="mel band")
    figure.supxlabel("seconds")
    figure.tight_layout()
    figure.savefig(options.picture, dpi=110)


if __name__ == "__main__":
    main()
