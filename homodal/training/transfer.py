"""Columns that begin with what an earlier run has learned, whatever it answered.

Told in the recipe, `start_from: RUN` for all columns or `{column: RUN}`. A column takes
over how the run reads its cells, what it learned from them before training, its
encoder, and the weights of both; the fusion's too, where all columns come from one run
that fused them alike, and the head's where the answers are the same.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from homodal.data.blocks import entries_of
from homodal.data.preparation import Preparation, PreparedColumn
from homodal.data.schema import Schema
from homodal.errors import RecipeError, one_of
from homodal.model import bundle
from homodal.model.weights import assign, named_weights
from homodal.recipe import NOT_OPTIONS, Recipe

_OF_COLUMN = ("front", "encoder", "absent")  # scopes of a column's own weights

Known = dict[str, PreparedColumn]


@dataclass(frozen=True)
class _Base:
    """An earlier run: what was learned before training, and its weights."""

    run: str
    recipe: Recipe
    preparation: Preparation

    def column(self, name: str, modality: str) -> PreparedColumn | None:
        """The column of this name, or the only one of its kind; none of a block."""
        entries = entries_of(self.preparation)
        alone = [entry.columns[0] for entry in entries if not entry.block]
        alike = [column for column in alone if column.modality == modality]
        named = [column for column in alike if column.name == name]
        return (named or (alike if len(alike) == 1 else [None]))[0]


def with_bases(recipe: Recipe, schema: Schema) -> tuple[Recipe, Schema, Known]:
    """`(recipe, schema, known)` with the columns of earlier runs as these have them.

    known: by the column's name, as it was prepared for the earlier run. One line on
    stderr tells of columns that no run knows. Raises `RecipeError`, `BundleError`.
    """
    known: Known = {}
    if recipe.start_from is None:
        return recipe, schema, known
    columns, fresh = dict(recipe.columns), []
    for column in schema.inputs:
        run = _run_of(recipe, column.name)
        if run is None:
            continue
        found = _opened(run).column(column.name, column.modality)
        if found is None:
            _refuse_unknown(recipe, column.name, column.modality, run)
            fresh.append(column.name)
            continue
        told = columns.get(column.name, {})
        _refuse_other_options(column.name, told, found, run)
        known[column.name] = found
        own = {"modality": column.modality} | found.options
        columns[column.name] = told | own | {"encoder": found.encoder}
    if isinstance(recipe.start_from, dict):
        _refuse_foreign(recipe.start_from, schema)
    if fresh:
        names = ", ".join(f"'{name}'" for name in fresh)
        print(f"Learned anew, for the run has no such column: {names}", file=sys.stderr)
    changed = tuple(
        replace(c, options=known[c.name].options) if c.name in known else c
        for c in schema.columns
    )
    settings = {"columns": columns} | _width_of(known, recipe)
    return recipe.with_settings(settings), Schema(changed), known


def _width_of(known: Known, recipe: Recipe) -> dict[str, Any]:
    """The width of these columns as a setting for all others, if none is told."""
    widths = {column.encoder.get("width") for column in known.values()} - {None}
    if len(widths) != 1 or "width" in recipe.encoder or "name" not in recipe.encoder:
        return {}
    return {"encoder": recipe.encoder | {"width": widths.pop()}}


def begin(network: Any, recipe: Recipe, preparation: Preparation) -> None:
    """Give a fresh network the weights of the runs that its columns begin from.

    Raises `BundleError` where they do not fit.
    """
    runs = {c.name: _run_of(recipe, c.name) for c in preparation.columns}
    weights = named_weights(network)
    for run in sorted({run for run in runs.values() if run is not None}):
        base = _opened(run)
        arrays = bundle.weights_of(run)
        for column in preparation.columns:
            found = base.column(column.name, column.modality)
            if runs[column.name] == run and found is not None:
                _copy(weights, arrays, run, column.slug, found.slug)
        if _fused_alike(base, preparation, recipe, runs):
            _copy_shared(weights, arrays, run, "fusion.")
            if base.preparation.target == preparation.target:
                _copy_shared(weights, arrays, run, "head.")


def _copy(
    weights: Mapping[str, Any],
    arrays: Mapping[str, Any],
    run: str,
    slug: str,
    from_slug: str,
) -> None:
    for scope in _OF_COLUMN:
        own, theirs = f"{slug}.{scope}.", f"{from_slug}.{scope}."
        given = {own + n: a for n, a in _of(arrays, theirs)}
        assign({own + n: w for n, w in _of(weights, own)}, given, run)


def _copy_shared(
    weights: Mapping[str, Any], arrays: Mapping[str, Any], run: str, scope: str
) -> None:
    own = {scope + name: weight for name, weight in _of(weights, scope)}
    assign(own, {scope + name: array for name, array in _of(arrays, scope)}, run)


def _of(named: Mapping[str, Any], scope: str) -> Iterator[tuple[str, Any]]:
    for name, each in named.items():
        if name.startswith(scope):
            yield name.removeprefix(scope), each


def _fused_alike(
    base: _Base,
    preparation: Preparation,
    recipe: Recipe,
    runs: Mapping[str, str | None],
) -> bool:
    """Whether all columns come from one run, and it fused the same ones alike."""
    slugs = [entry.key for entry in entries_of(preparation)]
    theirs = [entry.key for entry in entries_of(base.preparation)]
    whole = set(runs.values()) == {base.run} and slugs == theirs
    return whole and base.recipe.fusion == recipe.fusion


def _run_of(recipe: Recipe, column: str) -> str | None:
    told = recipe.start_from
    return told.get(column) if isinstance(told, dict) else told


def _opened(run: str) -> _Base:
    recipe, preparation = bundle.learned_before(run)
    return _Base(run, recipe, preparation)


def _refuse_unknown(recipe: Recipe, name: str, modality: str, run: str) -> None:
    """Raise `RecipeError` where just this column was to come from the run."""
    if isinstance(recipe.start_from, dict):
        kinds = _opened(run).preparation.columns
        raise RecipeError(
            f"'{name}' ({modality}) can begin from no column of the run '{run}'",
            expected="one of the same name and kind, or the only one of its kind; none "
            "of a block",
            got=", ".join(f"'{c.name}': {c.modality}" for c in kinds),
        )


def _refuse_other_options(
    name: str, told: Mapping[str, Any], found: PreparedColumn, run: str
) -> None:
    for option, value in told.items():
        if option not in NOT_OPTIONS and found.options.get(option, value) != value:
            raise RecipeError(
                f"'{name}' begins from '{run}', which reads it with other options",
                expected=f"{option}: {found.options[option]}",
                got=f"{option}: {value}",
            )
    if told.get("encoder") not in (None, found.encoder):
        raise RecipeError(
            f"'{name}' begins from '{run}', which has another encoder",
            expected=str(found.encoder),
            got=str(told["encoder"]),
        )


def _refuse_foreign(told: Mapping[str, str], schema: Schema) -> None:
    names = [column.name for column in schema.inputs]
    foreign = [name for name in told if name not in names]
    if foreign:
        raise RecipeError(
            f"'start_from' names '{foreign[0]}', which is no input",
            expected=one_of(names),
        )
