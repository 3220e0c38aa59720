"""Features are computed once for each cell, kept, and found again."""

from dataclasses import replace

import numpy as np
import pytest

from homodal.contracts import Extractor
from homodal.data.extracted import with_features
from homodal.data.preparation import PreparedColumn
from homodal.data.store import stored
from homodal.tables.table import Table


class Letters(Extractor):
    """How many letters each word has, and how many words there are."""

    reads = {"text": {}}  # noqa: RUF012 - as parts say it
    width = 2
    asked = 0

    @classmethod
    def read_from(cls, place):
        raise NotImplementedError

    def extract(self, cells):
        for cell in cells:
            type(self).asked += 1
            words = cell.item().split()
            yield np.array([[len(word), len(words)] for word in words], np.float32)


@pytest.fixture
def table():
    return Table.open({"t": ["one two", None, "three", "four five six"] * 50})


@pytest.fixture
def prepared(table):
    bare = PreparedColumn("t", "t", "text", {"units": "word"}, {"name": "cnn"})
    reader = bare.reader()
    facts = reader.learn([reader.read(c) for c in table.cells("t") if c])
    return replace(bare, facts=facts)


@pytest.fixture
def extractor():
    Letters.asked = 0
    return Letters({"a": np.zeros(2, np.float32)})


def test_rows_keep_their_status_and_have_their_features(
    table, prepared, extractor, tmp_path
):
    column = stored(table, prepared, tmp_path)
    features = with_features(table, prepared, column, extractor, tmp_path)
    np.testing.assert_array_equal(features.status, column.status)
    np.testing.assert_array_equal(features.lengths[:4], [2, 0, 1, 3])
    assert features.shape == (None, 2) and features.array(1) is None
    np.testing.assert_array_equal(features.array(3), [[4, 3], [4, 3], [3, 3]])
    np.testing.assert_array_equal(features.array(199), features.array(3))


def test_they_are_computed_once(table, prepared, extractor, tmp_path):
    column = stored(table, prepared, tmp_path)
    with_features(table, prepared, column, extractor, tmp_path)
    assert Letters.asked == 150
    again = with_features(table, prepared, column, extractor, tmp_path)
    assert Letters.asked == 150
    np.testing.assert_array_equal(again.array(0), [[3, 2], [3, 2]])


def test_other_weights_are_other_features(table, prepared, extractor, tmp_path):
    column = stored(table, prepared, tmp_path)
    with_features(table, prepared, column, extractor, tmp_path)
    other = Letters({"a": np.ones(2, np.float32)})
    with_features(table, prepared, column, other, tmp_path)
    assert Letters.asked == 300


def test_other_cells_are_other_features(table, prepared, extractor, tmp_path):
    column = stored(table, prepared, tmp_path)
    with_features(table, prepared, column, extractor, tmp_path)
    changed = Table.open({"t": ["one two", None, "eleven", "four five six"] * 50})
    column = stored(changed, prepared, tmp_path)
    features = with_features(changed, prepared, column, extractor, tmp_path)
    np.testing.assert_array_equal(features.array(2), [[6, 1]])
