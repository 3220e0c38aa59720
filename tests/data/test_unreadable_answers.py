import csv

import pytest

from homodal.data.preparation import PreparedTarget, read_answers
from homodal.data.schema import schema_of
from homodal.data.unreadable_answers import (
    refuse_unreadable,
    unreadable_answers,
    without_unreadable,
)
from homodal.errors import TargetError
from homodal.recipe import Recipe
from homodal.tables.table import Table
from homodal.training.session import open_session, write_quarantine

TARGET = PreparedTarget("y", "number", {})


def table(rows=60, odd=()):
    cells = [f"{row / 8}" for row in range(rows)]
    for row, text in odd:
        cells[row] = text
    return Table.open({"x": [float(row % 7) for row in range(rows)], "y": cells})


def test_one_odd_answer_is_named_with_its_row():
    with pytest.raises(TargetError, match=r"row 4 of 'y' cannot be read: not a number"):
        read_answers(table(odd=[(3, "many")]), TARGET)


def test_all_odd_answers_are_counted_and_the_first_are_named():
    odd = [(row, f"n{row}") for row in (1, 4, 9, 16, 25)]
    with pytest.raises(TargetError) as error:
        read_answers(table(odd=odd), TARGET, rows=[1])
    text = str(error.value)
    assert "5 answers of 'y' cannot be read" in text
    assert "row 2: not a number: 'n1'; row 5: not a number: 'n4'; row 10:" in text
    assert "and 2 others" in text
    assert "--allow-bad" in text


def test_a_number_target_stays_one_where_nine_of_ten_are_numbers():
    for odd in ("unknown", "12,5", "inf", "2024-01-02", "5 kg"):
        opened = table(odd=[(7, odd)])
        columns = schema_of(opened, Recipe().for_target("y")).columns
        assert {c.name: c.modality for c in columns}["y"] == "number"
        assert list(unreadable_answers(opened, TARGET)) == [7]


def test_without_them_the_rows_are_unanswered_and_that_is_said(capfd, tmp_path):
    opened = table(odd=[(3, "many"), (5, "few")])
    recipe = Recipe().for_target("y")
    with pytest.raises(TargetError, match="2 answers of 'y' cannot be read"):
        open_session(opened, recipe)
    session = open_session(opened, recipe, allow_bad=True)
    assert (
        "Left out: 2 answers of 'y' that cannot be read (row 4:"
        in capfd.readouterr().err
    )
    assert {3, 5}.isdisjoint([*session.train.numbers, *session.valid.numbers])
    write_quarantine(session, tmp_path)
    with (tmp_path / "quarantine.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [
        ["4", "y", "bad", "not a number: 'many'."],
        ["6", "y", "bad", "not a number: 'few'."],
    ]
    assert session.source is opened


def test_a_validation_table_is_read_alike():
    valid = table(odd=[(0, "many"), (1, "NA")])
    recipe = Recipe().for_target("y")
    with pytest.raises(TargetError, match=r"row 1 of 'y'.*'many'"):
        open_session(table(), recipe, valid=valid)
    session = open_session(table(), recipe, valid=valid, allow_bad=True)
    assert 0 not in session.valid.numbers


def test_nothing_is_changed_where_all_can_be_read():
    opened = table()
    assert without_unreadable(opened, [TARGET]) == (opened, {})


def test_they_are_refused_before_rows_get_other_numbers():
    refuse_unreadable(table(), [TARGET])
    with pytest.raises(TargetError, match="row 8 of 'y'"):
        refuse_unreadable(table(odd=[(7, "many")]), [TARGET])
