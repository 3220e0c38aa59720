"""A Model: raw rows in, answers out, from any non-empty subset of its columns."""

import sys
from dataclasses import dataclass, field, replace

import numpy as np

from homodal.answering.plain_model import PlainModel
from homodal.answering.plain_rows import PlainRows
from homodal.calibration import Calibration
from homodal.data import accounting
from homodal.data.batches import Batches
from homodal.data.blocks import stored_columns
from homodal.data.preparation import Preparation
from homodal.data.schema import Schema
from homodal.data.tagging import without_words
from homodal.errors import ColumnError, HomodalError
from homodal.model.predict import PREDICT_BATCH, logits, padded_lengths
from homodal.recipe import Recipe
from homodal.tables.answer_columns import (
    PROBABILITIES,
    STATUS,
    AnswerColumns,
    split_figures,
)
from homodal.tables.table import Table

_PIECE_ROWS = 16_384  # of answers that are in memory together; whole batches


@dataclass(frozen=True)
class Model:
    """A trained network with all that turns raw rows into its inputs and answers."""

    recipe: Recipe
    schema: Schema
    preparation: Preparation
    network: object
    calibration: Calibration = field(default_factory=Calibration)
    plain: PlainModel | None = None  # its scores have a share in each answer

    @property
    def columns(self):
        """Names of the input columns."""
        return [column.name for column in self.preparation.columns]

    @property
    def classes(self):
        """Names of the classes, or labels, in the order of `probabilities`."""
        facts = self.preparation.target.facts
        return list(facts.get("classes", facts.get("labels", [])))

    @property
    def target(self):
        """The PreparedTarget, with what the validation rows said of its answers."""
        learned = self.preparation.target
        return replace(learned, facts=learned.facts | self.calibration.answers)

    def predict(
        self,
        table,
        *,
        media_root=None,
        probabilities=False,
        abstain_below=None,
        sets=None,
        encoding=None,
    ):
        """Answers as a `pyarrow.Table`: one row out for each row in, in order.

        Columns: the target's name, `probability`, `status` ("ok", or which cells were
        absent or bad and why) and, if asked for, `probabilities` (a list per row in the
        order of `classes`) and `set`. Where a target is named as one of these, the
        figure has ` (2)` behind its name (`tables.answer_columns`). A row without one
        usable cell has no answer.
        abstain_below: rows whose probability is lower are left without an answer, too;
        their probability stays. sets: a level, 0.8, 0.9 or 0.95; `set` lists the labels
        of each row's conformal set (split), the likeliest first. encoding: of a table
        of text that is not UTF-8.
        Raises `ColumnError` when the table has none of the model's columns.
        """
        import pyarrow as pa

        return pa.concat_tables(
            self.predict_pieces(
                table,
                media_root=media_root,
                probabilities=probabilities,
                abstain_below=abstain_below,
                sets=sets,
                encoding=encoding,
            )
        )

    def predict_pieces(
        self,
        table,
        *,
        media_root=None,
        probabilities=False,
        abstain_below=None,
        sets=None,
        quarantine=None,
        encoding=None,
    ):
        """The rows of `predict` in pieces: memory does not grow with their number.

        Yields a `pyarrow.Table` per 16,384 rows, in order, and an empty one for an
        empty table. quarantine: a path; every cell that is absent, bad or was repaired
        is listed there as CSV (`data.accounting`).
        """
        _check_share("abstain_below", abstain_below)
        self._refuse_sounds()
        self._refuse_classless(abstain_below=abstain_below, sets=sets)
        if sets is not None:
            self.calibration.threshold("split", sets)  # before the work, not after it
        table = Table.open(table, media_root, encoding)
        self.announce_lacking(table)
        columns = self.stored(table)
        named = {c.name: columns[c.slug] for c in self.preparation.columns}
        everything = np.arange(len(table))
        if quarantine is not None:
            accounting.write_quarantine(
                quarantine, accounting.quarantined(named, everything)
            )
        for begin in range(0, max(len(table), 1), _PIECE_ROWS):
            rows = everything[begin : begin + _PIECE_ROWS]
            answers = self._answers(columns, rows)
            if sets is not None:
                inside = self.calibration.sets(answers["probabilities"], sets)
                answers["set"] = _listed(answers["probabilities"], inside, self.classes)
            yield _answer_table(
                self.preparation.target.columns,
                answers,
                accounting.nothing_given(named, rows),
                accounting.row_status(named, rows),
                probabilities,
                abstain_below,
            )

    def _refuse_classless(self, **asked):
        """Raise `HomodalError` for what only answers of one class a row have."""
        if self.preparation.target.reader().exclusive:
            return
        for name, value in asked.items():
            if value is not None:
                raise HomodalError(
                    f"'{name}' is for targets of classes",
                    got=f"the target '{self.preparation.target.name}' "
                    f"({self.preparation.target.part})",
                )

    def _refuse_sounds(self):
        """Raise `HomodalError` where answers are sounds, which fit into no table."""
        target = self.preparation.target
        if target.reader().modality:
            raise HomodalError(
                f"Answers of the kind '{target.part}' are files, not cells of a table",
                do="Run: homodal speak RUN TABLE --out FOLDER",
            )

    def probabilities(self, table, *, media_root=None):
        """Class probabilities `(rows, classes)`, also of rows without a usable cell."""
        table = Table.open(table, media_root)
        return self._answers(self.stored(table), np.arange(len(table)))["probabilities"]

    def announce_lacking(self, table):
        """Say on stderr which of the model's columns the table lacks.

        Raises `ColumnError` when it lacks them all.
        """
        lacking = [name for name in self.columns if name not in table.columns]
        if len(lacking) == len(self.columns):
            raise ColumnError(
                f"{table.name} has none of the model's columns",
                expected="at least one of: " + ", ".join(self.columns),
                got=", ".join(table.columns),
            )
        if lacking:
            names = ", ".join(f"'{name}'" for name in lacking)
            print(f"Going on without {names}: not in {table.name}", file=sys.stderr)

    def require_target(self, part, refused):
        """The target, if it is of this kind. Raises `HomodalError`: what it cannot."""
        target = self.preparation.target
        if target.part != part:
            raise HomodalError(
                f"This model does not {refused}",
                expected=f"a target of the kind {part}",
                got=f"'{target.name}' ({target.part})",
            )
        return target

    def stored(self, table):
        """`{slug: StoredColumn}` of the model's columns in a `Table`."""
        table = table.with_absent(self.preparation.absent)
        return stored_columns(table, self.preparation)

    def logits(self, batches):
        """Yield `(rows, logits, truth)` for each of `Batches`.

        Those of the network, and of the plain model where there is one.
        """
        plain = self.plain
        if plain is None:
            yield from logits(self.network, batches)
            return
        table = PlainRows(self.preparation, batches.columns)
        for rows, found, truth in logits(self.network, batches):
            scores = plain.scores(table, rows, batches.present(rows))
            yield rows, plain.mixed(found, scores), truth

    def plain_only(self):
        """The `Model` that answers by its plain model alone; None where it has none."""
        if self.plain is None:
            return None
        return replace(
            self,
            plain=replace(self.plain, shares=(0.0, 1.0)),
            calibration=replace(self.calibration, temperature=1.0),
        )

    def answers_of(self, batches):
        """Yield `(rows, answers, truth)` for each of `Batches`, as the target decodes.

        The temperature is in every probability.
        """
        reader, facts = self.target.reader(), self.target.facts
        for rows, found, truth in self.logits(batches):
            scaled = self.calibration.scaled(found) if reader.exclusive else found
            answers = reader.decode(scaled, facts)
            answers = without_words(answers, self.preparation, batches, rows)
            seconds = seconds_of(self.preparation, batches.columns, rows)
            yield rows, reader.in_seconds(answers, seconds), truth

    def _answers(self, columns, rows):
        batches = Batches(columns, None, rows, PREDICT_BATCH, buckets=padded_lengths())
        parts = [answers for _, answers, _ in self.answers_of(batches)]
        if not parts:
            reader = self.preparation.target.reader()
            return reader.nothing(self.target.facts)
        return {name: _joined([part[name] for part in parts]) for name in parts[0]}


def seconds_of(preparation, columns, rows):
    """`(rows,)` how long the longest sound of each row lasts; 0 where there is none.

    All columns of a row span the same time (`layers.alignment`).
    """
    lasting = np.zeros(len(rows))
    for column in preparation.columns:
        if columns[column.slug].stack is not None:  # a step without a length
            continue
        steps_a_second = getattr(column.reader(), "rate_hz", None)
        if steps_a_second:
            own = columns[column.slug].lengths[rows] / steps_a_second
            lasting = np.maximum(lasting, own)
    return lasting


def _joined(columns):
    """Columns of batches as one."""
    if isinstance(columns[0], np.ndarray):
        return np.concatenate(columns)
    return [value for column in columns for value in column]


def _answer_table(targets, answers, nothing, status, with_probabilities, abstain_below):
    """answers: as `decode` gave them; the first is shown under the target's name."""
    import pyarrow as pa

    unsure = np.zeros(len(status), bool)
    if abstain_below is not None:
        unsure = np.asarray(answers["probability"]) < abstain_below
    status = [
        _status(text, empty, low, abstain_below)
        for text, empty, low in zip(status, nothing, unsure, strict=True)
    ]
    columns = AnswerColumns(targets)
    if "label" in answers:
        _add_classes(columns, targets[0], answers, nothing, unsure, with_probabilities)
    else:
        _add_others(columns, targets, answers, nothing, with_probabilities)
    columns.add_figure(STATUS, pa.array(status, pa.string()))
    return columns.table()


def _add_classes(columns, target, answers, nothing, unsure, with_probabilities):
    """The columns of answers that are one class a row."""
    import pyarrow as pa

    labels = pa.array(answers["label"], pa.string(), mask=nothing | unsure)
    columns.add_answer(target, labels)
    sure = pa.array(answers["probability"], pa.float64(), mask=nothing)
    columns.add_figure("probability", sure)
    if "set" in answers:
        rows = zip(answers["set"], nothing, strict=True)
        sets = [None if empty else labels for labels, empty in rows]
        columns.add_figure("set", pa.array(sets, pa.list_(pa.string())))
    if with_probabilities:
        rows = list(np.asarray(answers["probabilities"], float))
        lists = pa.array(rows, pa.list_(pa.float64()), mask=nothing)
        columns.add_figure(PROBABILITIES, lists)


def _add_others(columns, targets, answers, nothing, with_probabilities):
    """The columns of all other answers; those to several targets each by its own."""
    single = len(targets) < 2
    if single:
        answered = {"": answers}
    else:
        answered = split_figures(answers, targets)
    for target, own in answered.items():
        for index, (name, values) in enumerate(own.items()):
            array = _answer_array(values, nothing)
            if index == 0 and targets:
                columns.add_answer(targets[0] if single else target, array)
            elif name != PROBABILITIES or with_probabilities:
                columns.add_figure(name if single else f"{target}: {name}", array)


def _answer_array(values, nothing):
    import pyarrow as pa

    rows = zip(values, nothing, strict=True)
    cells = [None if empty else _plain(value) for value, empty in rows]
    return pa.array(cells, _type_of(cells))


def _type_of(cells):
    """Of lists that are all empty Arrow knows no type; None where it knows."""
    import pyarrow as pa

    lists = [cell for cell in cells if isinstance(cell, list)]
    return pa.list_(pa.string()) if lists and not any(lists) else None


def _plain(value):
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _status(text, empty, unsure, threshold):
    if empty:
        return f"no answer: {text}"
    return f"abstained: below {threshold:g}; {text}" if unsure else text


def _listed(probabilities, inside, classes):
    """The labels of each row's set, the likeliest first."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    return [
        [classes[c] for c in ranked if kept[c]]
        for ranked, kept in zip(order, inside, strict=True)
    ]


def _check_share(name, value):
    if value is not None and not 0 <= value <= 1:
        raise HomodalError(
            f"'{name}' is no probability", expected="0 to 1", got=f"{value:g}"
        )
