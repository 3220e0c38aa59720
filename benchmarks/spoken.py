"""A table of sentences spoken by espeak-ng, their words damaged, with their tags.

    python benchmarks/spoken.py DATA/snips OUT [--rows 2000] [--damage 0.2] [--lost 0.2]

OUT gets train.csv, valid.csv and test.csv with the columns text (damaged), clean,
speech (a WAV file of the clean sentence), slots and intent. rows: of train.csv, drawn
by chance; the others are taken whole, or as many. damage: the share of the words that
are damaged; lost: the share of those that are lost, the others are misspelled (a letter
dropped, doubled, swapped or replaced). A lost word leaves a "?", so that there is still
one tag a word. What is drawn depends on --seed and the row alone. espeak-ng has to be
installed (apt-get install espeak-ng).
"""

import argparse
import csv
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

VOICES = (
    "en-us",
    "en-us+f2",
    "en-gb",
    "en-gb+f4",
    "en-gb-scotland",
    "en-gb-scotland+f3",
    "en-gb-x-rp+m3",
    "en-us+m7",
)
LOST = "?"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SLOWEST, _FASTEST = 140, 190  # words a minute


def main():
    """Make the table that the arguments describe."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--damage", type=float, default=0.2)
    parser.add_argument("--lost", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=0)
    make(**vars(parser.parse_args()))


def make(data, out, rows=2000, damage=0.2, lost=0.2, seed=0):
    """Write the three tables and the sounds; those that are there already stay.

    rows: None for all of them.
    """
    for place, name in enumerate(("train", "valid", "test")):
        table = read(data / f"{name}.csv")
        chosen = np.random.default_rng([seed, place]).permutation(len(table))[:rows]
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor() as pool:
            jobs = [
                pool.submit(_row, table[row], folder, [seed, place, row], damage, lost)
                for row in chosen
            ]
            made = [job.result() for job in jobs]
        write(out / f"{name}.csv", made)
        print(f"{len(made)} rows in {out / name}.csv", file=sys.stderr)


def read(path):
    """The rows of a CSV file, a dict for each."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, rows):
    """Write rows, a dict for each, as CSV; the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _row(cells, folder, seed, damage, lost):
    rng = np.random.default_rng(seed)
    path = folder / f"{seed[-1]}.wav"
    speak(cells["text"], path, rng)
    words = [damaged(word, rng, damage, lost) for word in cells["text"].split()]
    return {
        "text": " ".join(words),
        "clean": " ".join(cells["text"].split()),
        "speech": f"{folder.name}/{path.name}",
        "slots": cells["slots"].strip(),
        "intent": cells["intent"],
    }


def speak(text, path, rng):
    """Write a sentence as WAV by a voice and at a speed that `rng` draws."""
    voice = VOICES[rng.integers(len(VOICES))]
    speed = int(rng.integers(_SLOWEST, _FASTEST))
    if not path.exists():
        command = [
            "espeak-ng",
            "-v",
            voice,
            "-s",
            str(speed),
            "-w",
            str(path),
            "--stdin",
        ]
        subprocess.run(command, input=text.encode(), check=True)


def damaged(word, rng, share, lost):
    """The word, or with the probability `share` a misspelled or lost one."""
    if rng.random() >= share:
        return word
    if rng.random() < lost:
        return LOST
    spelled = word
    while spelled in ("", word):
        spelled = _misspelled(word, rng)
    return spelled


def _misspelled(word, rng):
    way, place = rng.integers(4), int(rng.integers(len(word)))
    letter = _LETTERS[rng.integers(len(_LETTERS))]
    head, own, tail = word[:place], word[place], word[place + 1 :]
    return (
        head + tail,
        head + own + own + tail,
        head + letter + tail,
        head + tail[:1] + own + tail[1:],
    )[way]


if __name__ == "__main__":
    main()
