"""Findings about single cells, each with the rows it is about."""

from homodal.checks.check import check


def rows(found, kind, column):
    return found[kind, column].rows


def test_what_cannot_be_read_is_counted_by_its_reason(found):
    assert rows(found, "unreadable", "picture") == (5, 13)
    assert rows(found, "truncated", "picture") == (6,)
    why = found["unreadable", "picture"].evidence
    assert any("not an image" in each for each in why)
    assert any("no such file" in each for each in why)
    assert found["unreadable", "picture"].severity == "error"  # more than 5 %


def test_silence_clipping_and_flat_pictures(found):
    assert rows(found, "silent", "sound") == (10,)
    assert rows(found, "clipped", "sound") == (11,)
    assert rows(found, "flat", "picture") == (7,)


def test_rates_that_differ_from_the_common_one(found):
    finding = found["mixed-rates", "sound"]
    assert finding.rows == (12,)
    assert "16,000 Hz" in finding.what and "8,000 Hz" in finding.what


def test_a_column_with_many_gaps_is_worth_a_note():
    table = {"a": [1.5, None, None] * 8, "b": [0.5, 2.5, None] * 8}
    found = {f.columns[0]: f for f in check(table).findings}
    assert found["a"].kind == "mostly-absent" and len(found["a"].rows) == 16
    assert "b" not in found


def test_an_odd_cell_among_rows_in_memory_is_named_with_row_and_column():
    table = [{"x": row * 0.7, "y": "ab"[row % 2]} for row in range(40)]
    table[6]["x"] = "many"
    checked = check(table, target="y")
    column = checked.columns()["x"]
    assert checked.rows == 40 and column["cells"]["bad"] == 1
    assert column["reasons"] == {"not a number: 'many'.": 1}
    (finding,) = checked.findings
    assert (finding.columns, finding.rows) == (("x",), (7,))
