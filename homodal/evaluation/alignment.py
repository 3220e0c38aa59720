"""Which steps of a column a model lays beside which others: weights to look at.

The fusions `early` (every column on one clock) and `cross_attention` (every column asks
the others) keep such weights. Like all attention they describe, and explain little.
"""

import io
from dataclasses import dataclass

import numpy as np
from keras import ops, tree

from homodal.data.batches import PRESENT
from homodal.errors import HomodalError, TableError
from homodal.evaluation.confusion import Fonts
from homodal.evaluation.files import replace
from homodal.media import tokens
from homodal.model import bundle
from homodal.model.model import Model
from homodal.optional import require
from homodal.tables.table import Table
from homodal.training.session import open_rows

CLOCK = "one clock"
_NAMED = 24  # steps that are named on an axis


@dataclass(frozen=True)
class Pair:
    """What each step of `asker` takes of each step of `asked`.

    asker: a column, or `CLOCK`. weights `(T, S)`, each row sums to at most 1.
    asker_seconds `(T, 2)`, asked_seconds `(S, 2)`: begin and end of the steps, or None.
    asked_words: the S units of a text, or a block's columns; else None.
    """

    asker: str
    asked: str
    weights: np.ndarray
    asker_seconds: np.ndarray | None
    asked_seconds: np.ndarray | None
    asked_words: list | None = None


@dataclass(frozen=True)
class Alignment:
    """Of one row of a table, counted from 1; pairs of present columns only."""

    row: int
    pairs: tuple

    def to_png(self, path=None):
        """The bytes of a picture, also written to `path`; `MissingPackage`."""
        found = alignment_png(self)
        if path is not None:
            replace(path, found)
        return found


def alignment(model, table, row=1, *, media_root=None):
    """The `Alignment` of a row, counted from 1, by a `Model` or the one in a folder.

    Raises `HomodalError` for a fusion that aligns nothing, `TableError` for a row that
    there is not.
    """
    model = model if isinstance(model, Model) else bundle.read(model)
    network, fusion = model.network, model.network.fusion
    if not hasattr(fusion, "alignment_of"):
        raise HomodalError(
            f"The fusion '{model.recipe.fusion['name']}' aligns no steps",
            expected="fusion early or cross_attention",
            do="Train with: --set fusion=early",
        )
    table = Table.open(table, media_root)
    if not 1 <= row <= len(table):
        raise TableError(
            f"{table.name} has no row {row}", expected=f"from 1 to {len(table)}"
        )
    rows = open_rows(table.take([row - 1]), model.preparation)
    inputs = rows.batches(1).inputs(np.array([0]))
    present = ops.convert_to_tensor(inputs[PRESENT])
    streams = {
        key: network.encoded(
            key,
            *tree.map_structure(ops.convert_to_tensor, network.cells(key, inputs)),
        )
        for key in network.keys
    }
    streams, shown = network.tokened(network.mixed(streams, present), present)
    found = fusion.alignment_of(streams, shown)
    there = {k: bool(ops.convert_to_numpy(one)[0]) for k, one in shown.items()}
    clock = _clock(fusion, streams, shown)
    extractors = model.preparation.extractors
    sides = {
        k: _side(e, streams[k], rows, extractors) for k, e in network.entries.items()
    }
    return Alignment(
        row,
        tuple(
            _pair(asker, asked, weights, sides, clock)
            for (asker, asked), weights in found.items()
            if there[asked] and (asker is None or there[asker])
        ),
    )


def _clock(fusion, streams, shown):
    """Seconds `(T, 2)` of the clock's steps, or None."""
    seconds_of = getattr(fusion, "seconds_of", None)
    known = None if seconds_of is None else seconds_of(streams, shown)
    return None if known is None else ops.convert_to_numpy(known)[0]


def _side(entry, stream, rows, extractors):
    """`(name, real (steps,), seconds or None, words or None)` of an entry's stream."""
    real = ops.convert_to_numpy(stream.mask)[0]
    seconds = getattr(stream, "seconds", None)
    if seconds is not None:
        seconds = ops.convert_to_numpy(seconds)[0]
    return entry.label, real, seconds, _words(entry, rows, len(real), extractors)


def _words(entry, rows, steps, extractors):
    """The units of a text, the names of columns that are a step each, else None."""
    if entry.block:
        names = [column.name for column in entry.columns]
        return names if len(names) == steps else None
    column = entry.columns[0]
    array = rows.columns[column.slug].array(0)
    if array is not None and column.extractor:
        cell = column.reader().read(rows.table.cells(column.name, [0])[0])
        return extractors[column.extractor["name"]].steps_of(cell) or None
    if array is None or "tokenizer" not in column.facts:
        return None
    numbers = array if array.ndim == 1 else array[:, 0]
    return tokens.pieces(numbers, column.facts["tokenizer"])


def _pair(asker, asked, weights, sides, clock):
    weights = np.asarray(ops.convert_to_numpy(weights), np.float32)[0]
    name, real, seconds, said = sides[asked]
    if asker is None:
        own, there, asking = CLOCK, weights.sum(axis=1) > 0, clock
        there = np.arange(len(there)) <= np.flatnonzero(there).max(initial=0)
    else:
        own, there, asking, _ = sides[asker]
    said = said[: real.sum()] if said is not None and len(said) >= real.sum() else None
    return Pair(
        own,
        name,
        weights[there][:, real],
        None if asking is None else asking[there],
        None if seconds is None else seconds[real],
        said,
    )


def alignment_png(found):
    """An `Alignment` as the bytes of a PNG: one map of weights for each pair.

    Raises `MissingPackage` without matplotlib.
    """
    figure = require("matplotlib.figure", "the picture of an alignment").Figure(
        figsize=(4.5 * max(len(found.pairs), 1), 4), layout="constrained"
    )
    fonts = Fonts()
    for place, pair in enumerate(found.pairs):
        axes = figure.add_subplot(1, len(found.pairs), place + 1)
        shown = axes.imshow(pair.weights, aspect="auto", cmap="Blues", vmin=0)
        axes.set_ylabel(_titled(fonts.label(pair.asker), pair.asker_seconds))
        axes.set_xlabel(_titled(fonts.label(pair.asked), pair.asked_seconds))
        _tick(axes.yaxis, pair.asker_seconds, None, fonts)
        _tick(axes.xaxis, pair.asked_seconds, pair.asked_words, fonts)
        figure.colorbar(shown, ax=axes, shrink=0.6, label="weight")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    return picture.getvalue()


def _titled(name, seconds):
    return f"{name}, seconds" if seconds is not None else f"{name}, steps"


def _tick(axis, seconds, words, fonts):
    """Name some steps by their word, or by the middle of their time."""
    if seconds is None and words is None:
        return
    count = len(words if words is not None else seconds)
    chosen = np.arange(0, count, -(-count // (_NAMED if words else 8)))
    axis.set_ticks(chosen)
    if words is None:
        axis.set_ticklabels([f"{seconds[i].mean():.2f}" for i in chosen])
        return
    axis.set_ticklabels(
        [fonts.label(words[i]) for i in chosen],
        rotation=60 if axis.axis_name == "x" else 0,
        fontsize=7,
        family=fonts.families,
        parse_math=False,
    )
