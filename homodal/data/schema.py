"""What every column of a table is: the one understanding that all commands share."""

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from homodal import parts
from homodal.data.absent import settled
from homodal.data.noticing import CLOSED, identifies, no_input
from homodal.data.preparation import MATCH
from homodal.data.reading import reader_of
from homodal.data.recognition import (
    IGNORED,
    INPUT,
    SURE_ENOUGH,
    TARGET,
    Column,
    input_column,
    tagged_column,
    target_column,
)
from homodal.data.sampling import sample
from homodal.data.tagging import tied
from homodal.errors import ColumnError, RecipeError
from homodal.recipe import ABSENT, AUTO, NOT_OPTIONS, ROLES, Recipe
from homodal.tables.table import Table

__all__ = [
    "IGNORED",
    "INPUT",
    "TARGET",
    "Column",
    "Schema",
    "recognise",
    "schema_of",
    "targets_of",
]

_NOT_ASKED, _TOLD = "not among the columns asked for", "the recipe says so"
CHOSEN = (_NOT_ASKED, _TOLD)  # why a column is left out that somebody left out
_CROPS = "says which part of"
_NO_ENCODER = "no encoder for"
_SHOWN = 3  # settings that an error names


@dataclass(frozen=True)
class Schema:
    """All columns of a table in their order."""

    columns: tuple[Column, ...]

    @property
    def inputs(self) -> list[Column]:
        """The input columns, in table order."""
        return [c for c in self.columns if c.role == INPUT]

    @property
    def targets(self) -> list[Column]:
        """The target columns, in table order."""
        return [c for c in self.columns if c.role == TARGET]

    @property
    def unused(self) -> list[Column]:
        """The columns that nobody left out and that are not used, in table order."""
        return [
            column
            for column in self.columns
            if column.role == IGNORED
            and column.why not in CHOSEN
            and not column.why.startswith(_CROPS)
        ]

    def with_role(self, role: str) -> str | None:
        """Name of the column with this role, or None. Raises `RecipeError` if two."""
        names = [c.name for c in self.columns if c.role == role]
        if len(names) > 1:
            raise RecipeError(
                f"Two columns are '{role}'", got=", ".join(names), expected="one"
            )
        return names[0] if names else None

    def to_dict(self) -> dict:
        """JSON-able description."""
        return {"columns": [column.to_dict() for column in self.columns]}

    @classmethod
    def from_dict(cls, values: dict) -> "Schema":
        """The Schema that `to_dict` described."""
        return cls(tuple(Column(**column) for column in values["columns"]))


def recognise(
    table: Table, recipe: Recipe, only: Collection[str] | None = None
) -> Schema:
    """The Schema of `table` under `recipe`, fit for training.

    only: the input columns wanted. Raises `RecipeError` where there is no target, no
    input, no text for tags, or no column left of a kind that the recipe names, and
    what `schema_of` raises.
    """
    matches = recipe.head["name"] == MATCH
    if matches and recipe.targets:
        raise RecipeError(
            "The head 'match' has no target: rows are their own answers",
            expected="no target, or another head",
            got=", ".join(recipe.targets),
        )
    if not recipe.targets and not matches:
        raise RecipeError(
            "The recipe has no target",
            expected="the column to predict, one of: " + ", ".join(table.columns),
            do="Name it: --target COLUMN",
        )
    schema = schema_of(table, recipe, only)
    if not schema.inputs:
        ignored = [c for c in schema.columns if c.role == IGNORED]
        raise RecipeError(
            "No input column is left",
            got="; ".join(f"'{c.name}': {c.why}" for c in ignored),
            do="Name a column's kind: --set columns.NAME=text",
        )
    _refuse_lost_modalities(schema, recipe)
    if matches and len(schema.inputs) < 2:
        raise RecipeError(
            "The head 'match' needs two input columns or more",
            got=", ".join(f"'{c.name}'" for c in schema.inputs),
        )
    return tied(schema, recipe)


def schema_of(
    table: Table, recipe: Recipe, only: Collection[str] | None = None
) -> Schema:
    """What each column of a table is; it need not have a target, nor any input.

    Identifiers, constants and copies of the target that nobody asked for are ignored,
    and say why. Raises `ColumnError` for columns that the table lacks and where most
    paths lead to no file, `TargetError` for a target that cannot be learned.
    """
    table = settled(table, recipe)
    names = targets_of(table, recipe)
    for name in [*names, *(only or []), *recipe.columns]:
        table.require(name)
    for name in names:
        if only and name in only:
            raise ColumnError(f"'{name}' is the target and cannot be an input too")
    asked = {*(only or ()), *_asked(recipe)}
    columns = _without_crops(table, _others(table, recipe, names, only), asked)
    inputs = {
        name: column.modality
        for name, column in columns.items()
        if column.role == INPUT and column.modality
    }
    for name in names:
        wanted = recipe.columns.get(name, {})
        if found := tagged_column(table, name, wanted, inputs, _free(columns, asked)):
            text, kind = found
            columns[text] = input_column(table, text, {"modality": kind})
            inputs[text] = kind
        columns[name] = target_column(table, name, wanted, inputs)
    everything = [columns[name] for name in table.columns]
    targets = [c for c in everything if c.role == TARGET]
    usable = [
        c if c.name in asked else _usable(table, c, _comparable(targets, c))
        for c in everything
    ]
    return Schema(tuple(_with_absent(table, column) for column in usable))


def _free(columns: dict[str, Column], asked: Collection[str]) -> list[str]:
    """Names of the columns that nobody said what they are."""
    return [
        name
        for name, column in columns.items()
        if name not in asked
        and column.role in (INPUT, IGNORED)
        and column.why not in CHOSEN
    ]


def _asked(recipe: Recipe) -> list[str]:
    """Columns of which the recipe says more than what is absent in them."""
    silent = {"modality", ABSENT}
    return [
        name
        for name, wanted in recipe.columns.items()
        if set(wanted) != silent or wanted["modality"] != AUTO
    ]


def _with_absent(table: Table, column: Column) -> Column:
    """The column with what became of the words that stand for no value in it."""
    if table.absent is None or column.why in (*CHOSEN, CLOSED):
        return column
    clause = table.absent.clause(column.name)
    if column.name in table.absent.columns:
        own = sorted(table.absent.columns[column.name])
        column = replace(column, options=column.options | {ABSENT: own})
    why = "; ".join(text for text in (column.why, clause) if text)
    return replace(column, why=why)


def targets_of(table: Table, recipe: Recipe) -> list[str]:
    """Names of the target columns; "a,b" are two, unless a column is named so."""
    names = recipe.targets
    if len(names) == 1 and names[0] not in table.columns and "," in names[0]:
        return [name.strip() for name in names[0].split(",")]
    return names


def lines_of_unused(schema: Schema) -> Iterator[str]:
    """One line for each column that is not used: why, and what would use it."""
    for column in schema.unused:
        line = f"Column '{column.name}' is not used: {column.why}"
        if column.why == CLOSED:
            yield f"{line}."
        elif column.looks_like:
            option = setting(column.name, column.looks_like)
            yield f"{line}. To use it: {option}"
        else:
            yield f"{line}."


def lines_of_absent(table: Table, schema: Schema) -> Iterator[str]:
    """One line for each used column with words that stand for no value, or might."""
    for column in schema.columns:
        clause = table.absent.clause(column.name) if table.absent else ""
        if clause and column.role != IGNORED:
            yield f"Column '{column.name}': {clause}. {keep(column.name)}"


def keep(name: str) -> str:
    """What to do where words that count as absent are values of a column."""
    key = setting(name, "[]").replace("=[]", ".absent=[]")
    return f"To keep them all: {key}"


def setting(name: str, kind: str) -> str:
    """The option of the command line that names a column's kind."""
    plain = not set(name) & set('."=') and name.strip() == name
    key = f"columns.{name}" if plain else f'columns."{name}"'
    return "--set " + shlex.quote(f"{key}={kind}")


def _others(
    table: Table, recipe: Recipe, targets: list[str], only: Collection[str] | None
) -> dict[str, Column]:
    """The columns that are no targets, by name, in table order."""
    columns: dict[str, Column] = {}
    for name in table.columns:
        if name not in targets:
            column = _other(table, name, recipe, only)
            columns[name] = _with_sound(table, column, columns, recipe)
    return columns


def _other(
    table: Table, name: str, recipe: Recipe, only: Collection[str] | None
) -> Column:
    default = {"modality": table.roles.get(name, AUTO)}
    wanted = dict(recipe.columns.get(name, default))
    if wanted["modality"] in ROLES:
        why = "told" if name in recipe.columns else "by the names of folders or files"
        return Column(name, wanted["modality"], why=why)
    if only is not None and name not in only:
        return Column(name, IGNORED, why=_NOT_ASKED)
    if wanted["modality"] == IGNORED:
        return Column(name, IGNORED, why=_TOLD)
    encoder = wanted.get("encoder")
    asked = {"modality": wanted["modality"]}
    asked |= {k: v for k, v in wanted.items() if k not in NOT_OPTIONS}
    column = input_column(table, name, asked)
    if column.role == IGNORED and only:
        raise ColumnError(
            f"Column '{name}' was asked for but not recognised: {column.why}",
            do=f"Name its kind: --set columns.{name}=text",
        )
    if column.role == INPUT and not (encoder or recipe.takes(column.modality)):
        kind = str(column.modality)
        return Column(name, IGNORED, why=f"{_NO_ENCODER} {kind} columns")
    return column


def _with_sound(
    table: Table, column: Column, earlier: dict[str, Column], recipe: Recipe
) -> Column:
    """The column; a second one of the same films is there for their sound."""
    wanted = recipe.columns.get(column.name, {}).get("modality", AUTO)
    if column.modality != "video" or wanted != AUTO:
        return column
    cells = table.cells(column.name)
    for other in earlier.values():
        if other.modality == "video" and table.cells(other.name) == cells:
            sound = input_column(table, column.name, {"modality": "audio"})
            if sound.confidence >= SURE_ENOUGH:
                why = f"the same films as '{other.name}', so their sound"
                return replace(sound, why=why)
    return column


def _without_crops(
    table: Table, columns: dict[str, Column], asked: Collection[str]
) -> dict[str, Column]:
    """The columns; one that says which part of another is read is no input itself."""
    cropped: dict[str, str] = {}
    for column in columns.values():
        if column.role == INPUT:
            for name in reader_of(column.modality, column.options).beside():
                cropped.setdefault(table.require(name), column.name)
    return {
        name: Column(name, IGNORED, why=f"{_CROPS} '{cropped[name]}' is read")
        if name in cropped and name not in asked and column.role == INPUT
        else column
        for name, column in columns.items()
    }


def _comparable(targets: list[Column], column: Column) -> list[str]:
    """Names of the targets that an input may be a copy of; text is no copy of tags."""
    if column.modality == "text":
        targets = [
            c for c in targets if not parts.find("target", c.modality).load().of_words
        ]
    return [target.name for target in targets]


def _usable(table: Table, column: Column, targets: list[str]) -> Column:
    """The column, ignored where it turns out to be no input."""
    if column.why in CHOSEN:
        return column
    if column.role == IGNORED and not column.modality and column.why != CLOSED:
        present = [c for c in table.cells(column.name) if c is not None]
        if identifies(sample(table, column.name)) and identifies(present):
            why = "identifier: every cell is different"
            return replace(column, why=why, looks_like="text")
    if column.role != INPUT or parts.find("modality", column.modality).make().media:
        return column
    for target in targets:
        if why := no_input(table, column, target):
            kind = str(column.modality)
            return Column(column.name, IGNORED, None, {}, 1.0, why, kind)
    return column


def _refuse_lost_modalities(schema: Schema, recipe: Recipe) -> None:
    """Raise `RecipeError` where a kind that the recipe names has lost its column.

    Another column of the table is left out because it was taken for another kind.
    """
    given = {column.modality for column in schema.inputs}
    lost = [kind for kind in recipe.encoder if kind in parts.names("modality")]
    lost = [kind for kind in lost if kind not in given]
    left = [c for c in schema.columns if c.why.startswith(_NO_ENCODER)]
    if not lost or not left:
        return
    raise RecipeError(
        f"The recipe has an encoder for {' and '.join(lost)}, and no column of the "
        "table is recognised as such",
        got="; ".join(f"'{column.name}': {column.why}" for column in left),
        do="Name a column's kind: "
        + ", or ".join(setting(column.name, lost[0]) for column in left[:_SHOWN]),
    )
