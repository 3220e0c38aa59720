from homodal.checks.check import check


def found(table, **settings):
    told = {f"columns.{name}": value for name, value in settings.items()}
    findings = check(table, settings=told).findings
    return [each for each in findings if each.kind == "absent-words"]


def test_cells_that_count_as_absent_are_a_note_with_what_keeps_them():
    (finding,) = found({"a b": ["NA", "1.5", "2.5", "-"], "c": [1, 2, 3, 4]})
    assert finding.columns == ("a b",)
    assert finding.what == "cells count as absent: 1 '-', 1 'NA'"
    assert finding.do == "To keep them all: --set 'columns.a b.absent=[]'"


def test_nothing_is_said_of_columns_that_have_none_or_are_left_out():
    assert found({"a": ["NA", "1"], "c": ["1", "2"]}, a="ignored") == []
    assert found({"a": ["NA", "1"]}, **{"a.absent": "[]"}) == []


def test_another_table_is_read_with_the_words_of_this_one():
    one = {"mark": ["+", "-", "+", "-"], "n": [1, 2, 3, 4]}
    other = {"mark": ["-", "-", "-", "-"], "n": [5, 6, 7, 8]}
    inspection = check(one, others={"other": other}).others["other"]
    assert inspection.table.cells("mark") == ["-"] * 4
