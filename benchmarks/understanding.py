"""Intent and slots on Snips and ATIS: accuracy, span F1 and whole sentences.

    python benchmarks/understanding.py --data DATA [--tasks snips,atis] [--seeds 0,1,2]
    python benchmarks/understanding.py --data DATA --tasks spoken --work FOLDER

DATA holds snips/ and atis/ with train.csv, valid.csv and test.csv: text, slots (a BIO
tag for each word between spaces) and intent (of ATIS several, joined by #, are a class
of their own). Each seed trains on train.csv, keeps the epoch that is best on valid.csv
and is scored once on test.csv. The task "spoken" is Snips said by espeak-ng with 20 %
of its written words damaged (benchmarks/spoken.py, which explains --lost). Its columns:

    text     what is left of the writing
    speech   the sound, which has no words to tag
    heard    what a recogniser hears in the sound

`--rows` sentences of train.csv are for understanding; the recogniser learns from the
sounds and words of all others, whose tags nobody looks at. Test sentences that stand in
train.csv word for word are left out. FOLDER keeps the sounds and the recogniser; what
is there is not made again. One start at a time: each writes its tables there.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import homodal
from homodal import api
from homodal.evaluation.intervals import bootstrap_weights, interval_of

sys.path.insert(0, str(Path(__file__).parent))
import spoken

SCORES = ("intent: accuracy", "slots: f1", "all_right")
# what three seeds are to reach in the mean
REACH = {"snips": (0.975, 0.90, 0.78), "atis": (0.95, 0.945, None)}
SPLITS = ("train", "valid", "test")
# of the spoken table: the input columns, and what they can answer
WAYS = {
    "text": (["text"], ["intent", "slots"]),
    "heard": (["heard"], ["intent"]),
    "speech": (["speech"], ["intent"]),
    "text + heard": (["text", "heard"], ["intent", "slots"]),
    "text + speech": (["text", "speech"], ["intent", "slots"]),
}
# 80 ms a step are enough for an intent, 40 ms for letters
SPEECH = {
    "columns.speech.modality": "audio",
    "columns.speech.seconds": 8,
    "columns.speech.window_ms": 40,
    "columns.speech.hop_ms": 20,
    "columns.speech.masked_mels": 8,
}
HEARING = SPEECH | {
    "columns.clean.modality": "transcript",
    "columns.clean.decoding": "beam",
    "columns.clean.language_model": 6,
    "columns.clean.language_weight": 1,
    "columns.clean.unit_bonus": 2,
    "columns.speech.tempo": 0.1,
    "columns.speech.masked_frames": 5,
    "encoder.stem_width": 32,
    "encoder.dropout": 0.05,
    "training.batch_size": 16,
    "training.epochs": 10,
}
# of all ways
SPOKEN = {"training.batch_size": 32, "training.epochs": 24}
OF_COLUMN = {
    "text": {},
    "heard": {"columns.heard.modality": "text", "columns.heard.units": "spelled"},
    "speech": SPEECH
    | {
        "columns.speech.tempo": 0.15,
        "columns.speech.masked_frames": 10,
        "columns.speech.encoder": "{name: rnn, width: 128, depth: 2, stem_width: 32}",
    },
}
# both say the same words in the same order, and the writing learns faster
BOTH = {
    "columns.slots.modality": "tags",
    "columns.slots.of": "text",
    "training.auxiliary_weight": 1,
    "fusion.width": None,
    "fusion.own_answers": True,
    "fusion.gate": 1.0,
    "fusion.reach": 0.1,
    "fusion.hidden": 0.4,
}


def main():
    """Train and score every task with every seed, and print the table."""
    options = _options()
    print("| task | seed | " + " | ".join(SCORES) + " | minutes |", flush=True)
    print("|" + "---|" * (len(SCORES) + 3), flush=True)
    for task in options.tasks.split(","):
        if task == "spoken":
            _spoken(options)
            continue
        folder = options.data / task
        _seeds(options, task, folder, ["text"], ["intent", "slots"])
        wanted = " | ".join("-" if r is None else f"{r:g}" for r in REACH[task])
        print(f"| {task} | to reach | {wanted} | |", flush=True)


def _options():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tasks", default="snips,atis")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--work", type=Path, help="of the task spoken: what is kept")
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--lost", type=float, default=0.2)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--recipe", default="understanding")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    if "spoken" in options.tasks.split(",") and options.work is None:
        parser.error("the task spoken needs --work FOLDER")
    if unknown := [way for way in options.ways.split(",") if way not in WAYS]:
        parser.error(f"--ways has {unknown}, expected some of: {', '.join(WAYS)}")
    return options


# --- the spoken table ----------------------------------------------------------------


def _spoken(options):
    """Every way of reading the spoken table."""
    folder, ways, right = options.work, options.ways.split(","), {}
    spoken.make(options.data / "snips", folder, rows=None, lost=options.lost)
    tables = {split: spoken.read(folder / f"{split}.csv") for split in SPLITS}
    others = tables["train"][options.rows :]
    if not others:
        raise SystemExit(f"--rows is to be below {len(tables['train'])}, got them all")
    known = {row["clean"] for row in tables["train"]}
    tables["test"] = [row for row in tables["test"] if row["clean"] not in known]
    print(f"{len(tables['test'])} rows of test.csv are new sentences", flush=True)
    del tables["train"][options.rows :]
    for split, rows in tables.items():
        spoken.write(folder / f"{split}.csv", rows)
    if any("heard" in WAYS[way][0] for way in ways):
        _hear(folder, tables, others)
    for way in ways:
        columns, target = WAYS[way]
        settings = SPOKEN | {k: v for c in columns for k, v in OF_COLUMN[c].items()}
        settings |= BOTH if len(columns) > 1 else {}
        name = f"spoken, {way}"
        right[way] = _seeds(options, name, folder, columns, target, settings)
    for way in [way for way in right if " + " in way]:
        for alone in [one for one in way.split(" + ") if one in right]:
            for answer in sorted(set(right[way]) & set(right[alone])):
                more = _difference(right[way][answer] - right[alone][answer])
                print(f"{way} above {alone}, {answer} right: {more}", flush=True)


def _hear(folder, tables, others):
    """Put what a recogniser hears in the tables, a column; `others` taught it."""
    run = folder / f"recogniser-{len(others)}"
    if not (run / "bundle").is_dir():
        unfinished = run.with_name(f"{run.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        begun = time.monotonic()
        _finished(
            api.train(
                spoken.write(folder / "recogniser.csv", others),
                valid=folder / "valid.csv",
                target="clean",
                columns=["speech"],
                settings=HEARING,
                out=unfinished,
            )
        )
        unfinished.rename(run)
        print(f"recogniser: {(time.monotonic() - begun) / 60:.0f} minutes", flush=True)
    model = homodal.load(run)
    scores = api.evaluate(model, folder / "test.csv").scores
    print(f"recogniser: word error rate {scores['wer']['value']:.3f}", flush=True)
    for split, rows in tables.items():
        path = folder / f"{split}.csv"
        said = model.predict(path)["clean"].to_pylist()
        heard = [row | {"heard": w} for row, w in zip(rows, said, strict=True)]
        spoken.write(path, heard)


# --- training and scores -------------------------------------------------------------


def _seeds(options, name, folder, columns, target, more=None):
    """Print a line for each seed, and their mean; how often each row was right.

    `{answer: (rows,)}`, the share of the seeds, for each target and, of several, for
    "everything".
    """
    settings = (more or {}) | dict(each.split("=", 1) for each in options.set)
    found, right = zip(
        *(
            _scored(name, folder, columns, target, options.recipe, settings, int(seed))
            for seed in options.seeds.split(",")
        ),
        strict=True,
    )
    means = " | ".join(
        "-" if None in each else f"{np.mean(each):.4f}"
        for each in zip(*found, strict=True)
    )
    print(f"| {name} | mean | {means} | |", flush=True)
    return {answer: np.mean([each[answer] for each in right], 0) for answer in right[0]}


def _scored(name, folder, columns, target, recipe, settings, seed):
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.monotonic()
        run = _finished(
            api.train(
                folder / "train.csv",
                valid=folder / "valid.csv",
                target=target,
                columns=columns,
                recipe=recipe,
                settings=settings | {"training.seed": seed},
                out=Path(scratch) / "run",
            )
        )
        minutes = (time.monotonic() - begun) / 60
        found = api.evaluate(run.model, folder / "test.csv").scores
        right = _right(run.model, folder / "test.csv", target)
    if len(target) == 1:
        found = {f"{target[0]}: {score}": entry for score, entry in found.items()}
    shown = " | ".join(_shown(found.get(score)) for score in SCORES)
    print(f"| {name} | {seed} | {shown} | {minutes:.1f} |", flush=True)
    values = [found[score]["value"] if score in found else None for score in SCORES]
    return values, right


def _finished(run):
    if not run.finished:
        raise SystemExit("interrupted")
    return run


def _right(model, table, target):
    said = model.predict(table)
    right = {
        name: np.array([row[name] for row in spoken.read(table)])
        == np.array(said[name])
        for name in target
    }
    if len(target) > 1:
        right["everything"] = np.all(list(right.values()), axis=0)
    return right


def _difference(more):
    """The mean of `more (rows,)`, with the interval of rows drawn anew."""
    weights = bootstrap_weights(len(more), 2000) / len(more)
    return _shown(interval_of(np.mean(more), weights @ more))


def _shown(entry):
    if entry is None:
        return "-"
    return f"{entry['value']:.4f} [{entry['low']:.3f}, {entry['high']:.3f}]"


if __name__ == "__main__":
    main()
