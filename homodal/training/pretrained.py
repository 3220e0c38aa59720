"""Whether a pretrained network is worth it for a column, asked of the training rows.

Where the recipe leaves the encoder open and the package with the weights is installed,
a linear model of a column's plain features is compared, on rows that were left out,
with one that sees what the pretrained network makes of the cells, too.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homodal.answering.plain_model import fit_plain_model, wanted
from homodal.answering.plain_rows import PlainRows
from homodal.data.answers import answered, encode_answers
from homodal.data.blocks import stored_columns
from homodal.data.extractors import PRETRAINED, extractors_for, is_installed
from homodal.data.preparation import prepare
from homodal.data.schema import INPUT, Schema
from homodal.errors import TargetError
from homodal.model.choices import with_read_options
from homodal.plain.linear import LOSSES
from homodal.recipe import AUTO, Recipe
from homodal.tables.table import Table

_MOST_ROWS = 400  # that are asked
_FEWEST_ROWS = 30
_FOLDS = 3
_STRENGTHS = (1.0, 100.0)  # of the linear models; the better of each is compared

Array = NDArray[Any]


@dataclass(frozen=True)
class Worth:
    """The mean loss of left-out rows without and with what was extracted.

    sure: whether the gain is more than its own standard error.
    """

    rows: int
    without: float
    with_features: float
    sure: bool


def with_pretrained(
    table: Table, recipe: Recipe, schema: Schema, rows: Array
) -> tuple[Recipe, Schema]:
    """The recipe and schema with a pretrained encoder where it is worth it.

    rows: the training rows of the table. Says on stderr what was found. Only for
    columns whose encoder is not told, and for answers that linear models can give.
    """
    open_to = _candidates(recipe, schema)
    if not open_to or len(schema.targets) != 1 or len(rows) < _FEWEST_ROWS:
        return recipe, schema
    tried, read = _encoded_by(recipe, schema, open_to)
    try:
        found = _worth(*_sample(table, rows), tried, read, [*open_to])
    except TargetError as odd:  # the answers of so few rows teach nothing
        print(
            f"Learned from scratch, without pretrained networks: {odd}", file=sys.stderr
        )
        return recipe, schema
    kept = {name: source for name, source in open_to.items() if name in found}
    for name, source in kept.items():
        print(_line(name, source, found[name]), file=sys.stderr)
    paying = {name: source for name, source in kept.items() if found[name].sure}
    return _encoded_by(recipe, schema, paying) if paying else (recipe, schema)


def _candidates(recipe: Recipe, schema: Schema) -> dict[str, str]:
    """`{column: extractor}` of the columns that are asked about."""
    if recipe.encoder.get("name") != AUTO:
        return {}
    found = {}
    for column in schema.inputs:
        # cells that are augmented must be seen anew each time
        augmented = recipe.augmentations_for(column.name, column.modality)
        told = recipe.columns.get(column.name, {}).get("encoder")
        if told is None and not augmented:
            able = [n for n in extractors_for(column.modality) if is_installed(n)]
            if able:
                found[column.name] = able[0]
    return found


def _encoded_by(
    recipe: Recipe, schema: Schema, sources: Mapping[str, str]
) -> tuple[Recipe, Schema]:
    columns = dict(recipe.columns)
    for name, source in sources.items():
        told = {k: v for k, v in recipe.encoder.items() if k != "name"}
        encoder = {"name": PRETRAINED, "source": source} | told
        columns[name] = columns.get(name, {}) | {"encoder": encoder}
    recipe = recipe.with_settings({"columns": columns})
    return recipe, with_read_options(recipe, schema)


def _sample(table: Table, rows: Array) -> tuple[Table, Array]:
    """Some of the training rows; of a small table all are read, and found again."""
    if len(rows) <= _MOST_ROWS:
        return table, rows
    chosen = np.random.default_rng(0).permutation(rows)[:_MOST_ROWS]
    return table.take(np.sort(chosen)), np.arange(_MOST_ROWS)


def _worth(
    table: Table, rows: Array, recipe: Recipe, schema: Schema, names: list[str]
) -> dict[str, Worth]:
    """Of each column that can be judged by these rows."""
    kept = [c for c in schema.columns if c.role != INPUT or c.name in names]
    preparation = prepare(table, Schema(tuple(kept)), recipe, rows)
    target = preparation.target
    if not target.reader().plain_loss(target.facts):
        return {}
    truth = encode_answers(table, target)
    rows = rows[answered(truth[rows])]
    if len(rows) < _FEWEST_ROWS:
        return {}
    columns = stored_columns(table, preparation)
    every = PlainRows(preparation, columns, remember=True)
    found = {}
    for column in preparation.columns:
        seen = every.only([column.slug])
        losses = [
            _losses(target, each, truth, rows)
            for each in (seen.without_features(), seen)
        ]
        found[column.name] = _judged(*losses)
    return found


def _judged(without: Array, having: Array) -> Worth:
    gains = without - having
    error = gains.std() / np.sqrt(len(gains))
    sure = bool(gains.mean() > error)
    return Worth(len(gains), float(without.mean()), float(having.mean()), sure)


def _losses(target: Any, table: PlainRows, truth: Array, rows: Array) -> Array:
    """Of each row, by a model that was fitted without it; the better strength's."""
    tried = [_left_out(target, table, truth, rows, strength) for strength in _STRENGTHS]
    return min(tried, key=lambda losses: float(losses.mean()))


def _left_out(
    target: Any, table: PlainRows, truth: Array, rows: Array, strength: float
) -> Array:
    reader, losses = target.reader(), np.zeros(len(rows))
    loss = LOSSES[reader.plain_loss(target.facts)]
    fold = np.random.default_rng(0).permutation(len(rows)) % _FOLDS
    for number in range(_FOLDS):
        inside, outside = rows[fold != number], rows[fold == number]
        model = fit_plain_model(target, table, truth, inside, strength=strength)
        aim = wanted(reader, truth[outside], target.facts)
        scores = np.zeros(aim.shape)
        if model is not None:
            scores = model.scores(table, outside).astype(np.float64)
        losses[fold == number] = loss(scores, aim)[0]
    return losses


def _line(name: str, source: str, worth: Worth) -> str:
    chosen = (
        f"'{name}' is read by the pretrained network '{source}'"
        if worth.sure
        else f"'{name}' is learned from scratch, without '{source}'"
    )
    return (
        f"{chosen}: on left-out rows of {worth.rows} a linear model has a loss of "
        f"{worth.without:.3f} without its features and {worth.with_features:.3f} with "
        "them. To choose yourself: --set encoder=cnn or encoder=pretrained"
    )
