"""Every cell is counted; more than 5 % of bad ones are refused with rows named."""

import numpy as np
import pytest

from homodal.data import accounting
from homodal.data.store import ABSENT, BAD, OK, StoredColumn
from homodal.errors import TooManyBadCells


def stored(status, reason="no such file: x.png"):
    status = np.array(status, np.int8)
    reasons = {int(row): reason for row in np.flatnonzero(status == BAD)}
    nothing = np.zeros(len(status), int)
    return StoredColumn(status, reasons, nothing, (1,), "float32", (), nothing, nothing)


COLUMNS = {
    "face": stored([OK, BAD, ABSENT, OK]),
    "words": stored([OK, OK, ABSENT, ABSENT]),
}
ROWS = np.arange(4)


def test_a_text_for_each_row_says_what_it_lacks():
    assert accounting.row_status(COLUMNS, ROWS) == [
        "ok",
        "bad: face (no such file: x.png)",
        "absent: face; absent: words",
        "absent: words",
    ]
    assert accounting.row_status(COLUMNS, ROWS[[3, 1]]) == [
        "absent: words",
        "bad: face (no such file: x.png)",
    ]


def test_rows_in_which_nothing_is_usable():
    alone = {"face": COLUMNS["face"]}
    assert accounting.nothing_given(alone, ROWS).tolist() == [False, True, True, False]
    assert accounting.nothing_given(COLUMNS, ROWS).tolist() == [
        False,
        False,
        True,
        False,
    ]


def test_cells_are_counted_by_reason():
    face = {"rows": 4, "absent": 1, "bad": 1, "reasons": {"no such file: x.png": 1}}
    assert accounting.summary(COLUMNS)["face"] == face
    of_two = accounting.summary(COLUMNS, np.array([0, 2]))["face"]
    assert of_two == {"rows": 2, "absent": 1, "bad": 0, "reasons": {}}


@pytest.mark.parametrize("rows, refused", [(100, False), (99, True)])
def test_more_than_five_in_a_hundred_of_the_given_cells_are_refused(rows, refused):
    column = stored([BAD] * 5 + [OK] * (rows - 5) + [ABSENT] * 100)
    if not refused:
        accounting.refuse_too_many({"face": column}, np.arange(rows + 100))
        return
    message = r"5 of 99 cells of column 'face'.*at most 5%.*row 1: no.*row 3: .*--allow"
    with pytest.raises(TooManyBadCells, match=message):
        accounting.refuse_too_many({"face": column}, np.arange(rows + 100))


def test_only_the_rows_that_train_are_judged():
    column = stored([BAD] * 5 + [OK] * 10)
    accounting.refuse_too_many({"face": column}, np.arange(5, 15))


def test_at_most_three_rows_are_named():
    column = stored([BAD] * 5)
    assert accounting.examples(column, np.arange(5)).count("row ") == 3


def test_a_column_that_is_absent_everywhere_is_not_bad():
    accounting.refuse_too_many({"face": stored([ABSENT] * 4)}, ROWS)
