"""What each column is: recognised by opening a sample, with evidence, or told."""

import contextlib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from homodal import parts
from homodal.data import guard
from homodal.data.noticing import CLOSED, closed, identifies, no_input, refuse_missing
from homodal.data.preparation import MATCH
from homodal.data.reading import locate, reader_of
from homodal.data.tagging import tied
from homodal.errors import BadCell, ColumnError, RecipeError, TargetError, one_of
from homodal.recipe import AUTO, IGNORED, ROLES, column_options, target_options
from homodal.tables.addresses import Address

SAMPLE = 100  # cells of a column that are opened to recognise it
_SURE_ENOUGH = 0.5

INPUT, TARGET = "input", "target"
_NOT_ASKED, _SAID = "not among the columns asked for", "the recipe says so"
CHOSEN = (_NOT_ASKED, _SAID)  # why a column is left out that somebody left out


@dataclass(frozen=True)
class Column:
    """One column: its role, its modality with options, and why."""

    name: str
    role: str  # input | target | ignored | group | time | split | weight
    modality: str | None = None
    options: dict = field(default_factory=dict)
    confidence: float = 1.0
    why: str = ""


@dataclass(frozen=True)
class Schema:
    """All columns of a table in their order."""

    columns: tuple

    @property
    def inputs(self):
        """The input columns, in table order."""
        return [c for c in self.columns if c.role == INPUT]

    @property
    def targets(self):
        """The target columns, in table order."""
        return [c for c in self.columns if c.role == TARGET]

    def with_role(self, role):
        """Name of the column with this role, or None. Raises `RecipeError` if two."""
        names = [c.name for c in self.columns if c.role == role]
        if len(names) > 1:
            raise RecipeError(
                f"Two columns are '{role}'", got=", ".join(names), expected="one"
            )
        return names[0] if names else None

    def to_dict(self):
        """JSON-able description."""
        return {"columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_dict(cls, values):
        """The Schema that `to_dict` described."""
        return cls(tuple(Column(**column) for column in values["columns"]))


def recognise(table, recipe, only=None):
    """The Schema of `table` under `recipe`; `only`: the input columns wanted.

    Identifiers, constants and copies of the target that nobody asked for are left out,
    with a word. Raises `ColumnError` for columns that the table lacks and where most
    paths lead to no file, `RecipeError` when no input is left, or no text for tags.
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
    found = look_through(table, recipe, only).columns
    asked = {*(only or ()), *recipe.columns}
    schema = Schema(
        tuple(
            c if c.name in asked else _noticed(table, c, _answers(found, c))
            for c in found
        )
    )
    if not schema.inputs:
        ignored = [c for c in schema.columns if c.role == IGNORED]
        raise RecipeError(
            "No input column is left",
            got="; ".join(f"'{c.name}': {c.why}" for c in ignored),
            do="Name a column's kind: --set columns.NAME=text",
        )
    if matches and len(schema.inputs) < 2:
        raise RecipeError(
            "The head 'match' needs two input columns or more",
            got=", ".join(f"'{c.name}'" for c in schema.inputs),
        )
    return tied(schema, recipe)


def look_through(table, recipe, only=None):
    """The same for a table that need not have a target, nor any input."""
    targets = targets_of(table, recipe)
    for name in [*targets, *(only or []), *recipe.columns]:
        table.require(name)
    for name in targets:
        if only and name in only:
            raise ColumnError(f"'{name}' is the target and cannot be an input too")
    found: list[Column] = []
    for name in table.columns:
        told = recipe.columns.get(name, {})
        if name in targets:
            column = _target(table, name, told)
        else:
            column = _column(table, name, recipe, only)
        found.append(_heard(table, column, found, recipe))
    return Schema(_without_places(table, found, {*(only or ()), *recipe.columns}))


def _without_places(table, columns, asked):
    """The columns; one that says which part of another is read is no input itself."""
    said: dict[str, str] = {}
    for column in columns:
        if column.role == INPUT:
            for name in reader_of(column.modality, column.options).beside():
                said.setdefault(table.require(name), column.name)
    return tuple(
        Column(c.name, IGNORED, why=f"says which part of '{said[c.name]}' is read")
        if c.name in said and c.name not in asked and c.role == INPUT
        else c
        for c in columns
    )


def targets_of(table, recipe):
    """Names of the target columns; "a,b" are two, unless a column is named so."""
    names = recipe.targets
    if len(names) == 1 and names[0] not in table.columns and "," in names[0]:
        return [name.strip() for name in names[0].split(",")]
    return names


def _answers(columns, column):
    """Names of the targets that an input may be a copy of; text is no copy of tags."""
    targets = [c for c in columns if c.role == TARGET]
    if column.modality == "text":
        kinds = {c.name: parts.find("target", c.modality).load() for c in targets}
        targets = [c for c in targets if not kinds[c.name].of_words]
    return [c.name for c in targets]


def _noticed(table, column, targets):
    """The column, or left out for what it turns out to be."""
    if column.role == IGNORED and not column.modality and column.why != CLOSED:
        cells = sample(table, column.name)
        if identifies(cells) and identifies(_there(table, column.name)):
            return replace(column, why="identifier: every cell is different")
    if column.role != INPUT or parts.find("modality", column.modality).make().media:
        return column
    for target in targets:
        if why := no_input(table, column, target):
            return Column(column.name, IGNORED, None, {}, 1.0, why)
    return column


def _heard(table, column, earlier, recipe):
    """A second column of the same films is there for their sound."""
    told = recipe.columns.get(column.name, {}).get("modality", AUTO)
    if column.modality != "video" or told != AUTO:
        return column
    cells = table.cells(column.name)
    for other in earlier:
        if other.modality == "video" and table.cells(other.name) == cells:
            heard = _recognised(table, column.name, {"modality": "audio"})
            if heard.confidence >= _SURE_ENOUGH:
                why = f"the same films as '{other.name}', so their sound"
                return replace(heard, why=why)
    return column


def _column(table, name, recipe, only):
    wanted = dict(recipe.columns.get(name, {"modality": AUTO}))
    if wanted["modality"] in ROLES:
        return Column(name, wanted["modality"], why="told")
    if only is not None and name not in only:
        return Column(name, IGNORED, why=_NOT_ASKED)
    if wanted["modality"] == IGNORED:
        return Column(name, IGNORED, why=_SAID)
    encoder = wanted.pop("encoder", None)
    column = _recognised(table, name, wanted)
    if column.role == IGNORED and only:
        raise ColumnError(
            f"Column '{name}' was asked for but not recognised: {column.why}",
            do=f"Name its kind: --set columns.{name}=text",
        )
    if column.role == INPUT and not (encoder or recipe.takes(column.modality)):
        return Column(name, IGNORED, why=f"no encoder for {column.modality} columns")
    return column


def _target(table, name, told):
    """The column as target, of the kind that was told or that its cells look like most.

    Options that the recipe names win over those seen.
    """
    cells = sample(table, name)
    if not cells:
        raise TargetError(
            f"The target '{name}' is empty in every row", expected="answers to learn"
        )
    kind = told.get("modality", AUTO)
    if kind not in (AUTO, *parts.names("target")) and ":" not in kind:
        told, kind = {}, AUTO  # what the column would be as an input
    own = {k: v for k, v in told.items() if k not in ("modality", "encoder")}
    known = parts.names("target") if kind == AUTO else [kind]
    kinds = [k for k in known if kind != AUTO or not _only_told(k)]
    found = {}
    for each in kinds:
        part = parts.find("target", each)
        fitting = {k: v for k, v in own.items() if k in part.options}
        modality = part.load().modality
        found[each] = (
            _evidence(table, modality, cells, fitting)
            if modality
            else part.make(**fitting).recognise(cells)
        )
    best = max(found, key=lambda each: found[each].confidence)
    evidence = found[best]
    # of media that were told, each bad cell is named with its row when it is read
    if evidence.confidence == 0 and not parts.find("target", best).load().modality:
        raise TargetError(
            f"The target '{name}' does not hold answers that can be learned",
            expected=f"cells of a target of kind {one_of(kinds)}",
            got=evidence.why,
        )
    _refuse_unknown(own, target_options(best), name, best)
    options = evidence.options | own
    why = evidence.why + _suggested(name, cells, set(known) - set(kinds))
    return Column(name, TARGET, best, options, evidence.confidence, why)


def _only_told(kind):
    return parts.find("target", kind).load().only_told


def _suggested(name, cells, kinds):
    """What else the target may be, if somebody says so."""
    fitting = [
        kind
        for kind in sorted(kinds)
        if not parts.find("target", kind).load().modality
        and parts.find("target", kind).make().recognise(cells).confidence > _SURE_ENOUGH
    ]
    return "".join(f"; or told: --set columns.{name}={kind}" for kind in fitting)


def _recognised(table, name, wanted):
    """The column as input; options that the recipe names win over those seen."""
    cells = sample(table, name)
    told = {k: v for k, v in wanted.items() if k != "modality"}
    forced = wanted["modality"] if wanted["modality"] != AUTO else None
    if not cells:
        if forced:
            return Column(name, INPUT, forced, told, 1.0, "told; every cell is empty")
        return Column(name, IGNORED, confidence=0.0, why="every cell is empty")
    if not forced and closed(table, cells):
        return Column(name, IGNORED, None, {}, 0.0, CLOSED)
    media = forced and parts.find("modality", forced).make().media
    refuse_missing(table, name, cells, media)
    candidates = [forced] if forced else parts.names("modality")
    found = {m: _evidence(table, m, cells, told if forced else {}) for m in candidates}
    best = max(found, key=lambda m: found[m].confidence)
    evidence = found[best]
    if forced:
        options = evidence.options | told
        why = f"told; {evidence.why}"
        return Column(name, INPUT, forced, options, evidence.confidence, why)
    if evidence.confidence < _SURE_ENOUGH:
        why = f"not recognised; nearest is {best}: {evidence.why}"
        return Column(name, IGNORED, None, {}, evidence.confidence, why)
    options = _fitting(best, evidence.options, told, name)
    return Column(name, INPUT, best, options, evidence.confidence, evidence.why)


def _fitting(modality, seen, told, name):
    _refuse_unknown(told, column_options(modality), name, modality)
    return seen | told


def _refuse_unknown(told, known, name, kind):
    for option in told:
        if option not in known:
            raise RecipeError(
                f"Unknown option '{option}' of column '{name}' (recognised as {kind})",
                expected=", ".join(sorted(known)),
            )


def _evidence(table, modality, cells, told):
    part = parts.find("modality", modality)
    own = {k: v for k, v in told.items() if k in part.options}
    reader = part.make(**own)
    located = [_located(table, reader, cell) for cell in cells]
    if reader.media and any(map(_is_media, located)):
        return guard.recognised(modality, own, located)
    return reader.recognise(located)  # which opens nothing


def _is_media(cell):
    if isinstance(cell, list):
        return any(map(_is_media, cell))
    if isinstance(cell, Path):
        with contextlib.suppress(OSError, ValueError):
            return cell.exists()
        return False
    if isinstance(cell, Address):
        return True
    return not isinstance(cell, (str, bool, int, float, BadCell))


def _located(table, reader, cell):
    found = locate(table, reader, cell)
    return cell if isinstance(found, BadCell) else found


def sample(table, name, size=SAMPLE):
    """Up to `size` cells that are not absent, drawn over the whole column."""
    rows = np.random.default_rng(0).permutation(len(table))[: 4 * size]
    cells = [c for c in table.cells(name, rows) if c is not None]
    if not cells:
        cells = _there(table, name)
    return cells[:size]


def _there(table, name):
    return [c for c in table.cells(name) if c is not None]
