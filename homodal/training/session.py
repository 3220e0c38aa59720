"""From a table to training batches: schema, split, preparation, store."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import merge
from operator import itemgetter

import numpy as np

from homodal.data import accounting, folders
from homodal.data.absent import settled
from homodal.data.answers import answered, encode_answers, unlabelled_rows
from homodal.data.batches import Batches
from homodal.data.blocks import stored_columns
from homodal.data.incomplete import complete_rows
from homodal.data.preparation import (
    MATCH,
    SEVERAL,
    Preparation,
    prepare,
    unlearned_target,
)
from homodal.data.schema import (
    TARGET,
    Schema,
    lines_of_absent,
    lines_of_unused,
    recognise,
)
from homodal.data.tagging import refuse_uneven
from homodal.data.unreadable_answers import without_unreadable
from homodal.errors import ColumnError, TargetError
from homodal.model.choices import chosen_parts, suited
from homodal.recipe import ABSENT, AUGMENT, AUTO, START_FROM, Recipe
from homodal.tables.absent import WORDS
from homodal.tables.table import Table
from homodal.training.pretrained import with_pretrained
from homodal.training.split import lines_of_split, row_weights, split_rows
from homodal.training.transfer import with_bases

_PATIENCE = 8  # epochs
_SHOWN = 3  # rows that a line names


@dataclass(frozen=True)
class Rows:
    """Rows of one table with their stored columns and encoded answers.

    columns: {slug: StoredColumn}; truth: `(rows in table, ...)`, negative or NaN where
    there is no answer or one that training has not seen, or `{target: such}` of several
    targets; numbers: the rows that take part. bad_answers: `{target: {row: why}}` of
    those that count as unanswered because they cannot be read.
    """

    table: Table
    columns: dict
    truth: np.ndarray | dict
    numbers: np.ndarray
    weights: np.ndarray | None = None
    bad_answers: dict = field(default_factory=dict)

    def batches(self, batch_size, seed=None, only=()):
        """These rows as `Batches`; `seed` shuffles, `only` hides other columns."""
        from homodal.model.predict import padded_lengths  # which brings Keras

        return Batches(
            self.columns,
            self.truth,
            self.numbers,
            batch_size,
            seed,
            tuple(only),
            padded_lengths(),
            self.weights,
        )


@dataclass(frozen=True)
class Session:
    """Everything that training needs, before any network exists."""

    recipe: Recipe  # with every column written out
    schema: Schema
    preparation: Preparation
    train: Rows
    valid: Rows
    source: Table  # the training table as it was opened
    valid_source: Table | None = None


def open_session(
    table,
    recipe,
    *,
    valid=None,
    only=None,
    allow_bad=False,
    preparation=None,
    start_from=None,
):
    """The `Session` of a table; `valid` a second Table, or a share of this one.

    preparation: what was learned before, of a run that is resumed. start_from: a run
    that all columns begin from which it knows (`training.transfer`). Raises
    `TargetError`, `ColumnError`, `RecipeError`, `TooManyBadCells`.
    """
    fresh, source, valid_source = preparation is None, table, valid
    if not fresh:
        table = table.with_absent(preparation.absent)
    table = settled(table.require_rows(), recipe)
    recipe, schema = suited(recipe, recognise(table, recipe, only))
    if fresh:
        _print(lines_of_split(table, schema))
        _print((*lines_of_unused(schema), *lines_of_absent(table, schema)))
    if valid is not None:
        _require_inputs(valid, schema)
        valid = valid.with_absent(table.absent)
    (table, bad), (valid, bad_valid) = (
        _answerable(each, schema, allow_bad) for each in (table, valid)
    )
    train_rows, valid_rows = split_rows(table, schema, recipe, valid)
    known: dict = {}
    if fresh:
        recipe, schema, known = with_bases(recipe, schema, start_from)
        recipe, schema = with_pretrained(table, recipe, schema, train_rows)
        preparation = prepare(table, schema, recipe, train_rows, known)
    own = open_rows(table, preparation, train_rows)
    weights = row_weights(table, schema, train_rows)
    own = replace(own, weights=weights, bad_answers=bad)
    if not allow_bad:
        accounting.refuse_too_many(by_name(preparation, own.columns), train_rows)
    if valid is None:
        held = Rows(own.table, own.columns, own.truth, valid_rows, None, bad)
    else:
        held = _known(open_rows(valid, preparation), preparation.target)
        held = replace(held, bad_answers=bad_valid)
    own, held = (_whole(rows, schema, preparation, allow_bad) for rows in (own, held))
    complete = resolved(recipe, schema, len(train_rows))
    session = Session(complete, schema, preparation, own, held, source, valid_source)
    if fresh:
        _print(lines_of_odd_cells(session))
    return session


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _answerable(
    table: Table | None, schema: Schema, tolerant: bool
) -> tuple[Table | None, dict]:
    """The table without the answers that cannot be read, and these, where tolerant."""
    if table is None or not tolerant:
        return table, {}
    targets = [unlearned_target(column) for column in schema.targets]
    return without_unreadable(table, targets)


def lines_of_odd_cells(session: Session) -> Iterator[str]:
    """One line for each column with cells that were changed or cannot be read."""
    for rows, which in (
        (session.train, ""),
        (session.valid, "the validation table"),
    ):
        if rows is session.train or rows.table is not session.train.table:
            counted = accounting.summary(by_name(session.preparation, rows.columns))
            yield from accounting.lines_of_odd(counted, which)


def _whole(
    rows: Rows, schema: Schema, preparation: Preparation, tolerant: bool
) -> Rows:
    """The rows without those whose answers tell more than their sound holds."""
    columns, table = rows.columns, rows.table.name
    numbers = complete_rows(schema, preparation, columns, rows.numbers, table, tolerant)
    return replace(rows, numbers=numbers)


def _require_inputs(valid: Table, schema: Schema) -> None:
    """Raise `ColumnError` where a validation table has none of the input columns."""
    names = [column.name for column in schema.inputs]
    if not set(names) & set(valid.columns):
        raise ColumnError(
            f"The validation table {valid.name} has no input column",
            expected="at least one of: " + ", ".join(names),
            got=", ".join(valid.columns),
        )


def _known(rows, target):
    """The rows whose answer was learned. Raises `TargetError` when there is none."""
    numbers = np.flatnonzero(answered(rows.truth))
    if len(numbers) == 0:
        raise TargetError(
            f"No row of the validation table {rows.table.name} has a known answer in "
            f"'{target.name}'",
            expected="answers that the training table has too",
        )
    return Rows(rows.table, rows.columns, rows.truth, numbers)


def open_rows(table, preparation, numbers=None):
    """`Rows` of any table under a preparation; columns it lacks are absent."""
    table = table.with_absent(preparation.absent)
    columns = stored_columns(table, preparation)
    truth = encode_answers(table, preparation.target)
    refuse_uneven(table, preparation, columns)
    numbers = np.arange(len(table)) if numbers is None else numbers
    return Rows(table, columns, truth, numbers)


def lines_of_outliers(session: Session) -> Iterator[str]:
    """One line where a few answers are far from the rest: which, and what of it."""
    target = session.preparation.target
    far = target.reader().outliers(session.train.truth, target.facts)
    if far:
        shown = [f"row {row + 1}: {text}" for row, text in list(far.items())[:_SHOWN]]
        others = f" and {len(far) - _SHOWN} others" if len(far) > _SHOWN else ""
        yield (
            f"{len(far)} of {len(session.train.table)} answers of '{target.name}' are "
            f"far from the rest ({'; '.join(shown)}{others}). They count little in "
            "training; where they validate, R2 and RMSE say little. Mend them if they "
            "are mistakes."
        )


def write_quarantine(session, folder):
    """List every cell that is not ok, with its reason, beside the run.

    `quarantine.csv` is of the training table, `quarantine-valid.csv` of a validation
    table of its own. A row without an answer has the target's name among its columns.
    """
    _write_quarantine(session, session.train, folder / accounting.QUARANTINE)
    if session.valid.table is not session.train.table:
        name = accounting.QUARANTINE.replace(".", "-valid.")
        _write_quarantine(session, session.valid, folder / name)


def _write_quarantine(session, rows, path):
    preparation = session.preparation
    named = by_name(preparation, rows.columns)
    cells = accounting.quarantined(named, np.arange(len(rows.table)))
    several = rows.truth if preparation.target.part == SEVERAL else {}
    truths = several or {preparation.target.name: rows.truth}
    unlabelled = sorted(
        (int(row), name)
        for name, truth in truths.items()
        for row in np.flatnonzero(unlabelled_rows(truth))
    )
    bad = rows.bad_answers
    answers = (
        (row + 1, name, "bad", bad[name][row])
        if row in bad.get(name, ())
        else (row + 1, name, "absent", "")
        for row, name in unlabelled
    )
    with folders.writing(path):
        accounting.write_quarantine(path, merge(cells, answers, key=itemgetter(0)))


def by_name(preparation, columns):
    """Stored columns by the user's column names."""
    return {c.name: columns[c.slug] for c in preparation.columns}


def resolved(recipe, schema, rows):
    """The recipe with every column and the batch size for so many rows written out."""
    columns = {}
    for column in schema.columns:
        if column.role == "input":
            own = recipe.columns.get(column.name, {})
            columns[column.name] = {"modality": column.modality} | column.options
            if own.get("encoder"):
                columns[column.name]["encoder"] = own["encoder"]
            for key in (AUGMENT, START_FROM):
                if key in own:
                    columns[column.name][key] = own[key]
        elif column.role == TARGET:
            columns |= _told_target(column)
        else:
            own = {k: v for k, v in column.options.items() if k == ABSENT}
            columns[column.name] = {"modality": column.role} | own
    kinds = [column.modality for column in schema.targets] or [MATCH]
    parts_of = chosen_parts(recipe, kinds, len(schema.inputs))
    words = list(WORDS) if recipe.absent == AUTO else recipe.absent
    return recipe.with_settings(
        {"columns": columns, ABSENT: words}
        | parts_of
        | _automatic(recipe.training, rows)
    )


def _told_target(column):
    """A target of classes goes without saying; another kind is written out."""
    if column.modality == "label" and not column.options:
        return {}
    return {column.name: {"modality": column.modality} | column.options}


def _automatic(training, rows):
    """Settings that take the place of "auto"."""
    size, rate, turns = training.batch_size, training.learning_rate, training.epochs
    if size == "auto":
        size = batch_size(rows)
    if rate == "auto":
        rate = learning_rate(size)
    if turns == "auto":
        turns = epochs(rows)
    patience = _PATIENCE if training.patience == "auto" else training.patience
    return {
        "training.epochs": turns,
        "training.batch_size": size,
        "training.learning_rate": rate,
        "training.patience": patience,
    }


def epochs(rows):
    """As many as show the network 20,000 rows, from 10 to 20: few rows need more."""
    return int(np.clip(-(-20_000 // max(rows, 1)), 10, 20))


def batch_size(rows):
    """The power of two nearest below a 32nd of the rows, from 8 to 64."""
    return int(2 ** np.clip(np.floor(np.log2(max(rows, 1) / 32)), 3, 6))


def learning_rate(size):
    """0.002 for a batch of 64; its noise grows as the root of the batch shrinks."""
    return float(f"{2e-3 * (size / 64) ** 0.5:.2g}")
