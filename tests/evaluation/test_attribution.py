"""Integrated gradients add up, and name the column that a model was taught by."""

import numpy as np
import pytest
from keras import ops

from homodal.data.batches import PRESENT, mask_name
from homodal.evaluation.attribution import attribute
from homodal.layers.stream import Stream
from homodal.tables.table import Table
from homodal.training.session import open_rows


@pytest.fixture(scope="module")
def rows(trained, seen):
    folder, table = seen
    return open_rows(Table.open(table, folder), trained.model.preparation)


@pytest.mark.parametrize("row", [0, 5, 11])
def test_completeness(trained, rows, row):
    """What the columns are given is what the logit gains on the path."""
    network = trained.model.network
    fine = attribute(network, rows, row, answer=1, steps=400)
    total = sum(each.sum() for each in fine.columns.values())
    assert total == pytest.approx(fine.gain - fine.gap)
    largest = max(abs(each).sum() for each in fine.columns.values())
    assert abs(fine.gap) < 0.02 * max(largest, abs(fine.gain))


def test_completeness_in_every_modality(every):
    """Words, pixels, spectrogram, frames, a number and a name, in one sum."""
    model, rows = every
    whole = np.flatnonzero(np.all([c.status == 0 for c in rows.columns.values()], 0))
    fine = attribute(model.network, rows, int(whole[0]), answer=1, steps=200)
    assert set(fine.columns) == set(rows.columns)
    assert all(np.abs(values).sum() > 0 for values in fine.columns.values())
    largest = max(np.abs(values).sum() for values in fine.columns.values())
    assert abs(fine.gap) < 0.02 * max(largest, abs(fine.gain))


def test_the_gain_is_the_logit_less_that_of_values_of_zero(trained, rows):
    network = trained.model.network
    inputs = rows.batches(1).inputs(np.array([0]))
    streams = {}
    for slug in network.slugs:
        values, mask = network.fronted(slug, inputs[slug], inputs[mask_name(slug)])
        streams[slug] = Stream(*network.encoders[slug](ops.zeros_like(values), mask))
    begin = np.asarray(network.answered(streams, inputs[PRESENT])[0])[0, 2]
    end = np.asarray(network(inputs)["logits"])[0, 2]
    found = attribute(network, rows, 0, answer=2, steps=8)
    assert found.gain == pytest.approx(end - begin, abs=1e-5)


def test_shapes_are_those_of_the_cells(trained, rows):
    for row in range(len(rows.numbers)):
        there = {s for s, c in rows.columns.items() if c.array(row) is not None}
        found = attribute(trained.model.network, rows, row, answer=0, steps=2)
        assert set(found.columns) == there
        if "image" in there:
            height, width, _ = rows.columns["image"].array(row).shape
            assert found.columns["image"].shape == (height, width)
            break


def test_the_column_that_taught_decides(planted, planted_table):
    """What it says of one class differs most from row to row."""
    rows = open_rows(Table.open(planted_table), planted.model.preparation)
    up = planted.model.classes.index("up")
    said = {"sign": [], "noise": [], "colour": []}
    for row in range(12):
        found = attribute(planted.model.network, rows, row, up)
        for slug, values in found.columns.items():
            said[slug].append(values.sum())
        assert set(found.weights) == {"table"}  # the fusion sees one block
        assert all(0 <= weight <= 1 for weight in found.weights.values())
    spread = {slug: np.std(values) for slug, values in said.items()}
    assert spread["sign"] > 2 * max(spread["noise"], spread["colour"])
    positive = np.array(planted_table["sign"][:12]) > 0
    assert (np.mean(np.array(said["sign"])[positive])) > max(
        np.array(said["sign"])[~positive]
    )
