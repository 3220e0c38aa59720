"""Samples are drawn over the whole column and know how many of its cells differ."""

import numpy as np
import pyarrow as pa

from homodal.data import sampling
from homodal.data.sampling import sample
from homodal.tables.table import Table


def test_a_short_column_is_its_own_sample():
    cells = sample(Table.open({"x": ["a", None, "b", "a", " "]}), "x")
    assert sorted(cells) == ["a", "a", "b"]
    assert (cells.rows, cells.different(cells)) == (3, 2)


def test_different_cells_are_counted_over_the_whole_column():
    table = Table.open({"x": [f"name {row % 70}" for row in range(9000)]})
    cells = sample(table, "x", 50)
    assert len(cells) == 50
    assert cells.rows == 9000
    assert cells.different(cells) == 70
    assert cells.different_share(cells) == 70 / 9000


def test_whole_numbers_beyond_the_precision_of_floats_differ():
    table = Table.open({"x": [2**60 + row for row in range(300)]})
    assert sample(table, "x", 50).different([]) == 300


def test_a_column_in_chunks_is_one_column():
    chunk = pa.array([str(number) for number in range(100)])
    table = Table.open(pa.table({"x": pa.chunked_array([chunk, chunk])}))
    cells = sample(table, "x", 20)
    assert (cells.rows, cells.different(cells)) == (200, 100)


def test_lists_are_counted_in_the_sample_alone():
    cells = sample(Table.open({"x": [[1.0, 2.0], [3.0, 4.0]] * 300}), "x", 50)
    assert (len(cells), cells.rows) == (50, 50)


def test_counting_stops_and_goes_on_by_share(monkeypatch):
    monkeypatch.setattr(sampling, "_COUNTED", 1000)
    table = Table.open({"x": np.arange(60_000) / 3})
    cells = sample(table, "x", 10)
    assert cells.rows == 60_000
    assert cells.different([]) == 60_000


def test_a_sample_of_long_texts_is_bounded(monkeypatch):
    monkeypatch.setattr(sampling, "_MOST_CHARACTERS", 1000)
    monkeypatch.setattr(sampling, "MEDIA_CELLS", 5)
    table = Table.open({"x": ["a" * 100 + str(row) for row in range(40)]})
    assert 5 <= len(sample(table, "x", 40)) < 12


def test_the_same_table_gives_the_same_sample():
    table = Table.open({"x": [str(number) for number in range(500)]})
    assert sample(table, "x", 20) == sample(table, "x", 40)[:20]
