"""Answers as the loss sees them: one array for a target, one for each of several."""

import numpy as np

from homodal.contracts import UNLABELLED
from homodal.data.preparation import PIECE_ROWS, read_answers


def encode_answers(table, target):
    """Encoded answers `(rows, ...)`, or `{column: such}` of several targets.

    Rows without an answer are the target's `blank`; those whose class training has not
    seen are UNSEEN (-1).
    """
    reader = target.reader()
    rows = np.arange(len(table))
    pieces = [
        _encoded(table, target, reader, rows[begin : begin + PIECE_ROWS])
        for begin in range(0, max(len(rows), 1), PIECE_ROWS)
    ]
    if not isinstance(pieces[0], dict):
        return np.concatenate(pieces)
    return {name: np.concatenate([p[name] for p in pieces]) for name in pieces[0]}


def _encoded(table, target, reader, rows):
    blank = reader.blank(target.facts)
    encoded = [
        blank if value is None else reader.encode(value, target.facts)
        for value in read_answers(table, target, rows)
    ]
    if not isinstance(blank, dict):
        return _stacked(encoded, blank, reader.dtype)
    return {
        name: _stacked([each[name] for each in encoded], empty, empty.dtype)
        for name, empty in blank.items()
    }


def _stacked(encoded, blank, dtype):
    return np.array(encoded, dtype=dtype).reshape(len(encoded), *np.shape(blank))


def unlabelled_rows(truth):
    """`(rows,)` True where there is no answer at all."""
    if isinstance(truth, dict):
        return np.all([unlabelled_rows(each) for each in truth.values()], axis=0)
    first = truth.reshape(len(truth), -1)[:, 0]
    return np.isnan(first) if first.dtype.kind == "f" else first == UNLABELLED


def answered(truth):
    """`(rows,)` True where there is an answer that training has seen."""
    if isinstance(truth, dict):
        return np.any([answered(each) for each in truth.values()], axis=0)
    return (
        truth >= 0
        if truth.ndim == 1 and truth.dtype.kind == "i"
        else (~unlabelled_rows(truth))
    )


def taken(truth, rows):
    """The answers of these rows, of one target or of several."""
    if isinstance(truth, dict):
        return {name: each[rows] for name, each in truth.items()}
    return truth[rows]
