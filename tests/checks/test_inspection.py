"""Every cell is looked at once, in its place."""

import numpy as np

from homodal.checks import inspection
from homodal.checks.inspection import compared_rows
from homodal.data.store import ABSENT, BAD, OK


def test_each_row_keeps_its_place(checked):
    seen = checked.inspection.seen["picture"]
    assert len(seen.status) == len(checked.inspection.table) == 40
    assert seen.rows(BAD) == [4, 5, 12] and sorted(seen.reasons) == [4, 5, 12]
    assert seen.rows(ABSENT) == []
    assert len(seen.rows(OK)) == 37
    assert seen.digests[3] == seen.digests[2] != seen.digests[1]
    assert seen.where("contrast", lambda value: value < 0.01) == [6]
    assert checked.inspection.seen["sound"].rows(ABSENT) == [0]


def test_every_cell_is_looked_at_once(faulty, monkeypatch):
    from homodal.checks.check import check
    from homodal.tables.table import Table

    folder, columns = faulty
    counted, original = [], inspection.look

    def counting(modality, reader, cell):
        counted.append(modality)
        return original(modality, reader, cell)

    monkeypatch.setattr(inspection, "look", counting)
    check(Table.open(columns, folder), columns=["picture", "number"])
    assert sorted(counted) == ["image"] * 40 + ["number"] * 40


def test_of_many_rows_some_are_compared(monkeypatch):
    monkeypatch.setattr(inspection, "COMPARED", 10)
    assert compared_rows(7).tolist() == list(range(7))
    some = compared_rows(100)
    assert len(set(some.tolist())) == 10 and (np.diff(some) > 0).all()
    np.testing.assert_array_equal(some, compared_rows(100))
