"""Write answers where other programs read them: CSV, Parquet or JSON Lines."""

import contextlib
import json
from pathlib import Path

from homodal.errors import TableError, one_of
from homodal.tables.answer_columns import PROBABILITIES, figure_index, free_name


def check_suffix(path):
    """Raise `TableError` when answers cannot be written in the format of `path`."""
    path = Path(path)
    if path.suffix.lower() not in _WRITERS:
        raise TableError(
            f"Answers cannot be written to '{path.name}'",
            expected=one_of(_WRITERS),
            got=path.suffix or "no suffix",
        )
    if not path.parent.is_dir():
        raise TableError(f"There is no folder '{path.parent}' for the answers")


def write(answers, path, classes):
    """Write a `pyarrow.Table` of answers, whole or not at all.

    The figure `probabilities` becomes one column a class, `probability of NAME`, named
    by the rule of `answer_columns`.
    """
    write_pieces([answers], path, classes)


def write_pieces(pieces, path, classes):
    """Write an iterable of `pyarrow.Table`s, one below the other, as `write` does.

    One piece is in memory at a time; the file appears when the last one is in it.
    """
    path = Path(path)
    check_suffix(path)
    scratch = path.with_name(f".{path.name}.tmp")
    spread = (_spread(answers, classes) for answers in pieces)
    try:
        with contextlib.closing(_Out(scratch)) as out:
            for answers in spread:
                _WRITERS[path.suffix.lower()](answers, out)
        scratch.replace(path)
    except OSError as error:
        raise TableError(
            f"'{path}' cannot be written: {error.strerror or error}"
        ) from error
    finally:
        scratch.unlink(missing_ok=True)


class _Out:
    """The file that answers go to, opened with the first piece's schema."""

    def __init__(self, path):
        self.path = path
        self.writer = None

    def opened(self, make):
        """The writer, made by `make(path)` at the first piece."""
        if self.writer is None:
            self.writer = make(self.path)
        return self.writer

    def close(self):
        """Close the writer, if there is one."""
        if self.writer is not None:
            self.writer.close()


def _spread(answers, classes):
    import pyarrow as pa
    import pyarrow.compute as pc

    index = figure_index(answers, PROBABILITIES)
    if index is None or not pa.types.is_list(answers.schema.field(index).type):
        return answers
    lists = answers.column(index)
    answers = answers.remove_column(index)
    for number, name in enumerate(classes):
        values = pc.list_element(lists, number)
        title = free_name(f"probability of {name}", answers.column_names)
        field = pa.field(title, pa.float64())
        answers = answers.add_column(index + number, field, values)
    return answers


def _write_csv(answers, out):
    from pyarrow import csv

    answers = _lists_as_json(answers)
    out.opened(lambda path: csv.CSVWriter(path, answers.schema)).write_table(answers)


def _lists_as_json(answers):
    """CSV has no lists; each becomes a JSON text."""
    import pyarrow as pa

    for position, field in enumerate(answers.schema):
        if pa.types.is_list(field.type):
            texts = [
                None if cell is None else json.dumps(cell, ensure_ascii=False)
                for cell in answers.column(position).to_pylist()
            ]
            column = pa.array(texts, pa.string())
            answers = answers.set_column(position, field.name, column)
    return answers


def _write_parquet(answers, out):
    from pyarrow import parquet

    writer = out.opened(lambda path: parquet.ParquetWriter(path, answers.schema))
    writer.write_table(answers)


def _write_json_lines(answers, out):
    file = out.opened(lambda path: path.open("w", encoding="utf-8"))
    for row in answers.to_pylist():
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


_WRITERS = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".jsonl": _write_json_lines,
}
