"""Logits come in the order of the rows, whatever the size of a batch."""

import keras
import numpy as np
import pytest

from homodal.data.batches import Batches
from homodal.model.predict import logits, padded_lengths
from homodal.tables.table import Table
from homodal.training.session import open_rows


@pytest.fixture
def rows(trained, seen):
    folder, table = seen
    return open_rows(Table.open(table, folder), trained.model.preparation)


def joined(network, batches):
    parts = list(logits(network, batches))
    return [np.concatenate([part[i] for part in parts]) for i in range(3)]


def test_rows_logits_and_answers_belong_together(trained, rows):
    network = trained.model.network
    numbers, found, truth = joined(network, rows.batches(5))
    assert numbers.tolist() == list(range(24))
    np.testing.assert_array_equal(truth, rows.truth)
    assert found.dtype == np.float32 and found.shape == (24, 3)
    inputs = rows.batches(24).inputs(np.arange(24))
    wanted = keras.ops.convert_to_numpy(network(inputs)["logits"])
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_any_rows_in_any_order(trained, rows):
    network = trained.model.network
    _, whole, _ = joined(network, rows.batches(24))
    some = np.array([7, 3, 11])
    batches = Batches(rows.columns, None, some, 2)
    parts = list(logits(network, batches))
    assert [part[0].tolist() for part in parts] == [[7, 3], [11]]
    assert all(part[2] is None for part in parts)
    found = np.concatenate([part[1] for part in parts])
    np.testing.assert_allclose(found, whole[some], rtol=1e-4, atol=1e-6)


def test_few_lengths_where_each_is_compiled():
    few = keras.backend.backend() == "jax"
    assert padded_lengths() == (2 if few else 8)
