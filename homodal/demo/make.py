"""Build the demo tables from free inputs: `python -m homodal.demo.make OUT`.

Needs scikit-learn (for its handwritten digits) and the program espeak-ng (for speech).
The same seed gives the same tables, and the same media with the same encoders.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from homodal.demo.drawing import film_frames, save_film, save_picture, spoilt_picture
from homodal.demo.speech import find_espeak, save_speech, speak, spoil
from homodal.demo.words import LABELS, phrase, pick_language
from homodal.errors import HomodalError
from homodal.optional import require

COLUMNS = ("picture", "speech", "word", "film", "ink", "language", "label")

# What is present in a row (Picture, Speech, Word, Film), and in how many of 100 rows.
# Singles are rare, so that all columns together can nearly tell every digit.
PATTERNS = {
    "PSWF": 14,
    "SWF": 8, "PWF": 10, "PSF": 12, "PSW": 14,
    "PS": 6, "PW": 7, "PF": 5, "SW": 6, "SF": 5, "WF": 5,
    "P": 2, "S": 2, "W": 2, "F": 2,
}  # fmt: skip
INK_ABSENT = 0.1
SOUND_SHARE = 0.35  # of the films

# The 1797 digits are by 13 writers (about 140 each) and stand in scikit-learn in runs,
# not shuffled. Test rows come from the end and one writer's worth is left out between,
# so that the hands in the test table are not those in the training table.
SAMPLES = {"train": slice(0, 1240), "test": slice(1380, 1797)}


def digit_samples():
    """Per split, per digit: the handwritten samples, 8 x 8, 0 (paper) to 1 (ink)."""
    load_digits = require("sklearn.datasets", "the demo builder").load_digits
    digits = load_digits()
    samples = {}
    for split, part in SAMPLES.items():
        images, labels = digits.images[part] / 16, digits.target[part]
        samples[split] = [images[labels == digit] for digit in range(10)]
    return samples


def dealt(choices, shares, rows, rng):
    """`rows` of the choices, each as often as its share says, in random order."""
    edges = np.cumsum(shares) / np.sum(shares)
    places = (np.arange(rows) + rng.random()) / rows
    found = np.searchsorted(edges, places).clip(max=len(choices) - 1)
    return [choices[i] for i in rng.permutation(found)]


def plan(split, rows, samples, rng):
    """What each row shows and lacks: a list of (digit, ink array, pattern, has_ink)."""
    digits = dealt(range(10), [1] * 10, rows, rng)
    patterns = dealt(list(PATTERNS), list(PATTERNS.values()), rows, rng)
    inks = dealt([False, True], [INK_ABSENT, 1 - INK_ABSENT], rows, rng)
    # Each sample is used once, as long as there are enough.
    turns = [iter(np.tile(rng.permutation(len(s)), rows)) for s in samples[split]]
    return [
        (digit, samples[split][digit][next(turns[digit])], pattern, has_ink)
        for digit, pattern, has_ink in zip(digits, patterns, inks, strict=True)
    ]


def make_row(name, split, planned, out, rng, espeak):
    """Write one row's media under `out`; return the row as a dict of text cells."""
    digit, ink, pattern, has_ink = planned
    row = dict.fromkeys(COLUMNS, "")
    row["language"] = language = pick_language(rng)
    row["label"] = LABELS[digit]
    if has_ink:
        row["ink"] = f"{ink.mean():.4f}"
    if "P" in pattern:
        row["picture"] = f"picture/{name}.png"
        save_picture(spoilt_picture(ink, rng), out / row["picture"])
    if "S" in pattern:
        row["speech"] = f"speech/{name}.flac"
        clip = spoil(speak(digit, language, split, rng, espeak), rng)
        save_speech(clip, out / row["speech"])
    if "W" in pattern:
        row["word"] = phrase(digit, language, rng)
    if "F" in pattern:
        row["film"] = f"film/{name}.{'mp4' if rng.random() < 0.5 else 'webm'}"
        sound = None
        if rng.random() < SOUND_SHARE:
            sound = spoil(speak(digit, language, split, rng, espeak), rng)
            sound = 0.5 * sound / np.abs(sound).max()
        save_film(film_frames(ink, rng), out / row["film"], sound)
    return row


def make(out, train_rows=420, test_rows=140, seed=0):
    """Write train.csv, test.csv and their media under the new or empty folder `out`.

    Returns `out` as `pathlib.Path`. Raises `FileExistsError` when it is not empty,
    `MissingPackage` when scikit-learn or espeak-ng is missing.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} exists and is not an empty folder.")
    espeak, samples = find_espeak(), digit_samples()
    for kind in ("picture", "speech", "film"):
        (out / kind).mkdir(parents=True)
    sizes = {"train": train_rows, "test": test_rows}
    for number, (split, rows) in enumerate(sizes.items()):
        rng = np.random.default_rng([seed, number])
        table = [
            make_row(f"{split}-{i:03d}", split, planned, out, rng, espeak)
            for i, planned in enumerate(plan(split, rows, samples, rng))
        ]
        with (out / f"{split}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
    return out


def main(arguments=None):
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="homodal.demo.make", description=__doc__)
    parser.add_argument("out", metavar="OUT", help="a new or empty folder")
    parser.add_argument("--train-rows", type=int, default=420)
    parser.add_argument("--test-rows", type=int, default=140)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        out = make(given.out, given.train_rows, given.test_rows, given.seed)
    except (HomodalError, FileExistsError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Wrote {out / 'train.csv'} and {out / 'test.csv'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
