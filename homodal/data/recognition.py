"""What one column is: the kind for which its cells speak most, or the one named.

Media are opened, a few cells of them; other cells are looked at by the thousand, and
how many of them differ is counted over the whole column.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from homodal import parts
from homodal.contracts import Evidence, Sample
from homodal.data import guard
from homodal.data.noticing import (
    CLOSED,
    closed,
    refuse_missing,
    refuse_unreadable,
)
from homodal.data.reading import locate
from homodal.data.sampling import INPUT_CELLS, MEDIA_CELLS, TARGET_CELLS, sample
from homodal.data.word_counts import column_of_words, with_word_counts
from homodal.errors import BadCell, RecipeError, TargetError, one_of
from homodal.media.files import shown, try_each
from homodal.recipe import AUTO, NOT_OPTIONS, column_options, target_options
from homodal.tables.addresses import Address
from homodal.tables.plain_values import name_nothing
from homodal.tables.table import Table

INPUT, TARGET, IGNORED = "input", "target", "ignored"
SURE_ENOUGH = 0.5
_PLAIN = (str, bool, int, float, date, time, timedelta)
_MOSTLY = 0.5  # of the answers; where more differ, they may be no classes
_SUREST_NAME = 0.95  # confidence of names that repeat; above, cells are something else
_FEWEST_ROWS = 20  # below, every row may well have a class of its own


@dataclass(frozen=True)
class Column:
    """One column: its role, its modality with options, and why.

    role: input, target, ignored, group, time, split or weight. looks_like: of an
    ignored column the kind by which it could be used, or "".
    """

    name: str
    role: str
    modality: str | None = None
    options: dict = field(default_factory=dict)
    confidence: float = 1.0
    why: str = ""
    looks_like: str = ""

    def to_dict(self) -> dict:
        """JSON-able description."""
        return asdict(self)


def input_column(table: Table, name: str, wanted: dict) -> Column:
    """The column as an input.

    wanted: `{"modality": a kind or "auto", options}`; options that are named win over
    those that the cells show. Raises `ColumnError`, `RecipeError`.
    """
    options = {k: v for k, v in wanted.items() if k != "modality"}
    forced = wanted["modality"] if wanted["modality"] != AUTO else None
    few = sample(table, name, MEDIA_CELLS)
    if not few:
        if forced:
            why = "told; every cell is empty"
            return Column(name, INPUT, forced, options, 1.0, why)
        return Column(name, IGNORED, confidence=0.0, why="every cell is empty")
    media = forced and parts.find("modality", forced).make().media
    bare = name_nothing(few, table.root)
    if media or not bare:
        if not forced and closed(table, few):
            return Column(name, IGNORED, None, {}, 0.0, CLOSED)
        refuse_missing(table, name, few, media)
        refuse_unreadable(table, name, few)
    if forced:
        cells = few if media else sample(table, name, INPUT_CELLS)
        evidence = _evidence(table, forced, cells, options)
        merged = evidence.options | options
        why = f"told; {evidence.why}"
        return Column(name, INPUT, forced, merged, evidence.confidence, why)
    best, evidence = _likeliest(table, name, few, bare)
    if evidence.confidence < SURE_ENOUGH:
        if evidence.confidence == 0:
            why = f"its cells are of no known kind, such as {shown(few[0])}"
            return Column(name, IGNORED, None, {}, 0.0, why)
        why = f"not recognised; nearest is {best}: {evidence.why}"
        return Column(name, IGNORED, None, {}, evidence.confidence, why, best)
    _refuse_unknown(options, column_options(best), name, best)
    merged = evidence.options | options
    return Column(name, INPUT, best, merged, evidence.confidence, evidence.why)


def target_column(
    table: Table, name: str, wanted: dict, inputs: Mapping[str, str]
) -> Column:
    """The column as a target.

    wanted: as of `input_column`. inputs: the modality of each input of the table; a
    kind of answer that is read from none of them is not considered. Raises
    `TargetError`.
    """
    cells = sample(table, name, TARGET_CELLS)
    if not cells:
        raise TargetError(
            f"The target '{name}' is empty in every row", expected="answers to learn"
        )
    kind = wanted.get("modality", AUTO)
    if kind not in (AUTO, *parts.names("target")) and ":" not in kind:
        wanted, kind = {}, AUTO  # what the column would be as an input
    own = {k: v for k, v in wanted.items() if k not in NOT_OPTIONS}
    kinds = [kind] if kind != AUTO else _possible_kinds(inputs.values())
    evidence = {each: _target_evidence(table, each, cells, own) for each in kinds}
    for each in kinds:
        if _target(each).of_words:
            texts = [text for text in inputs if _reads(each, inputs[text])]
            reader = _with_options(each, evidence[each].options | own)
            evidence[each] = with_word_counts(
                table, name, each, reader, evidence[each], texts
            )
    best = max(evidence, key=lambda each: evidence[each].confidence)
    # of media that are named, each bad cell is named with its row when it is read
    if evidence[best].confidence == 0 and not _target(best).modality:
        raise TargetError(
            f"The target '{name}' does not hold answers that can be learned",
            expected=f"cells of a target of kind {one_of(kinds)}",
            got=evidence[best].why,
        )
    _refuse_unknown(own, target_options(best), name, best)
    why = evidence[best].why
    options = evidence[best].options | own
    if kind == AUTO:
        likeness = _likeness(table, name, best, _with_options(best, options), cells)
        why += _suggestions(name, cells) + likeness
    return Column(name, TARGET, best, options, evidence[best].confidence, why)


def tagged_column(
    table: Table,
    name: str,
    wanted: dict,
    inputs: Mapping[str, str],
    free: Collection[str],
) -> tuple[str, str] | None:
    """`(column, modality)`: the one whose words a target tags, or None.

    free: columns that may be it. Few sentences that repeat look like categories; where
    each has as many words as the target has tags, they are read word by word. None
    where a column of `inputs` is read so already.
    """
    cells = sample(table, name, TARGET_CELLS)
    kind = wanted.get("modality", AUTO)
    kinds = [each for each in parts.names("target") if _target(each).of_words]
    for each in kinds if kind == AUTO else {kind} & {*kinds}:
        if any(_reads(each, modality) for modality in inputs.values()):
            continue
        evidence = _target_evidence(table, each, cells, {})
        reader = _with_options(each, evidence.options | wanted)
        column = column_of_words(table, name, each, reader, evidence, free)
        if column is not None:
            return column, _needed(each)[0]
    return None


def _target(kind: str) -> Any:
    return parts.find("target", kind).load()


def _possible_kinds(inputs: Iterable[str]) -> list[str]:
    """Kinds of targets that are recognised and that these inputs can answer.

    Tags that no text goes with are still tags: that they have none is an error.
    """
    modalities = {*inputs}
    return [
        kind
        for kind in parts.names("target")
        if not _target(kind).only_told
        and (
            not _needed(kind)
            or _target(kind).of_words
            or any(_reads(kind, each) for each in modalities)
        )
    ]


def _needed(kind: str) -> tuple[str, ...]:
    """The modalities of which a kind of answer needs one; none: any will do."""
    return parts.find("head", _target(kind).head).told.get("alone_on") or ()


def _reads(kind: str, modality: str) -> bool:
    return modality in _needed(kind)


def _with_options(kind: str, options: dict) -> Any:
    """The target part with those of the options that it has."""
    part = parts.find("target", kind)
    return part.make(**{k: v for k, v in options.items() if k in part.options})


def _target_evidence(table: Table, kind: str, cells: Sample, own: dict) -> Evidence:
    reader = _with_options(kind, own)
    if reader.modality:
        few = Sample(cells[:MEDIA_CELLS])
        known = parts.find("target", kind).options
        return _evidence(
            table, reader.modality, few, {k: v for k, v in own.items() if k in known}
        )
    return reader.recognise(cells)


def _suggestions(name: str, cells: Sample) -> str:
    """What else the target may be, if somebody says so."""
    fitting = [
        kind
        for kind in parts.names("target")
        if _target(kind).only_told
        and not _target(kind).modality
        and parts.find("target", kind).make().recognise(cells).confidence > SURE_ENOUGH
    ]
    return "".join(f"; or told: --set columns.{name}={kind}" for kind in fitting)


def _likeness(table: Table, name: str, kind: str, reader: Any, cells: Sample) -> str:
    """What the cells of classes look like, if that is not names.

    It is said where most of the rows have their own, and where a modality is surer of
    the cells than of any name (dates, paths). Raises `TargetError` where every row has
    its own: nothing can be learned from them.
    """
    if not _target(kind).exclusive or cells.rows <= _FEWEST_ROWS:
        return ""
    values, _ = try_each(cells, reader.read)
    share = cells.different_share(values)
    few = Sample(cells[:MEDIA_CELLS])
    modality, evidence = _likeliest(table, name, few, name_nothing(few, table.root))
    if share <= _MOSTLY and evidence.confidence <= _SUREST_NAME:
        return ""
    looks = ""
    if evidence.confidence >= SURE_ENOUGH:
        looks = f"they look like {modality}: {evidence.why}"
    if share == 1:
        raise TargetError(
            f"Every row has a label of its own in '{name}': is it an identifier?",
            expected="classes that several rows share",
            got=f"{cells.rows:,} classes in {cells.rows:,} rows"
            + (f"; {looks}" if looks else f", such as '{reader.read(cells[0])}'"),
            do="Name another column as the target",
        )
    return f"; {looks}" if looks else ""


def _likeliest(
    table: Table, name: str, few: Sample, bare: bool
) -> tuple[str, Evidence]:
    """The modality for which the cells speak most.

    few: the first cells of a sample; bare: they are numbers, in which no media are.

    Only what may still be said after a few cells is asked again of many: first what is
    at least half as sure as the surest, the rest where none of these is sure any more.
    """
    located: dict = {}
    kinds = parts.names("modality")
    media = {each for each in kinds if parts.find("modality", each).make().media}
    if bare:
        kinds = [each for each in kinds if each not in media]
    evidence = {each: _evidence(table, each, few, {}, located) for each in kinds}
    plain = [
        each
        for each, seen in evidence.items()
        if seen.confidence > 0 and each not in media
    ]
    if plain and few.rows > len(few):
        many = sample(table, name, INPUT_CELLS, few)
        bar = max(evidence[each].confidence for each in plain) / 2
        likely = [each for each in plain if evidence[each].confidence >= bar]
        others = [each for each in plain if evidence[each].confidence < bar]
        for group in (likely, others):
            for each in group:
                evidence[each] = _evidence(table, each, many, {})
            if max(seen.confidence for seen in evidence.values()) >= SURE_ENOUGH:
                break
    best = max(evidence, key=lambda each: evidence[each].confidence)
    return best, evidence[best]


def _evidence(
    table: Table,
    modality: str,
    cells: Sample,
    options: dict,
    known: dict | None = None,
) -> Evidence:
    """What a modality makes of cells; media are opened in a child process.

    known: located cells by `Modality.several`, of the same cells.
    """
    part = parts.find("modality", modality)
    own = {k: v for k, v in options.items() if k in part.options}
    reader = part.make(**own)
    if not reader.media:
        return reader.recognise(cells)
    known = {} if known is None else known
    if reader.several not in known:
        known[reader.several] = [_located(table, reader, cell) for cell in cells]
    located = known[reader.several]
    if any(map(_is_media, located)):
        return guard.recognised(modality, own, located)
    return reader.recognise(located)  # which opens nothing


def _is_media(cell: Any) -> bool:
    if isinstance(cell, list):
        return any(map(_is_media, cell))
    if isinstance(cell, Path):
        with contextlib.suppress(OSError, ValueError):
            return cell.exists()
        return False
    if isinstance(cell, Address):
        return True
    return not isinstance(cell, (*_PLAIN, BadCell))


def _located(table: Table, reader: Any, cell: Any) -> Any:
    place = locate(table, reader, cell)
    return cell if isinstance(place, BadCell) else place


def _refuse_unknown(
    options: dict, available: Collection[str], name: str, kind: str
) -> None:
    for option in options:
        if option not in available:
            raise RecipeError(
                f"Unknown option '{option}' of column '{name}' (recognised as {kind})",
                expected=", ".join(sorted(available)),
            )
