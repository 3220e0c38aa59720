"""Answers from cached encodings are the network's own."""

from dataclasses import replace

import numpy as np
import pytest

from homodal.data.batches import PRESENT
from homodal.evaluation.encodings import Encodings
from homodal.model.predict import PREDICT_BATCH, logits
from homodal.tables.table import Table
from homodal.training.session import open_rows


@pytest.fixture(scope="module")
def rows(trained, seen):
    folder, table = seen
    return open_rows(Table.open(table, folder), trained.model.preparation)


@pytest.fixture(scope="module")
def encodings(trained, rows):
    # the network's part of the answers; of the plain model's see training/test_plain.py
    return Encodings(replace(trained.model, plain=None), rows)


def answered(trained, rows, only=()):
    batches = rows.batches(PREDICT_BATCH, only=only)
    return np.concatenate(
        [each for _, each, _ in logits(trained.model.network, batches)]
    )


def test_all_columns(trained, rows, encodings):
    wanted = answered(trained, rows)
    np.testing.assert_allclose(encodings.logits(), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_column_only(trained, rows, encodings, place):
    slug = encodings.slugs[place]
    found = encodings.logits(present=np.arange(3) == place)
    wanted = answered(trained, rows, only=(slug,))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_picked_cell_is_the_cell_of_that_row(trained, rows, encodings):
    """Rows turned round in one column, against inputs turned round by hand."""
    slug = encodings.slugs[1]
    turned = np.arange(len(encodings))[::-1]
    inputs = rows.batches(len(encodings)).batch(0)[0]
    for name in (slug, f"{slug}_mask"):
        inputs[name] = inputs[name][turned]
    inputs[PRESENT][:, 1] = inputs[PRESENT][turned, 1]
    wanted = np.asarray(trained.model.network(inputs)["logits"])
    found = encodings.logits(picks={slug: turned})
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_disturbed_column_is_encoded_anew(encodings):
    slug = "number"
    same = encodings.disturbed(slug, lambda arrays, mask: arrays)
    other = encodings.disturbed(slug, lambda arrays, mask: arrays + 1)
    whole = encodings.logits()
    np.testing.assert_allclose(encodings.logits(others=same), whole, atol=1e-5)
    assert np.abs(encodings.logits(others=other) - whole).max() > 1e-3
