"""A row's cells as a person sees and hears them: text, picture, sound, frames."""

import base64
import io

import numpy as np

from homodal.data.reading import BAD, usable
from homodal.evaluation.report.figures import waveform
from homodal.evaluation.report.page import tag

_LETTERS = 400
_FRAMES = 6
_HEIGHT_PX = 96
_HEARD_SECONDS = 10
_GLANCE = ("image", "images", "video", "text", "audio")  # before any other


def cells_of(model, rows, row):
    """`[(column name, element)]` of the row with this number in its table, from 0."""
    return [
        (column.name, _cell(column, rows, row)) for column in model.preparation.columns
    ]


def glance(model, rows, row):
    """The cell that tells most at a glance, a small element; None of a row of none."""
    there = [
        c for c in model.preparation.columns if usable(rows.columns[c.slug].status[row])
    ]
    if not there:
        return None
    column = min(there, key=_rank)
    return _cell(column, rows, row, heard=False)


def _rank(column):
    shown = column.modality in _GLANCE
    return _GLANCE.index(column.modality) if shown else len(_GLANCE)


def _cell(column, rows, row, heard=True):
    stored = rows.columns[column.slug]
    if not usable(stored.status[row]):
        reason = "absent"
        if stored.status[row] == BAD:
            reason = f"cannot be read: {stored.reasons[row]}"
        return tag("span", reason, class_="soft")
    found = drawn(column, stored.array(row), heard)
    if found is not None:
        return found
    text = written(rows.table.cells(column.name, [row])[0])
    letters = _LETTERS if heard else _LETTERS // 4
    if len(text) > letters:
        text = text[:letters] + "…"
    return tag("span", text)


def drawn(column, array, heard=True):
    """A column's stored array as it is seen and heard; None where it is read."""
    if column.modality == "image":
        return picture(array)
    if column.modality in ("images", "video"):
        return picture(strip(array, _FRAMES if heard else 3))
    if column.modality == "audio":
        rate_hz = column.reader().rate_hz
        return sound(array, rate_hz) if heard else waveform(array, rate_hz)
    return None


def written(cell):
    """A cell that is no media as text; an array or a list as its parts on one line."""
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if isinstance(cell, list):
        parts = [
            f"{each:.3g}" if isinstance(each, float) else str(each) for each in cell
        ]
        return " ".join(parts)
    return str(cell)


def picture(pixels):
    """`(height, width, channels)` uint8 as an image, enlarged if it is tiny."""
    from PIL import Image

    pixels = np.asarray(pixels)
    made = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    file = io.BytesIO()
    made.save(file, "PNG", optimize=True)
    height = max(_HEIGHT_PX, min(made.height, 160))
    width = round(made.width * height / made.height)
    return tag("img", src=_data("image/png", file), alt="", width=width)


def strip(frames, most=_FRAMES):
    """A few frames of a film `(n, height, width, channels)` side by side."""
    chosen = np.unique(np.linspace(0, len(frames) - 1, most).astype(int))
    gap = np.full((frames.shape[1], 1, frames.shape[3]), 128, np.uint8)
    parts = [part for place in chosen for part in (gap, frames[place])]
    return np.concatenate(parts[1:], axis=1)


def sound(samples, rate_hz):
    """A waveform and, below it, the sound itself to listen to."""
    import soundfile

    samples = np.asarray(samples, np.float32)[: _HEARD_SECONDS * rate_hz]
    loudest = float(np.abs(samples).max(initial=0.0)) or 1.0
    file = io.BytesIO()
    soundfile.write(
        file, 0.7 * samples / loudest, rate_hz, format="WAV", subtype="PCM_16"
    )
    player = tag("audio", "", controls="", preload="none", src=_data("audio/wav", file))
    return tag("div", waveform(samples, rate_hz), player)


def _data(kind, file):
    return f"data:{kind};base64,{base64.b64encode(file.getvalue()).decode()}"
