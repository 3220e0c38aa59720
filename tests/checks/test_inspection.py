"""Every cell is looked at once, in its place."""

import numpy as np
from PIL import Image

from homodal.checks import inspection
from homodal.checks.check import check
from homodal.checks.inspection import compared_rows
from homodal.checks.page import page
from homodal.data.store import ABSENT, BAD, OK, REPAIRED
from homodal.tables.table import Table


def test_each_row_keeps_its_place(checked):
    seen = checked.inspection.seen["picture"]
    assert len(seen.status) == len(checked.inspection.table) == 40
    assert seen.rows(BAD) == [4, 5, 12] and sorted(seen.reasons) == [4, 5, 12]
    assert seen.rows(ABSENT) == []
    assert len(seen.rows(OK)) == 37
    assert seen.digests[3] == seen.digests[2] != seen.digests[1]
    assert seen.where("contrast", lambda value: value < 0.01) == [6]
    assert checked.inspection.seen["sound"].rows(ABSENT) == [0]


OUTSIDE = """
import os, signal
from pathlib import Path
import numpy as np
from homodal.contracts import Evidence, Modality

class Letters(Modality):
    media = True
    def __init__(self, log=""):
        self.log = log
    def recognise(self, cells):
        return Evidence(1.0, "told", {})
    def read(self, cell):
        with open(self.log, "a") as log:
            log.write(bytes(cell).decode() + "\\n")
        if cell == b"crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        return np.frombuffer(cell, "uint8")
    def shape(self, facts):
        return (None,)
    def example(self, folder, rng):
        return b"x"
"""


def test_every_cell_is_looked_at_once_and_a_crash_costs_one(tmp_path, monkeypatch):
    (tmp_path / "letters_outside.py").write_text(OUTSIDE)
    monkeypatch.syspath_prepend(str(tmp_path))
    log = tmp_path / "log"
    column = {"modality": "letters_outside:Letters", "log": str(log)}
    cells = [b"a", b"b", b"crash", b"a", None]
    found = check({"x": cells}, settings={"columns": {"x": column}})
    seen = found.inspection.seen["x"]
    assert seen.status.tolist() == [OK, OK, BAD, OK, ABSENT]
    assert seen.reasons == {2: "the decoder crashed (SIGSEGV)"}
    assert seen.digests[0] == seen.digests[3] != seen.digests[1]
    # what ended a decoder is tried once more
    assert sorted(log.read_text().split()) == ["a", "a", "b", "crash", "crash"]
    assert "the decoder crashed" in page(found)


def test_what_was_repaired_is_counted():
    found = check({"text": ["red \x00 bird", "a large tree", "the sea"] * 2})
    seen = found.inspection.seen["text"]
    assert seen.rows(REPAIRED) == [0, 3]
    assert found.columns()["text"]["cells"]["repaired"] == 2
    [finding] = [f for f in found.findings if f.kind == "repaired"]
    assert finding.rows == (1, 4) and "control characters" in finding.evidence[0]


def test_of_many_rows_some_are_compared(monkeypatch):
    monkeypatch.setattr(inspection, "COMPARED", 10)
    assert compared_rows(7).tolist() == list(range(7))
    some = compared_rows(100)
    assert len(set(some.tolist())) == 10 and (np.diff(some) > 0).all()
    np.testing.assert_array_equal(some, compared_rows(100))


def test_a_box_that_columns_name_is_what_is_looked_at(tmp_path):
    pixels = np.zeros((20, 20), np.uint8)
    pixels[:, 10:] = 200
    Image.fromarray(pixels).save(tmp_path / "a.png")
    boxes = [(0, 0, 10, 20), (10, 0, 20, 20), (0, 0, 10, 20), (99, 0, 120, 20)]
    sides = dict(zip("ltrb", map(list, zip(*boxes, strict=True)), strict=True))
    table = Table.open({"x": ["a.png"] * 4, **sides}, tmp_path)
    box = {"modality": "image", "box": ["l", "t", "r", "b"], "channels": 1}
    found = check(table, settings={"columns": {"x": box}}, columns=["x"])
    seen = found.inspection.seen["x"]
    assert seen.status.tolist() == [OK, OK, OK, BAD]
    light = [round(255 * v) for v in seen.figures["brightness"][:3]]
    assert light == [0, 200, 0]
    assert seen.digests[0] == seen.digests[2] != seen.digests[1]
    assert page(found).count("<img") >= 3
