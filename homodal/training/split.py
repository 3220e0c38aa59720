"""The split of a run: chosen by the recipe and the columns' roles, and written down."""

import csv
import io
import sys
from collections import Counter

import numpy as np

from homodal import parts
from homodal.data import folders
from homodal.data.preparation import (
    PIECE_ROWS,
    PreparedTarget,
    answer_cells,
    read_answers,
)
from homodal.errors import ColumnError, RecipeError, TargetError
from homodal.media.names import name_or_cell
from homodal.recipe import ROLES, fold_of
from homodal.tables import splits
from homodal.tables.contents import shared_content

FILE = "split.csv"


def split_rows(table, schema, recipe, valid=None):
    """Row numbers `(train, valid)`; of all labelled rows and None with a table `valid`.

    By the column with the role `split`, else `time`, else `group`, else the fold or the
    share of each label that the recipe names. Raises `TargetError` when a side would be
    empty, `RecipeError` where two ways are named.
    """
    labels = _strata(table, schema)
    if valid is not None:
        valid.require_rows()
        for column in schema.targets:
            valid.require(column.name)
        if column := schema.with_role("split"):
            rows = splits.named(labels, table.cells(column))[0]
            if not len(rows):
                raise TargetError(f"No row with an answer is of '{column}' train")
            return rows, None
        rows = [row for row, label in enumerate(labels) if label is not None]
        return np.array(rows, int), None
    train, held = _divided(table, schema, recipe.training, labels)
    if len(held) == 0 or len(train) == 0:
        raise TargetError(
            f"{len(train) + len(held)} labelled rows are too few to train and validate",
            expected="5 different rows of one label, and two groups or moments",
            do="Add rows, or give a validation table: --valid FILE",
        )
    return train, held


def lines_of_split(table, schema):
    """One line where folders or file names divide the rows, though nobody said so."""
    column = schema.with_role("split")
    if column in table.roles:
        counts = Counter(table.cells(column))
        each = ", ".join(f"{part} {counts[part]:,}" for part in sorted(counts))
        yield (
            f"Column '{column}' divides the rows by names of folders or files: {each}. "
            f"To leave that out: --set columns.{column}=ignored"
        )


def _answers(table, column):
    """What each row's answer is to the target; None without one.

    Raises `TargetError` naming the row of an answer that cannot be read.
    """
    target = PreparedTarget(column.name, column.modality, {}, dict(column.options))
    return read_answers(table, target)


def _labelled(table, column):
    """`(rows,)` list of bool: where a cell of the column holds an answer at all."""
    pieces = (
        table.piece(begin, min(begin + PIECE_ROWS, len(table)))
        for begin in range(0, len(table), PIECE_ROWS)
    )
    return [
        cell is not None
        for piece in pieces
        for cell in answer_cells(piece, column.name, column.modality)
    ]


def row_weights(table, schema, rows):
    """`(rows in table,)` of the column with the role `weight`; None without one.

    Scaled so that those of `rows` have a mean of one. Raises `ColumnError` for a weight
    among them that is no finite number, or below zero, and when all are zero.
    """
    name = schema.with_role("weight")
    if name is None:
        return None
    cells = table.cells(name)
    weights = np.zeros(len(table))
    for row in rows:
        weights[row] = _weight(cells[row], name, row)
    if not weights.any():
        raise ColumnError(f"Every weight in '{name}' is zero")
    return weights / weights[rows].mean()


def _weight(cell, name, row):
    try:
        value = float(cell)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ColumnError(
            f"Row {row + 1} has no weight in '{name}'",
            expected="a number from 0 on",
            got="an empty cell" if cell is None else repr(cell),
        )
    return value


def write_split(path, table, train, valid):
    """Write which part each row is in as a CSV file: `row` (from 1) and `part`."""
    parts_of = np.full(len(table), "unused", object)
    parts_of[train] = "train"
    if valid is not None:
        parts_of[valid] = "valid"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["row", "part"])
    writer.writerows((row + 1, part) for row, part in enumerate(parts_of))
    with folders.writing(path):
        folders.write_synced(path, text.getvalue().encode())


def _strata(table, schema):
    """What each row's answer counts as in a split by label; None without an answer.

    The class, as the target reads it, where a target has classes; else all answers are
    alike.
    """
    if not schema.targets:
        return ["any"] * len(table)
    classed = [c for c in schema.targets if _has_classes(c)]
    classes = _answers(table, classed[0]) if classed else None
    if len(schema.targets) == 1 and classes is not None:
        return classes
    each = [_labelled(table, column) for column in schema.targets]
    labelled = [any(row) for row in zip(*each, strict=True)]
    strata = ["any"] * len(table) if classes is None else [str(c) for c in classes]
    return [s if there else None for s, there in zip(strata, labelled, strict=True)]


def _has_classes(column):
    return parts.find("target", column.modality).load().exclusive


def _divided(table, schema, training, labels):
    ways = {role: schema.with_role(role) for role in ROLES if role != "weight"}
    named = [role for role, column in ways.items() if column is not None]
    named += ["fold"] if fold_of(training.validation) else []
    if len(named) > 1 and named != ["group", "fold"]:
        raise RecipeError("The split is named twice", got=" and ".join(named))
    share, seed, fold = training.validation, training.seed, fold_of(training.validation)
    if ways["split"]:
        return _as_named(table, schema, training, labels, ways["split"])
    content = shared_content(table, _media(schema))
    if ways["time"]:
        return splits.latest(labels, table.cells(ways["time"]), share, content)
    if ways["group"]:
        groups = [name_or_cell(cell) for cell in table.cells(ways["group"])]
        if not fold:
            return splits.grouped(table, labels, groups, share, seed, content)
        content = splits.with_groups(content, groups)
    if fold:
        return splits.folded(table, labels, *fold, seed, content)
    return splits.stratified(table, labels, share, seed, content)


def _as_named(table, schema, training, labels, column):
    """The column's parts; where it names no `valid`, a share of its `train`."""
    train, valid = splits.named(labels, table.cells(column))
    content = shared_content(table, _media(schema))
    if len(valid):
        _say_what_is_on_both_sides(column, train, valid, content)
        return train, valid
    kept = set(train.tolist())
    rest = [label if row in kept else None for row, label in enumerate(labels)]
    return splits.stratified(table, rest, training.validation, training.seed, content)


def _say_what_is_on_both_sides(column, train, valid, content):
    """A split that is told is heeded; that it flatters the scores is said."""
    first: dict = {}
    for row in reversed(train.tolist()):
        first.update(dict.fromkeys(content[row], row))
    both = [
        (row, first[key]) for row in valid.tolist() for key in content[row]
        if key in first
    ]  # fmt: skip
    if both:
        held, trained = both[0]
        rows = len({row for row, _ in both})
        print(
            f"{rows} of {len(valid)} validation rows hold media that training rows "
            f"hold, too (row {held + 1}: that of row {trained + 1}), as '{column}' "
            "says. Their scores flatter; `homodal check` shows all of them.",
            file=sys.stderr,
        )


def _media(schema):
    return [
        column.name
        for column in schema.inputs
        if parts.find("modality", column.modality).make(**_own(column)).media
    ]


def _own(column):
    known = parts.find("modality", column.modality).options
    return {k: v for k, v in column.options.items() if k in known}
