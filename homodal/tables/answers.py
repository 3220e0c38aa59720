"""Write answers where other programs read them: CSV, Parquet or JSON Lines."""

import json
from pathlib import Path

from homodal.errors import TableError, one_of

_LISTED = "probabilities"


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

    A column `probabilities` becomes one column a class, `probability of NAME`.
    """
    path = Path(path)
    check_suffix(path)
    scratch = path.with_name(f".{path.name}.tmp")
    try:
        _WRITERS[path.suffix.lower()](_spread(answers, classes), scratch)
        scratch.replace(path)
    except OSError as error:
        raise TableError(f"'{path}' cannot be written: {error.strerror}") from error
    finally:
        scratch.unlink(missing_ok=True)


def _spread(answers, classes):
    import pyarrow as pa
    import pyarrow.compute as pc

    if _LISTED not in answers.column_names:
        return answers
    lists = answers.column(_LISTED)
    position = answers.column_names.index(_LISTED)
    answers = answers.remove_column(position)
    for number, name in enumerate(classes):
        values = pc.list_element(lists, number)
        field = pa.field(f"probability of {name}", pa.float64())
        answers = answers.add_column(position + number, field, values)
    return answers


def _write_csv(answers, path):
    from pyarrow import csv

    csv.write_csv(_lists_as_json(answers), path)


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


def _write_parquet(answers, path):
    from pyarrow import parquet

    parquet.write_table(answers, path)


def _write_json_lines(answers, path):
    with path.open("w", encoding="utf-8") as file:
        for row in answers.to_pylist():
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


_WRITERS = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".jsonl": _write_json_lines,
}
