"""Columns that begin with what an earlier run has learned, whatever it answered.

Told for all columns when a training begins, or in the recipe, `start_from: RUN` of a
column. A column takes over how the run reads its cells, what it learned from them
before training, its encoder, and the weights of both; the fusion's too, where all
columns come from one run that fused them alike, and the head's where the answers are
the same.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from homodal import parts
from homodal.data.blocks import entries_of
from homodal.data.preparation import Preparation, PreparedColumn, PreparedTarget
from homodal.data.recognition import Column
from homodal.data.schema import Schema
from homodal.errors import RecipeError, one_of
from homodal.model.choices import refuse_pieces
from homodal.recipe import (
    AUTO,
    NOT_OPTIONS,
    START_FROM,
    Recipe,
    column_options,
)

# facts that depend on the rows and not on what may be answered
_OF_ROWS = {"counts", "steps", "commonest"}
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


def with_bases(
    recipe: Recipe, schema: Schema, start_from: str | None = None
) -> tuple[Recipe, Schema, Known]:
    """`(recipe, schema, known)` with the columns of earlier runs as these have them.

    start_from: a run for all columns of which the recipe names none. The recipe then
    names the run of each column that begins so. known: by the column's name, as it was
    prepared for the earlier run. One line on stderr tells of columns that no run knows.
    Raises `RecipeError`, `BundleError`.
    """
    known: Known = {}
    told = runs_of(recipe)
    _refuse_foreign(told, schema)
    runs = {c.name: told.get(c.name, start_from) for c in schema.inputs}
    if not any(runs.values()):
        return recipe, schema, known
    if recipe.share == "weights":
        raise RecipeError(
            "Columns that share their weights cannot begin from a run",
            expected="share: structure",
        )
    bases = {run: _opened(run) for run in {*runs.values()} if run is not None}
    columns, fresh = dict(recipe.columns), []
    for column in schema.inputs:
        run, name = runs[column.name], column.name
        if run is None:
            continue
        found = _found(bases[run], column, schema)
        if found is None:
            if name in told:
                raise _unknown(column, bases[run])
            fresh.append(name)
            continue
        own = columns.get(name, {})
        _refuse_other_options(name, own | _needed(column, schema), found, run)
        _refuse_other_encoder(recipe, column, found, run)
        known[name] = found
        theirs = {"modality": column.modality} | found.options
        theirs |= {"encoder": found.encoder, START_FROM: run}
        columns[name] = own | theirs
    if fresh:
        names = ", ".join(f"'{name}'" for name in fresh)
        print(f"Learned anew, for the run has no such column: {names}", file=sys.stderr)
    changed = tuple(
        replace(c, options=known[c.name].options) if c.name in known else c
        for c in schema.columns
    )
    settings = {"columns": columns} | _width_of(known, recipe)
    recipe = recipe.with_settings(settings)
    refuse_pieces(recipe, schema)
    return recipe, Schema(changed), known


def runs_of(recipe: Recipe) -> dict[str, str]:
    """`{column: run}` of the columns that the recipe lets begin from one."""
    told = ((name, own.get(START_FROM)) for name, own in recipe.columns.items())
    return {name: str(run) for name, run in told if run is not None}


def _found(base: _Base, column: Column, schema: Schema) -> PreparedColumn | None:
    """The run's column that this one can begin from; never one of a block."""
    block = parts.find("modality", column.modality).load().block
    together = [
        other
        for other in schema.inputs
        if block and parts.find("modality", other.modality).load().block == block
    ]
    if len(together) > 1:
        return None
    return base.column(column.name, column.modality)


def _needed(column: Column, schema: Schema) -> dict[str, Any]:
    """Options that the answers need a column to be read with."""
    tagged = any(target.options.get("of") == column.name for target in schema.targets)
    return {"units": column.options["units"]} if tagged else {}


def _width_of(known: Known, recipe: Recipe) -> dict[str, Any]:
    """The width of these columns as a setting for all others, if none is told."""
    widths = {column.encoder.get("width") for column in known.values()} - {None}
    if len(widths) != 1 or "width" in recipe.encoder or "name" not in recipe.encoder:
        return {}
    return {"encoder": recipe.encoder | {"width": widths.pop()}}


def begin(network: Any, recipe: Recipe, preparation: Preparation) -> None:
    """Give a fresh network the weights of the runs that its columns begin from.

    recipe: as `with_bases` gave it. Raises `BundleError` where they do not fit.
    """
    runs = runs_of(recipe)
    if not runs:
        return
    from homodal.model.bundle import weights_of  # which brings Keras
    from homodal.model.weights import named_weights

    weights = named_weights(network)
    for run in sorted(set(runs.values())):
        base, arrays = _opened(run), weights_of(run)
        for column in preparation.columns:
            found = base.column(column.name, column.modality)
            if runs.get(column.name) == run and found is not None:
                for scope in _OF_COLUMN:
                    own, theirs = f"{column.slug}.{scope}.", f"{found.slug}.{scope}."
                    _copy(weights, arrays, run, own, theirs)
        if len(runs) == len(preparation.columns) and _fused_alike(
            base, preparation, recipe
        ):
            _copy(weights, arrays, run, "fusion.", "fusion.")
            if _same_answers(base.preparation.target, preparation.target):
                _copy(weights, arrays, run, "head.", "head.")


def _copy(
    weights: Mapping[str, Any],
    arrays: Mapping[str, Any],
    run: str,
    scope: str,
    from_scope: str,
) -> None:
    from homodal.model.weights import assign  # which brings Keras

    given = {scope + name: array for name, array in _of(arrays, from_scope)}
    assign({scope + name: w for name, w in _of(weights, scope)}, given, run)


def _of(named: Mapping[str, Any], scope: str) -> Iterator[tuple[str, Any]]:
    for name, each in named.items():
        if name.startswith(scope):
            yield name.removeprefix(scope), each


def _fused_alike(base: _Base, preparation: Preparation, recipe: Recipe) -> bool:
    """Whether all columns come from one run, and it fused the same ones alike."""
    one = set(runs_of(recipe).values()) == {base.run}
    slugs = [entry.key for entry in entries_of(preparation)]
    theirs = [entry.key for entry in entries_of(base.preparation)]
    return one and slugs == theirs and base.recipe.fusion == recipe.fusion


def _same_answers(one: PreparedTarget, other: PreparedTarget) -> bool:
    """Whether two targets are of one name and kind, with the same possible answers."""

    def meant(target: PreparedTarget) -> tuple[Any, ...]:
        facts = {k: v for k, v in target.facts.items() if k not in _OF_ROWS}
        return target.name, target.part, target.options, facts

    return meant(one) == meant(other)


def _opened(run: str) -> _Base:
    from homodal.model.bundle import learned_before  # which brings Keras

    recipe, preparation = learned_before(run)
    if recipe.share == "weights":
        raise RecipeError(
            f"The columns of '{run}' share their weights, and none can be taken alone",
            expected="a run with share: structure",
        )
    return _Base(run, recipe, preparation)


def _unknown(column: Column, base: _Base) -> RecipeError:
    kinds = base.preparation.columns
    return RecipeError(
        f"'{column.name}' ({column.modality}) can begin from no column of the run "
        f"'{base.run}'",
        expected="one of the same name and kind, or the only one of its kind; none of "
        "a block",
        got=", ".join(f"'{c.name}': {c.modality}" for c in kinds),
    )


def _refuse_other_options(
    name: str, told: Mapping[str, Any], found: PreparedColumn, run: str
) -> None:
    theirs = column_options(found.modality) | vars(found.reader()) | found.options
    for option, value in told.items():
        if option not in NOT_OPTIONS and theirs.get(option, value) != value:
            raise RecipeError(
                f"'{name}' begins from '{run}', which reads it with other options",
                expected=f"{option}: {theirs[option]}",
                got=f"{option}: {value}",
            )


def _refuse_other_encoder(
    recipe: Recipe, column: Column, found: PreparedColumn, run: str
) -> None:
    own = recipe.columns.get(column.name, {}).get("encoder")
    told = own or recipe.encoder_for(column.name, column.modality)
    if own is None and recipe.encoder.get("name") == AUTO:
        told = {k: v for k, v in recipe.encoder.items() if k != "name"}
    theirs = parts.find("encoder", found.encoder["name"]).options | found.encoder
    if any(theirs.get(option) != value for option, value in told.items()):
        raise RecipeError(
            f"'{column.name}' begins from '{run}', which has another encoder",
            expected=str(found.encoder),
            got=str(told),
            do="Leave it out",
        )


def _refuse_foreign(told: Mapping[str, str], schema: Schema) -> None:
    names = [column.name for column in schema.inputs]
    foreign = [name for name in told if name not in names]
    if foreign:
        raise RecipeError(
            f"'{foreign[0]}' is to begin from a run, and is no input",
            expected=one_of(names),
        )
