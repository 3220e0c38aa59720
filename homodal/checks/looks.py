"""One look at a cell: whether it can be read, and the figures that describe it."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from homodal.checks import languages
from homodal.checks.prints import picture_print, text_print
from homodal.data import guard
from homodal.data.store import ABSENT, BAD, OK, REPAIRED, usable
from homodal.errors import BadCell
from homodal.media import files, repairs
from homodal.media.excerpts import Excerpt, taken
from homodal.tables.addresses import Address
from homodal.tables.samples import Samples

SIDE_PX = 8  # of the small grey picture that stands for a picture among neighbours
_BANDS = 32
_WORDS = 256  # places that the words of a text are counted in
_IN_MEMORY = 64 * 2**20  # bytes; a larger file is opened again for each question
_FULL_SCALE = 0.999
_SILENT = 1e-3  # peak, of a full scale of 1: 60 dB below it


@dataclass(frozen=True)
class Look:
    """What one look at a cell told.

    status: OK, REPAIRED, ABSENT or BAD; reason: why it is bad, or what was repaired;
    digest: of the content, where equal content is a duplicate; print: 64 bits that are
    alike for what looks alike; figures: numbers and names by name; vector: what
    neighbours are found by.
    """

    status: int
    reason: str = ""
    digest: bytes | None = None
    print: int | None = None
    figures: dict = field(default_factory=dict)
    vector: np.ndarray | None = None


def look(modality, reader, cell):
    """The `Look` at one cell (None, a value, a path or a `BadCell`); read only once."""
    if cell is None:
        return Look(ABSENT)
    if isinstance(cell, BadCell):
        return Look(BAD, str(cell))
    look_at = _LOOKS.get(modality, _at_value)
    with repairs.noted() as mended:
        try:
            digest, content = _content(cell) if reader.media else (None, cell)
            found = look_at(reader, content)
        except BadCell as why:
            return Look(BAD, str(why))
    status, reason = (REPAIRED if mended else OK), repairs.joined(mended)
    return replace(found, status=status, reason=reason, digest=digest or found.digest)


def guarded(modality, options, cells):
    """Yield the `Look` at each of the located `cells` of media, seen in children."""
    task = f"{__name__}:{_in_child.__name__}"
    for status, vector, text in guard.looked(task, modality, options, cells):
        if not usable(status):
            yield Look(status, text)
            continue
        said = json.loads(text)
        digest = said["digest"] and bytes.fromhex(said["digest"])
        rest = (said["reason"], digest, said["print"], said["figures"])
        yield Look(status, *rest, vector)


def _in_child(modality, reader, cell):
    """A look in the form in which it can leave a child: (status, vector, text)."""
    found = look(modality, reader, cell)
    if not usable(found.status):
        return found.status, None, found.reason
    said = {
        "reason": found.reason,
        "digest": found.digest and found.digest.hex(),
        "print": found.print,
        "figures": found.figures,
    }
    return found.status, found.vector, json.dumps(said)


def _content(cell):
    """`(SHA-256 of the content, the content)`; of a very large file, its path."""
    if isinstance(cell, Excerpt):
        digest, content = _content(cell.cell)
        said = repr(sorted(cell.beside.items())).encode("utf-8", "replace")
        return hashlib.sha256(digest + said).digest(), cell._replace(cell=content)
    if isinstance(cell, list):
        every = [_content_or_bad(each) for each in cell]
        joined = b"".join(digest for digest, _ in every)
        return hashlib.sha256(joined).digest(), [content for _, content in every]
    if isinstance(cell, Path):
        with files.opened(cell) as file:
            if file.seek(0, 2) > _IN_MEMORY:
                file.seek(0)
                return hashlib.file_digest(file, "sha256").digest(), cell
            file.seek(0)
            cell = file.read()
    if isinstance(cell, Address):
        cell = files.read_bytes(cell)
    if isinstance(cell, (bytes, bytearray, memoryview)):
        return hashlib.sha256(cell).digest(), bytes(cell)
    array = np.ascontiguousarray(cell.array if isinstance(cell, Samples) else cell)
    return hashlib.sha256(array.tobytes()).digest(), cell


def _content_or_bad(cell):
    """The same of one among several, where a `BadCell` keeps its place."""
    try:
        if isinstance(cell, BadCell):
            raise cell
        return _content(cell)
    except BadCell as why:
        return _digest(str(why)), why


def _at_picture(reader, cell):
    from homodal.media import images

    height, width, _ = images.probe(taken(cell)[0])
    grey = reader.read(cell).mean(axis=2)
    return Look(
        OK,
        print=picture_print(grey),
        figures={"height_px": height, "width_px": width} | _light(grey),
        vector=_shrunk(grey).ravel(),
    )


def _at_pictures(reader, cell):
    grey = reader.read(cell).mean(axis=3, dtype=np.float32)  # (n, height, width)
    figures = {"pictures": len(grey)} | _light(grey)
    return Look(OK, figures=figures, vector=_shrunk(grey.mean(axis=0)).ravel())


def _at_film(reader, cell):
    from homodal.media import frames

    film = frames.probe(taken(cell)[0])
    grey = reader.read(cell).mean(axis=3, dtype=np.float32)  # (frames, height, width)
    moving = np.abs(np.diff(grey, axis=0)).mean() / 255 if len(grey) > 1 else 0.0
    figures = {"height_px": film.height, "width_px": film.width, "frames": len(grey)}
    if film.seconds is not None:
        figures["seconds"] = film.seconds
    figures |= _light(grey) | {"motion": float(moving)}
    # no print: films of one scene look alike, whatever happens in them
    return Look(OK, figures=figures, vector=_motion(grey))


def _light(grey):
    return {
        "brightness": float(grey.mean() / 255),
        "contrast": float(grey.std() / 255),
    }


def _motion(grey):
    """The mean frame and the mean change, both small, side by side."""
    change = (
        np.abs(np.diff(grey, axis=0)).mean(axis=0) if len(grey) > 1 else grey[0] * 0
    )
    return np.concatenate([_shrunk(grey.mean(axis=0)).ravel(), _shrunk(change).ravel()])


def _shrunk(grey):
    """`(8, 8)` means of the parts of a picture, from 0 to 1."""
    rows = np.array_split(np.arange(grey.shape[0]), min(SIDE_PX, grey.shape[0]))
    columns = np.array_split(np.arange(grey.shape[1]), min(SIDE_PX, grey.shape[1]))
    small = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            small[i, j] = grey[row[0] : row[-1] + 1, column[0] : column[-1] + 1].mean()
    return small / 255


def _at_sound(reader, cell):
    from homodal.media import sound

    said = sound.probe(taken(cell)[0], reader.rate_hz)
    samples = reader.read(cell)
    peak = float(np.abs(samples).max())
    loud = np.abs(samples) >= _FULL_SCALE
    figures = {
        "rate_hz": said.rate_hz,
        "channels": said.channels,
        "seconds": said.seconds or len(samples) / reader.rate_hz,
        "peak": peak,
        "loudness_db": float(10 * np.log10(np.mean(samples**2) + 1e-12)),
        # two neighbours at full scale were cut off there; one may be a peak
        "clipped": float((loud[1:] & loud[:-1]).mean()) if len(loud) > 1 else 0.0,
        "silent": float(peak < _SILENT),
    }
    return Look(OK, figures=figures, vector=_spectrum(samples))


def _spectrum(samples):
    """Log power in 32 bands and its change over time: `(64,)`."""
    size = 512
    padded = np.pad(samples, (0, max(0, size - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    edges = np.unique(np.geomspace(1, power.shape[1], _BANDS + 1).astype(int))
    bands = np.log(np.add.reduceat(power, edges[:-1], axis=1) + 1e-6)
    vector = np.concatenate([bands.mean(axis=0), bands.std(axis=0)])
    return (vector - vector.mean()).astype(np.float32)


def _at_text(reader, cell):
    text = reader.read(cell).item()
    words = text.lower().split()
    figures = {
        "characters": len(text),
        "words": _count_words(text),
        "language": languages.guess(text if isinstance(cell, list) else str(cell)),
    }
    return Look(
        OK,
        digest=_digest(text),
        print=text_print(text),
        figures=figures,
        vector=_bag(words if len(words) > 1 else list(text.lower())),
    )


def _count_words(text):
    from homodal.media.words import count_words

    return count_words(text)


def _bag(words):
    vector = np.zeros(_WORDS, np.float32)
    for word in words:
        vector[int.from_bytes(_digest(word)[:2], "little") % _WORDS] += 1
    return vector


def _at_value(reader, cell):
    """Of any other modality: what it says of a cell that it can read."""
    array = reader.read(cell)
    digest = None if reader.repeats else _digest(repr(array.tolist()))
    return Look(OK, digest=digest, figures=reader.figures(array))


def _digest(text):
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


_LOOKS = {
    "image": _at_picture,
    "images": _at_pictures,
    "video": _at_film,
    "audio": _at_sound,
    "text": _at_text,
}
