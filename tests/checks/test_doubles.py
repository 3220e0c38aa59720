"""Duplicates in a table and between tables."""

import numpy as np

from homodal.checks.check import check
from homodal.checks.doubles import equal_groups
from homodal.tables.table import Table


def test_groups_of_equal_digests():
    assert equal_groups([b"a", None, b"b", b"a", None, b"a"]) == [[0, 3, 5]]


def test_exact_and_near_duplicates(found):
    assert found["duplicates", "picture"].rows == (3, 4)
    near = found["near-duplicates", "picture"]
    assert near.rows == (8, 9)
    assert near.evidence == ("rows 8 and 9",)


def test_content_of_another_table(faulty):
    folder, columns = faulty
    table = Table.open(columns, folder)
    other = table.take([2, 8, 20])
    found = {
        (f.kind, f.columns): f
        for f in check(
            table.take(list(range(10, 40))),
            target="label",
            columns=["picture", "text"],
            others={"test": table.take([11, 15])},
        ).findings
    }
    shared = found["same-in-two-splits", ("picture",)]
    assert shared.severity == "error" and shared.rows == (2, 6)
    assert shared.evidence == ("row 2 = row 1 of test", "row 6 = row 2 of test")
    assert found["same-in-two-splits", ("text",)].severity == "note"
    near = check(
        table.take([0, 7]), columns=["picture"], others={"test": other}
    ).findings
    assert [f.rows for f in near if f.kind == "near-in-two-splits"] == [(2,)]


def test_rows_that_repeat_another_in_every_input():
    columns = {"a": ["red", "red", "blue"] * 4, "b": [1.5, 2.5, 1.5] * 4}
    table = Table.open({**columns, "id": list(range(12))})
    found = check(
        table,
        settings={"columns.a": "category", "columns.b": "number"},
        columns=["a", "b"],
    ).findings
    (whole,) = [f for f in found if f.kind == "duplicate-rows"]
    assert whole.what.startswith("9 of 12")


def _rows(count, start=0):
    numbers = np.random.default_rng(5).normal(size=start + count).round(3)[start:]
    return {"x": numbers, "z": numbers**2, "y": ["a", "b"] * (count // 2)}


def test_a_full_copy_of_a_test_table_is_an_error():
    found = check(_rows(80), target="y", others={"test.csv": _rows(40)}).findings
    (finding,) = [f for f in found if f.kind == "rows-in-two-splits"]
    assert finding.severity == "error"
    assert "40 of 40 (100 %) rows of test.csv" in finding.what
    assert finding.pairs[0] == (1, 1)


def test_a_few_common_rows_are_a_warning():
    found = check(_rows(80), target="y", others={"test.csv": _rows(40, 70)}).findings
    (finding,) = [f for f in found if f.kind == "rows-in-two-splits"]
    assert finding.severity == "warning"
    assert finding.rows == tuple(range(71, 81))


def test_rows_of_few_values_are_equal_by_chance():
    table = {"x": ["a", "b", "c"] * 20, "y": ["p", "q"] * 30}
    settings = {"columns.x": "category"}
    found = check(table, target="y", settings=settings, others={"t": table}).findings
    assert "rows-in-two-splits" not in {f.kind for f in found}
