"""Speech recognition on real tables: error rates over seeds, and the time it takes.

    python benchmarks/speech.py --data DATA --work FOLDER [--tasks sound] [--seeds 3]

DATA holds `grid_av` and `fsdd_spoken_digits`. FOLDER keeps the runs and the noisy
sounds; what is there is not made again. Tasks:

    sound        transcripts from clean sound: without a grammar, with the word list
    lips         from the film alone, beside the best constant guess
    noisy        from sound at -5 dB, alone and with the film, paired over the test rows
    transducer   as sound, by a transducer with CTC beside it
    fsdd         spoken digits, takes 0 to 4 of each speaker are test
    speed        seconds to recognise a second of sound, on one core
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import mean

SNR_DB = -5.0
RATE_HZ = 16000
# 51 different words; 40 ms a step are enough for them, and halve the time
WORDS = (
    "columns.transcript.modality=transcript",
    "columns.transcript.units=word",
    "encoder.row_halvings=2",
    "head.name=transcribe",
)
# CTC against priors places the words, and says some between them, which a beam that
# pays for each word does not
PRIORS = (
    "columns.transcript.decoding=beam",
    "columns.transcript.unit_bonus=-3",
    "head.prior_weight=0.3",
)
WORD_LIST = (
    "lexicon=words",
    "language_model=2",
    "language_weight=1",
    "unit_bonus=-1",
)
# the mouth of this speaker, cut out; one step for each frame
FILM = (
    "columns.video.rate_hz=25",
    "columns.video.box=[48, 78, 112, 126]",
    "columns.video.height_px=24",
    "columns.video.width_px=32",
    "columns.video.channels=1",
    "columns.video.encoder={name: rnn, width: 128, depth: 2, dropout: 0.03, "
    "stem_width: 32}",
)
# of noisy sound, with the film and without
NOISY = (*PRIORS, "encoder.dropout=0.03")
# a film is harder to learn than a sound: each is to answer without the other too
TOGETHER = (
    "training.auxiliary_weight=1",
    "fusion.name=early",
    "fusion.depth=0",
    "fusion.dropout=0.03",
)


def main():
    """Run the tasks and print a line for each."""
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    for name in options.tasks.split(","):
        TASKS[name](options)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--epochs", type=int, help="fewer, to try the benchmark")
    return parser.parse_args()


# --- tasks ---------------------------------------------------------------------------


def sound(options):
    """Clean sound: a beam, then the same weights with the word list."""
    runs = _trained(options, "sound", _grid(options), ("audio",), PRIORS)
    test = options.data / "grid_av" / "test.csv"
    _line("sound", [_evaluated(run, test) for run in runs])
    listed = [_with_target(run, WORD_LIST) for run in runs]
    _line("sound, word list", [_evaluated(run, test) for run in listed])


def transducer(options):
    """Clean sound by a transducer with CTC as its auxiliary."""
    more = ("head.kind=both",)
    runs = _trained(options, "transducer", _grid(options), ("audio",), more)
    test = options.data / "grid_av" / "test.csv"
    _line("sound, transducer", [_evaluated(run, test) for run in runs])


def lips(options):
    """The film alone."""
    runs = _trained(options, "lips", _grid(options), ("video",), (*PRIORS, *FILM))
    test = options.data / "grid_av" / "test.csv"
    _line("lips", [_evaluated(run, test) for run in runs])


def noisy(options):
    """Noisy sound alone and with the film, and the difference over the same rows."""
    folder = _noisy_tables(options)
    tables = [folder / f"{name}.csv" for name in ("train", "valid")]
    alone = _trained(options, "noisy", tables, ("audio",), NOISY)
    columns, more = ("audio", "video"), (*NOISY, *FILM, *TOGETHER)
    both = _trained(options, "noisy-both", tables, columns, more)
    test = folder / "test.csv"
    _line(f"sound at {SNR_DB:g} dB", [_evaluated(run, test) for run in alone])
    _line(f"sound at {SNR_DB:g} dB, film", [_evaluated(run, test) for run in both])
    print(_paired(alone, both, test), flush=True)


def fsdd(options):
    """Spoken digits as classes."""
    folder = options.work / "fsdd"
    folder.mkdir(exist_ok=True)
    recordings = options.data / "fsdd_spoken_digits" / "recordings"
    files = sorted(recordings.glob("*.wav"))
    for name, wanted in (("train", False), ("test", True)):
        rows = [
            (file.name, file.stem.split("_")[0])
            for file in files
            if (int(file.stem.rsplit("_", 1)[1]) < 5) is wanted
        ]
        _write(folder / f"{name}.csv", [("audio", "digit"), *rows])
    scores = []
    for seed in range(options.seeds):
        run, table = folder / f"seed{seed}", folder / "train.csv"
        _train(
            run, table, None, "digit", ("audio",), seed, (), options, root=recordings
        )
        found = _evaluated(run, folder / "test.csv", root=recordings)
        scores.append(found["accuracy"]["value"])
    low, high = min(scores), max(scores)
    print(f"fsdd: accuracy {mean(scores):.4f} ({low:.4f} to {high:.4f})", flush=True)


def speed(options):
    """Seconds a second of sound, whole process and one core, without the start."""
    run = options.work / "sound-seed0"
    if not run.is_dir():
        raise SystemExit("Run the task 'sound' first")
    for name, folder in (("beam", run), ("word list", _with_target(run, WORD_LIST))):
        call = [sys.executable, __file__, "--time", str(folder), str(options.data)]
        done = subprocess.run(
            call, check=True, capture_output=True, text=True, env=_one_core()
        )
        print(f"speed, {name}: {done.stdout.strip()}", flush=True)


def _time(folder, data):
    """In a process of its own: each test sound by itself, after one to warm up."""
    import homodal
    from homodal.media import sound as sounds

    model = homodal.load(folder)
    clips = sorted((data / "grid_av" / "clips").glob("*.mp4"))[:21]
    samples = [sounds.read(clip, RATE_HZ, 60.0) for clip in clips]
    spent = 0.0
    for place, clip in enumerate(samples):
        begun = time.perf_counter()
        model.predict({"audio": [clip]})
        spent += (time.perf_counter() - begun) * (place > 0)
    seconds = sum(len(clip) for clip in samples[1:]) / RATE_HZ
    print(f"real-time factor {spent / seconds:.3f} over {seconds:.0f} s of sound")


TASKS = {
    "sound": sound,
    "lips": lips,
    "noisy": noisy,
    "transducer": transducer,
    "fsdd": fsdd,
    "speed": speed,
}

# --- training and scores -------------------------------------------------------------


def _grid(options):
    folder = options.data / "grid_av"
    return [folder / f"{name}.csv" for name in ("train", "valid")]


def _trained(options, name, tables, columns, more=()):
    """Folders of the runs, one a seed."""
    kinds = (f"columns.{column}.modality={column}" for column in columns)
    settings = (*kinds, *WORDS, *more)
    runs = []
    for seed in range(options.seeds):
        run = options.work / f"{name}-seed{seed}"
        _train(run, *tables, "transcript", columns, seed, settings, options)
        runs.append(run)
    return runs


def _train(run, table, valid, target, columns, seed, settings, options, root=None):
    if (run / "bundle").is_dir():
        return
    call = [sys.executable, "-m", "homodal", "train", str(table), "--target", target]
    call += ["--columns", ",".join(columns), "--out", str(run)]
    call += ["--valid", str(valid)] if valid else []
    call += ["--media-root", str(root)] if root else []
    settings = [*settings, f"training.seed={seed}"]
    settings += [f"training.epochs={options.epochs}"] if options.epochs else []
    for setting in settings:
        call += ["--set", setting]
    begun = time.perf_counter()
    _called(call)
    print(f"  {run.name}: {time.perf_counter() - begun:.0f} s", flush=True)


def _evaluated(run, table, root=None):
    """Scores of a run on a table; kept beside the run."""
    file = run / f"{table.stem}-scores.json"
    if not file.is_file():
        call = [sys.executable, "-m", "homodal", "evaluate", str(run / "bundle")]
        call += ["--media-root", str(root)] if root else []
        _called([*call, str(table), "--json", str(file)])
    found = json.loads(file.read_text())
    return found["scores"] | {"baseline": found["baseline"]}


def _with_target(run, settings):
    """A copy of a run whose transcripts are decoded in another way.

    What the decoder knows is learned from the same training rows as before.
    """
    copy = run.with_name(f"{run.name}-list")
    if not (copy / "bundle").is_dir():
        call = [sys.executable, __file__, "--redecode", str(run), str(copy), *settings]
        _called(call)
    return copy


def _redecode(run, copy, settings):
    import dataclasses

    from homodal import yaml_core
    from homodal.data.preparation import read_answers
    from homodal.model import bundle
    from homodal.tables.table import Table
    from homodal.training import runs

    start, _, _ = runs.load_start(run)
    model = bundle.read(run)
    options = {k: yaml_core.load(v) for k, v in (s.split("=") for s in settings)}
    target = model.preparation.target
    target = dataclasses.replace(target, options=target.options | options)
    answers = [a for a in read_answers(Table.open(start.table), target) if a]
    target = dataclasses.replace(target, facts=target.reader().learn(answers))
    preparation = dataclasses.replace(model.preparation, target=target)
    copy.mkdir(exist_ok=True)
    redecoding = dataclasses.replace(model, preparation=preparation)
    bundle.write(copy / bundle.FOLDER, redecoding)


def _line(name, scores):
    words = [each["wer"]["value"] for each in scores]
    letters = mean(each["cer"]["value"] for each in scores)
    right = mean(each["sentences"]["value"] for each in scores)
    guess = scores[0]["baseline"]["wer"]["value"]
    print(
        f"{name}: WER {mean(words):.2%} ({min(words):.2%} to {max(words):.2%}, first "
        f"[{scores[0]['wer']['low']:.2%}, {scores[0]['wer']['high']:.2%}]), CER "
        f"{letters:.2%}, sentences {right:.1%}; always the same {guess:.1%}",
        flush=True,
    )


def _paired(alone, both, table):
    """How much less is wrong with the film, over the same rows drawn anew."""
    import numpy as np

    import homodal
    from homodal.evaluation.intervals import bootstrap_weights, interval_of
    from homodal.evaluation.transcript_scores import edits

    with table.open(encoding="utf-8") as file:
        truth = [row["transcript"] for row in csv.DictReader(file)]
    errors = []
    for runs in (alone, both):
        said = [homodal.load(run).predict(table).to_pylist() for run in runs]
        errors.append(
            np.mean(
                [
                    [
                        edits(true.split(), row["transcript"].split()).errors
                        for true, row in zip(truth, rows, strict=True)
                    ]
                    for rows in said
                ],
                axis=0,
            )
        )
    words = np.array([len(true.split()) for true in truth])
    saved = errors[0] - errors[1]
    weights = bootstrap_weights(len(truth), 2000)
    found = interval_of(saved.sum() / words.sum(), weights @ saved / (weights @ words))
    return (
        f"the film lowers WER by {found['value']:.2%} "
        f"[{found['low']:.2%}, {found['high']:.2%}]"
    )


# --- tables --------------------------------------------------------------------------


def _noisy_tables(options):
    """The three tables of grid_av with noise in each clip's sound; their folder.

    White noise, drawn from the clip's name, of `SNR_DB` below the sound.
    """
    import shutil
    import zlib

    import numpy as np
    import soundfile

    from homodal.media import sound as sounds

    source, folder = options.data / "grid_av", options.work / "noisy"
    for kind in ("sounds", "clips"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for name in ("train", "valid", "test"):
        with (source / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        out = [("video", "audio", "transcript")]
        for row in rows:
            clip = source / row["video"]
            path = folder / "sounds" / f"{clip.stem}.wav"
            if not path.is_file():
                clean = sounds.read(clip, RATE_HZ, 60.0)
                rng = np.random.default_rng(zlib.crc32(clip.stem.encode()))
                loud = np.sqrt(np.mean(clean**2) / 10 ** (SNR_DB / 10))
                mixed = clean + rng.normal(0, loud, len(clean))
                soundfile.write(path, mixed / np.abs(mixed).max(), RATE_HZ)
                shutil.copyfile(clip, folder / "clips" / clip.name)
            files = f"clips/{clip.name}", f"sounds/{path.name}"
            out.append((*files, row["transcript"]))
        _write(folder / f"{name}.csv", out)
    return folder


def _write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


# --- processes -----------------------------------------------------------------------


def _called(call):
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(call)}\n{done.stderr[-3000:]}")


def _one_core():
    single = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    single |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    return os.environ | single


if __name__ == "__main__":
    if sys.argv[1:2] == ["--time"]:
        _time(sys.argv[2], Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--redecode"]:
        _redecode(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
    else:
        main()
