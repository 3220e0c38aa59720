"""Findings about whole columns."""

import pytest

from homodal.checks.check import check
from homodal.tables.table import Table


def test_constant_columns_and_identifiers(found):
    assert "'x'" in found["constant", "same"].what
    assert found["identifier", "code"].severity == "note"
    assert found["empty", "nothing"].severity == "warning"
    assert ("constant", "animal") not in found
    assert ("identifier", "number") not in found


@pytest.mark.parametrize("name", ["number", "text", "picture"])
def test_good_columns_are_no_findings_of_this_kind(found, name):
    assert not {("constant", name), ("identifier", name), ("left-out", name)} & {*found}


def test_who_leaves_a_column_out_need_not_be_told(faulty):
    folder, columns = faulty
    table = Table.open(columns, folder)
    chosen = check(table, target="label", columns=["number"])
    assert {c for f in chosen.findings for c in f.columns} <= {
        "number",
        "label",
        "animal",
        "nothing",
    }


def test_addresses_that_may_not_be_opened_are_no_identifiers(monkeypatch):
    monkeypatch.delenv("HOMODAL_ALLOW_REMOTE", raising=False)
    cells = [f"https://example.org/{row}.png" for row in range(20)]
    found = {f.kind: f for f in check({"x": cells, "n": cells[::-1]}).findings}
    assert "identifier" not in found
    assert found["left-out"].do == "Allow it, if they are inputs: --allow-remote"
