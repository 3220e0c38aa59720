"""Attributions drawn on words, a picture, a spectrogram, frames, numbers and names.

Orange speaks for the answer, blue against it; the stronger, the less transparent. A
number or a name is as strong as its share of the column that spoke most.
"""

from dataclasses import dataclass

import numpy as np

from homodal.evaluation.report.cells import drawn, picture, strip, written
from homodal.evaluation.report.page import tag
from homodal.media import spelling, tokens

_FOR, _AGAINST = (213, 94, 0), (0, 114, 178)
_WORDS = 80


@dataclass(frozen=True)
class Looked:
    """One column of a row: an element to look at, and figures.

    logit: what the column adds to the answer's logit. weight: the fusion's own, or None
    where it has none: descriptive. instead: the drawing shows all that the cell says.
    """

    drawn: object
    logit: float
    weight: float | None
    instead: bool


def looked_at(model, rows, attribution):
    """`{column name: Looked}` of an `Attribution`, in the order of the columns."""
    return {
        column.name: Looked(
            _drawn_features(model, column, rows, attribution)
            if column.extractor
            else _drawn(column, rows, attribution),
            float(attribution.columns[column.slug].sum()),
            attribution.weights.get(column.slug),
            column.reader().block != "" or _is_whole(column, attribution),
        )
        for column in model.preparation.columns
        if column.slug in attribution.columns
    }


def legend():
    """What the colours and the figures of a card mean."""
    swatches = [
        tag("mark", word, style=f"background: rgba({r}, {g}, {b}, 0.60)")
        for word, (r, g, b) in (("Orange", _FOR), ("blue", _AGAINST))
    ]
    return tag(
        "p",
        swatches[0],
        " spoke for the answer, ",
        swatches[1],
        " against it (integrated gradients). Figures of a column: what it adds to the "
        "logit of the answer; to the probability of the label (Shapley value); the "
        "fusion's own weight, where it has one, which is only descriptive.",
        class_="soft",
    )


def overlaid(grey, values):
    """`(height, width, 3)` uint8: grey 0 to 1 with attributions `(height, width)`."""
    limit = np.quantile(np.abs(values), 0.99) or 1.0
    strength = np.clip(np.abs(values) / limit, 0, 1)[..., None] * 0.85
    colour = np.where(values[..., None] > 0, _FOR, _AGAINST)
    base = 255 * (0.35 + 0.6 * np.clip(grey, 0, 1))[..., None].repeat(3, axis=-1)
    return np.round(base * (1 - strength) + colour * strength).astype(np.uint8)


def words(pieces, values, limit=None):
    """Units of text with a background that says how much each spoke, and for what.

    limit: what counts as full strength; the strongest unit, if it is not given.
    """
    limit = limit or np.abs(values).max(initial=0) or 1.0
    marked = []
    for piece, value in zip(pieces[:_WORDS], values, strict=False):
        red, green, blue = _FOR if value > 0 else _AGAINST
        share = abs(value) / limit
        style = f"background: rgba({red}, {green}, {blue}, {0.6 * share:.2f})"
        marked += [tag("mark", piece, style=style, title=f"{value:+.3f}"), " "]
    return tag("div", marked)


def _is_whole(column, attribution):
    """Whether a pretrained network sees the cell as one step, drawn plainly."""
    return bool(column.extractor) and attribution.real[column.slug] == 1


def _drawn_features(model, column, rows, attribution):
    """The cell, and how much each step of its pretrained features spoke.

    A picture has one step: which part of it spoke is not known.
    """
    values = attribution.columns[column.slug][: attribution.real[column.slug]]
    array = rows.columns[column.slug].array(attribution.row)
    shown = drawn(column, array, heard=False)
    if shown is None:
        extractor = model.preparation.extractors[column.extractor["name"]]
        cell = rows.table.cells(column.name, [attribution.row])[0]
        return words(extractor.steps_of(column.reader().read(cell)), values)
    if len(values) == 1:
        return shown
    steps = [str(place + 1) for place in range(len(values))]
    return tag("div", shown, words(steps, values))


def _drawn(column, rows, attribution):
    real = attribution.real[column.slug]
    values = attribution.columns[column.slug][:real]
    front = attribution.values[column.slug][:real]
    if column.modality == "text":
        numbers = rows.columns[column.slug].array(attribution.row)
        read = spelling.spelled if numbers.ndim == 2 else tokens.pieces
        pieces = read(numbers, column.facts["tokenizer"])
        known = ["(unknown)" if p == tokens.UNKNOWN else p for p in pieces]
        return words(known, values)
    if column.modality == "image":
        return picture(overlaid(_unit(front.mean(axis=-1)), values))
    if column.modality in ("images", "video"):
        pairs = zip(_unit(front[..., 0]), values, strict=True)
        return picture(strip(np.stack([overlaid(*pair) for pair in pairs])))
    if column.modality == "audio":
        # low frequencies below, time to the right, as spectrograms are read
        return picture(overlaid(_unit(front[..., 0]).T[::-1], values.T[::-1]))
    limit = max(abs(float(each.sum())) for each in attribution.columns.values())
    cell = written(rows.table.cells(column.name, [attribution.row])[0])
    return words([cell], values.reshape(-1).sum(keepdims=True), limit)


def _unit(values):
    low, high = float(values.min()), float(values.max())
    return (values - low) / ((high - low) or 1.0)
