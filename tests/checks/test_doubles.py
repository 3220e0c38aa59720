"""Duplicates in a table and between tables."""

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
