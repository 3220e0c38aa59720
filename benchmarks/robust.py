"""What becomes of a folder of awkward media: every file as picture, sound and film.

    python benchmarks/robust.py FOLDER [--all]

Each file is decoded by each modality in guarded children. Printed are the outcomes by
modality and reason, the slowest file, and the largest memory of a child; `--all` prints
a line for every file and modality.

Some files are the same picture, sound or film in another form: turned, in CMYK, in 16
bits, of another byte order, codec or clock. Where the folder has them, each is compared
with its plain form; 1 is equal.
"""

import argparse
import re
import resource
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from homodal.data import guard, processes
from homodal.data.preparation import PreparedColumn
from homodal.data.reading import STATUS_NAMES
from homodal.errors import BadCell
from homodal.media import frames, images, sound

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
    _compare(options.folder)


# plain form, other forms, the lowest correlation that passes
ALIKE = (
    ("images/hopper_orientation_2.jpg", "images/hopper_orientation_[3-8].jpg", 0.98),
    ("images_derived/progressive.jpg", "images_derived/cmyk*.jpg", 0.99),
    ("images_derived/progressive.jpg", "images_derived/la.png", 0.99),
    ("images_derived/progressive.jpg", "images_derived/palette16.png", 0.97),
    ("audio_scipy/test-44100Hz-le-1ch-4bytes.wav", "audio_scipy/*-be-1ch-*.wav", 1),
    ("audio_scipy/test-44100Hz-le-1ch-4bytes.wav", "audio_scipy/*4bytes-rf64.wav", 1),
    ("audio_scipy/test-8000Hz-le-3ch-5S-24bit.wav", "audio_scipy/*-be-3ch-*.wav", 1),
    ("audio_scipy/test-8000Hz-le-3ch-5S-24bit.wav", "audio_scipy/*24bit-rf64.wav", 1),
    ("audio_scipy/*2ch-32bit-float-le.wav", "audio_scipy/*32bit-float-be.wav", 1),
    ("video_derived/no_audio.mp4", "video_derived/yuv4*.mp4", 0.99),
    ("video_derived/no_audio.mp4", "video_derived/hevc.mp4", 0.99),
    ("video_derived/no_audio.mp4", "video_derived/av1.mkv", 0.98),
    ("video_derived/no_audio.mp4", "video_derived/vp9_opus.webm", 0.99),
    ("video_derived/no_audio.mp4", "video_derived/mpeg*.*", 0.98),
    ("video_derived/no_audio.mp4", "video_derived/fps120.mp4", 0.99),
    ("video_derived/no_audio.mp4", "video_derived/vfr.mp4", 0.99),
    ("video_derived/no_audio.mp4", "video_derived/wrong_extension.wav", 1),
)


def _compare(folder):
    for plain, others, least in ALIKE:
        for first in folder.glob(plain):
            for path in sorted(folder.glob(others)):
                found = np.corrcoef(_values(first), _values(path))[0, 1]
                print(f"{found:.3f}  {path.relative_to(folder)} as {first.name}")
                if found < least - 1e-6:
                    raise SystemExit(f"{path} is decoded wrongly")
    for path in folder.glob("images_derived/exif_rot6.jpg"):
        turned = np.rot90(_grey(path.with_name("progressive.jpg"), 200, 150), 3)
        found = np.corrcoef(turned.ravel(), _grey(path, 150, 200).ravel())[0, 1]
        print(f"{found:.3f}  {path.relative_to(folder)} as progressive.jpg, turned")
        if found < 0.99:
            raise SystemExit(f"{path} does not stand upright")
    for path in folder.glob("images_derived/gray16.png"):
        with Image.open(path) as picture:
            sixteen = np.asarray(picture, float)
        off = np.abs(_grey(path, *sixteen.shape) - sixteen / 257).max()
        print(f"{off:.3f}  {path.relative_to(folder)}: farthest from its 16 bits / 257")
        if off > 0.5:
            raise SystemExit(f"{path} is decoded wrongly")
    for path in sorted(folder.glob("audio_scipy/test-*Hz-*ch-*.wav")):
        try:
            said = sound.probe(path)
        except BadCell:
            continue
        named = re.search(r"-(\d+)Hz-.*?(\d+)ch", path.name)
        if (said.rate_hz, said.channels) != tuple(map(int, named.groups())):
            raise SystemExit(f"{path} is not of the rate and channels that it names")


def _values(path):
    """What a file shows or sounds like, as one row of numbers."""
    if path.parent.name.startswith("images"):
        return _grey(path, 128, 96).ravel()
    if path.parent.name.startswith("audio"):
        return sound.read(path, sound.probe(path).rate_hz, 60.0)
    return frames.read(path, 72, 96, 1, 8)[0].astype(float).ravel()


def _grey(path, height_px, width_px):
    return images.read(path, height_px, width_px, 1)[..., 0].astype(float)


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
