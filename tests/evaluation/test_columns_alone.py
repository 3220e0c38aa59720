"""Columns that are asked together answer as each of them does by itself."""

import numpy as np
import pytest

from homodal.evaluation.columns_alone import tallies_alone
from homodal.evaluation.measure import tally_of
from homodal.tables.table import Table
from homodal.training.session import open_rows


def test_each_column_scores_as_by_itself(trained, seen):
    folder, table = seen
    rows = open_rows(Table.open(table, folder), trained.model.preparation)
    together = dict(tallies_alone(trained.model, rows))
    assert list(together) == trained.model.columns
    for column in trained.model.preparation.columns:
        alone = tally_of(trained.model, rows, only=(column.slug,))
        found = together[column.name]
        np.testing.assert_array_equal(found.confusion, alone.confusion)
        assert np.mean(found.losses) == pytest.approx(np.mean(alone.losses), rel=1e-3)
        assert found.unseen == alone.unseen
