"""Every cell is counted; more than 5 % of bad ones are refused with rows named."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from homodal.data import accounting, store
from homodal.data.preparation import PreparedColumn
from homodal.data.store import ABSENT, BAD, OK, REPAIRED, StoredColumn
from homodal.data.store import stored as really_stored
from homodal.errors import TooManyBadCells
from homodal.tables.table import Table


def stored(status, reason="no such file: x.png"):
    status = np.array(status, np.int8)
    odd = (status == BAD) | (status == REPAIRED)
    reasons = {int(row): reason for row in np.flatnonzero(odd)}
    return StoredColumn(status, reasons, np.zeros(len(status), int), (1,), "float32")


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
    face = {"rows": 4, "ok": 2, "absent": 1, "bad": 1, "repaired": 0}
    found = accounting.summary(COLUMNS)["face"]
    assert found == face | {"reasons": {"no such file: x.png": 1}, "repairs": {}}
    face = {"rows": 2, "ok": 1, "absent": 1, "bad": 0, "repaired": 0}
    of_two = accounting.summary(COLUMNS, np.array([0, 2]))["face"]
    assert of_two == face | {"reasons": {}, "repairs": {}}
    mended = {"face": stored([REPAIRED, OK], "cut")}
    assert accounting.summary(mended)["face"]["repaired"] == 1
    assert accounting.summary(mended)["face"]["reasons"] == {}
    assert accounting.summary(mended)["face"]["repairs"] == {"cut": 1}
    assert accounting.row_status(mended, ROWS[:2]) == ["repaired: face (cut)", "ok"]
    assert not accounting.nothing_given(mended, ROWS[:2]).any()


def test_what_was_changed_is_counted_by_its_kind_and_said_on_a_line():
    status = np.array([REPAIRED, REPAIRED, OK, BAD, ABSENT, BAD, REPAIRED], np.int8)
    reasons = {
        0: "cut at 8 tokens: it is longer",
        1: "unknown category: 'a'; cut at 8 tokens: it is longer",
        3: "no such file: a.png",
        5: "no such file: b.png",
        6: "unknown category: 'b'",
    }
    column = StoredColumn(status, reasons, np.zeros(7, int), (1,), "float32")
    counted = accounting.summary({"words": column})
    assert counted["words"]["repairs"] == {"cut at 8 tokens": 2, "unknown category": 2}
    assert list(accounting.lines_of_odd(counted)) == [
        "3 of 6 cells of 'words' are repaired: 2 x cut at 8 tokens, "
        "2 x unknown category",
        "2 of 6 cells of 'words' are bad: 2 x no such file",
    ]
    few = accounting.summary({"words": column}, np.array([0, 2]))
    assert list(accounting.lines_of_odd(few, "the validation table")) == [
        "1 of 2 cells of 'words' of the validation table are repaired: "
        "1 x cut at 8 tokens"
    ]
    assert list(accounting.lines_of_odd(accounting.summary({"a": stored([OK])}))) == []


def test_a_line_holds_the_commonest_kinds_only():
    reasons = {row: f"kind {min(row, 4)}: {row}" for row in range(6)}
    column = StoredColumn(
        np.full(6, REPAIRED, np.int8), reasons, np.ones(6, int), (1,), "float32"
    )
    (line,) = accounting.lines_of_odd(accounting.summary({"a": column}))
    assert line.endswith("2 x kind 4, 1 x kind 0, 1 x kind 1 and 2 more")


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


def test_the_quarantine_lists_every_cell_that_is_not_ok(tmp_path):
    path = tmp_path / accounting.QUARANTINE
    columns = {"face": COLUMNS["face"], "=x": stored([OK, OK, REPAIRED, OK], "-1")}
    found = list(accounting.quarantined(columns, ROWS))
    assert found == [
        (2, "face", "bad", "no such file: x.png"),
        (3, "face", "absent", ""),
        (3, "=x", "repaired", "-1"),
    ]
    assert accounting.write_quarantine(path, iter(found)) == 3
    lines = path.read_text().splitlines()
    assert lines[0] == "row,column,status,reason"
    assert lines[3] == "3,'=x,repaired,'-1"
    assert accounting.write_quarantine(path, iter([])) == 0
    assert list(tmp_path.iterdir()) == []


DAMAGE = st.sampled_from(
    ["", None, "many", "1,5", "\0", "=1+1", "é" * 9, "nan", "1e999"]
)
GOOD = st.floats(-1e9, 1e9).map(repr)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(GOOD | DAMAGE, GOOD | DAMAGE), min_size=1, max_size=60),
    st.randoms(use_true_random=False),
)
def test_rows_in_are_rows_out_whatever_is_in_them(tmp_path_factory, rows, random):
    """Every cell is in its place, and either counted as ok or listed with a reason."""
    cache = tmp_path_factory.mktemp("random")
    table = Table.open(
        {"a": pa.array([a for a, _ in rows]), "b": pa.array([b for _, b in rows])}
    )
    facts = {"location": 0.0, "scale": 1e9}
    columns = {
        name: really_stored(table, PreparedColumn(name, name, "number", {}, {}, facts))
        if random.random() < 0.5
        else really_stored(
            table, PreparedColumn(name, name, "number", {}, {}, facts), cache
        )
        for name in "ab"
    }
    numbers = np.arange(len(rows))
    listed = {(r, c): (s, w) for r, c, s, w in accounting.quarantined(columns, numbers)}
    for counts in accounting.summary(columns).values():
        parts = ("ok", "repaired", "absent", "bad")
        assert sum(counts[part] for part in parts) == counts["rows"] == len(rows)
    for row, cells in enumerate(rows):
        for name, cell in zip("ab", cells, strict=True):
            array = columns[name].array(row)
            status, reason = listed.get((row + 1, name), ("ok", ""))
            try:
                wanted = float(cell)
            except (TypeError, ValueError):
                wanted = None
            if cell is None or not cell.strip():
                assert (array, status, reason) == (None, "absent", "")
            elif wanted is None or not np.isfinite(wanted):
                assert array is None and status == "bad" and reason
            else:
                assert status == "ok" and array == np.float32(wanted / 1e9)
    assert len(accounting.row_status(columns, numbers)) == len(rows)


FACE = PreparedColumn("face", "face", "image", {"height_px": 4, "width_px": 4}, {})
KINDS = {
    "good.png": OK,
    "other.jpg": OK,
    "torn.jpg": BAD,
    "empty.png": BAD,
    "page.png": BAD,
    "gone.png": BAD,
    "../good.png": BAD,
    "https://a/b.png": BAD,
    "a\0b.png": BAD,
    "": ABSENT,
    "  ": ABSENT,
    None: ABSENT,
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    pixels = np.random.default_rng(0).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    for name in ("good.png", "other.jpg", "torn.jpg"):
        Image.fromarray(pixels).save(folder / name)
        pixels = 255 - pixels
    (folder / "torn.jpg").write_bytes((folder / "torn.jpg").read_bytes()[:-200])
    (folder / "empty.png").write_bytes(b"")
    (folder / "page.png").write_bytes(b"<html>not found</html>")
    return folder


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(list(KINDS)), GOOD | DAMAGE), min_size=1, max_size=50
    ),
    seed=st.integers(0, 2**32 - 1),
)
def test_rows_of_media_keep_their_places_whatever_breaks(pictures, rows, seed):
    """Through a file, small shards, children and an order of its own."""
    with tempfile.TemporaryDirectory() as cache, pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_FEWEST_ROWS", 4)
        patch.setattr(store, "MOST_ROWS", 4)
        path = Path(cache) / "t.jsonl"
        lines = [json.dumps({"face": face, "n": n, "i": i}) for i, (face, n) in
                 enumerate(rows)]  # fmt: skip
        path.write_text("\n".join(lines))
        table = Table.open(path, pictures)
        order = np.random.default_rng(seed).permutation(len(rows))
        column = really_stored(table.take(order), FACE, Path(cache) / "decoded")
    assert len(table) == len(rows) == len(column)
    assert column.status.tolist() == [KINDS[rows[place][0]] for place in order]
    listed = list(accounting.quarantined({"face": column}, np.arange(len(rows))))
    assert [row - 1 for row, *_ in listed] == np.flatnonzero(column.status).tolist()
    assert all(why for _, _, status, why in listed if status == "bad")
    for row, place in enumerate(order):
        if column.status[row] == OK:
            wanted = FACE.reader().read(pictures / rows[place][0])
            np.testing.assert_array_equal(column.array(row), wanted)
