"""GRID with its sound spoilt: a folder of films, noisy sounds and timed words.

    python benchmarks/degraded.py GRID_FOLDER OUT [--snr -5] [--seed 0]

Writes `train.csv`, `valid.csv` and `test.csv` with the columns `video` (a copy of the
clip), `audio` (one WAV a clip: its sound with white noise at so many decibels, the same
noise for the same seed), `words` (`[[begin, end, word], ...]` in seconds, from the
clip's alignment), `letter_begin` and `letter_end` (seconds), and the answers of the
source. The copies are there because a media path must lie under its table's folder.
And `letter.yaml`: a recipe that cuts the spoken letter out of film and sound, and the
mouth out of each frame; of whole clips, 500 are too few to learn a letter from.

Then, for the letter (25 classes) from film and sound, with and without balancing:

    homodal compare OUT/train.csv --valid OUT/valid.csv --test OUT/test.csv \\
        --recipe OUT/letter.yaml --target letter --columns video,audio \\
        --fusions concatenate --seeds 3 \\
        --vary training.balance=none,ogm,ogm_ge,agm,opm,pmr,blend,umt
"""

import argparse
import csv
import json
import shutil
import zlib
from pathlib import Path

import numpy as np
import soundfile

from homodal.media import sound

RATE_HZ = 16_000
LONGEST_SECONDS = 10.0
UNITS_A_SECOND = 25_000  # of an alignment: 1000 are a frame of 25 a second
PLACES = ("command", "color", "preposition", "letter", "digit", "adverb")
RECIPE = """\
# The spoken letter, cut out of both columns; the mouth, cut out of each frame
training: {epochs: 25}
columns:
  video:
    modality: video
    window: [letter_begin, letter_end]
    rate_hz: 25
    box: [48, 78, 112, 126]
    channels: 1
  audio: {modality: audio, window: [letter_begin, letter_end]}
"""


def main():
    """Write the three tables and the recipe; say what is in the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--snr", type=float, default=-5.0, help="decibels")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for folder in ("clips", "sound"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    (options.out / "letter.yaml").write_text(RECIPE, encoding="utf-8")
    for part in ("train", "valid", "test"):
        rows, ratios = written(part, options)
        print(f"{part}: {rows} rows, {np.mean(ratios):.2f} dB in the mean")


def written(part, options):
    """`(rows, measured decibels)` of one table, which is written with its media."""
    with (options.source / f"{part}.csv").open(encoding="utf-8") as file:
        clips = list(csv.DictReader(file))
    ratios, rows = [], []
    for clip in clips:
        path = options.source / clip["video"]
        shutil.copyfile(path, options.out / "clips" / path.name)
        clean = sound.read(path, RATE_HZ, LONGEST_SECONDS)
        # by its name: a clip has the same noise in whatever table it stands
        rng = np.random.default_rng([options.seed, zlib.crc32(path.stem.encode())])
        noise = noise_for(clean, options.snr, rng)
        ratios.append(decibels(clean, noise))
        noisy = clean + noise
        noisy = noisy / max(1.0, np.abs(noisy).max())
        name = f"sound/{path.stem}.wav"
        soundfile.write(options.out / name, noisy, RATE_HZ, subtype="PCM_16")
        rows.append(_row(clip, name, spoken(options.source, path.stem)))
    with (options.out / f"{part}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows), ratios


def noise_for(clean, snr_db, rng):
    """White noise `snr_db` decibels below (or, if negative, above) the sound."""
    power = np.mean(np.square(clean, dtype=np.float64)) / 10 ** (snr_db / 10)
    return rng.normal(0.0, np.sqrt(power), len(clean))


def decibels(clean, noise):
    """Ten times the logarithm of the ratio of the powers."""
    powers = (np.mean(np.square(x, dtype=np.float64)) for x in (clean, noise))
    return 10 * np.log10(next(powers) / next(powers))


def spoken(source, stem):
    """`[[begin, end, word], ...]` in seconds, without the silences."""
    lines = (source / "align" / f"{stem}.align").read_text(encoding="utf-8")
    words = [line.split() for line in lines.splitlines() if line.strip()]
    return [
        [int(begin) / UNITS_A_SECOND, int(end) / UNITS_A_SECOND, word]
        for begin, end, word in words
        if word not in ("sil", "sp")
    ]


def _row(clip, name, words):
    begin, end, _ = words[PLACES.index("letter")]
    return {
        "video": f"clips/{Path(clip['video']).name}",
        "audio": name,
        "words": json.dumps(words),
        "letter_begin": begin,
        "letter_end": end,
        **{place: clip[place] for place in PLACES},
    }


if __name__ == "__main__":
    main()
