"""Many cells at once are what each is by itself."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homodal.tables.absent import AbsentWords
from homodal.tables.cell_bytes import cell_bytes
from homodal.tables.plain_values import all_cell_bytes, is_plain, name_nothing, reprs
from homodal.tables.table import Table, is_absent

WORDS = frozenset({"NA", "-"})
TEXTS = ["1.5", " NA ", "", "\u00a0", "\x1f-\x85", "it's", 'a "b"', "a\\b", "ö", None]
COLUMNS = {
    "texts": pa.array(TEXTS),
    "long": pa.array(TEXTS, pa.large_string()),
    "numerals": pa.array(["1", " 2", "NA", "", None, "x"]),
    "whole": pa.array([1, -5, None, 2**62]),
    "unsigned": pa.array([1, None, 2**64 - 1], pa.uint64()),
    "truth": pa.array([True, None, False]),
    "numbers": pa.array([1.0, -0.0, 0.0, float("nan"), None, float("inf")]),
    "half": pa.array(np.array([1.5, np.nan, 0.0, -0.0], np.float16)),
}


def opened(values):
    table = Table.open(pa.table({"x": values}))
    return table.with_absent(AbsentWords(WORDS))


def slow_cells(values):
    return [None if is_absent(v, WORDS) else v for v in values.to_pylist()]


def check(values):
    table, cells = opened(values), slow_cells(values)
    assert repr(table.cells("x")) == repr(cells)
    present = [cell for cell in cells if cell is not None]
    assert table.different("x", 10**6) == (len(set(present)), len(present), True)
    texts = reprs(table.plain_values("x"))
    if texts is not None:
        assert texts.to_pylist() == list(map(repr, cells))
        expected = b"".join(map(cell_bytes, cells))
        assert all_cell_bytes(table.plain_values("x")) == expected


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
def test_each_kind_of_column(values):
    assert is_plain(values)
    check(values)
    check(values.slice(1, 2))
    check(values.slice(0, 0))


def test_which_columns_are_written_at_once():
    assert reprs(COLUMNS["numerals"]) is not None
    assert reprs(COLUMNS["whole"]) is not None
    for name in ("texts", "truth", "numbers"):
        assert reprs(COLUMNS[name]) is None


@settings(deadline=None, max_examples=100)
@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=1))
def test_any_texts(cells):
    check(pa.array(cells, pa.string()))


def test_white_space_is_what_it_is_to_python():
    spaces = [chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000]
    table = opened(pa.array(spaces))
    expected = [None if not c.strip() or c == "-" else c for c in spaces]
    assert table.cells("x") == expected


def test_lists_are_not_plain():
    table = opened(pa.array([[1], None]))
    assert table.plain_values("x") is None


def test_numbers_name_nothing_unless_a_file_is_called_so(tmp_path):
    cells = ["1.5", "-2", "1e5", 3, 2.5, None]
    assert name_nothing(cells, tmp_path)
    assert not name_nothing([*cells, "a.png"], tmp_path)
    assert not name_nothing([*cells, b"1"], tmp_path)
    (tmp_path / "1.5").write_bytes(b"x")
    assert not name_nothing(cells, tmp_path)
