"""A trained model has a plain model beside its network, and answers with both."""

from dataclasses import replace

import numpy as np
import pyarrow.csv
import pytest

from homodal import api
from homodal.answering.plain_model import fit_plain_model
from homodal.answering.plain_rows import PlainRows
from homodal.evaluation.encodings import Encodings
from homodal.model import bundle
from homodal.model.predict import logits
from homodal.tables.table import Table
from homodal.training.session import open_rows


@pytest.fixture(scope="module")
def model(table, settings, tmp_path_factory):
    out = tmp_path_factory.mktemp("plain") / "run"
    return api.train(table, settings=settings(epochs=1), out=out).model


def test_answers_are_those_of_network_and_plain_model_in_their_shares(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    batches = rows.batches(64)
    mixed = np.concatenate([found for _, found, _ in model.logits(batches)])
    network = np.concatenate([each for _, each, _ in logits(model.network, batches)])
    scores = model.plain.scores(
        PlainRows(model.preparation, rows.columns), rows.numbers
    )
    share, plain = model.plain.shares
    assert share > 0 and plain > 0
    np.testing.assert_allclose(mixed, share * network + plain * scores, rtol=1e-4)


def test_a_hidden_column_adds_nothing(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    hidden = pyarrow.csv.read_csv(table).drop_columns(["mass"])
    without = open_rows(Table.open(hidden, table.parent), model.preparation)
    kept = [c.slug for c in model.preparation.columns if c.name != "mass"]
    ours, theirs = (
        np.concatenate([found for _, found, _ in model.logits(batches)])
        for batches in (rows.batches(64, only=kept), without.batches(64))
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_encoded_rows_answer_as_the_model_does(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    answers = np.concatenate([found for _, found, _ in model.logits(rows.batches(64))])
    encodings = Encodings(model, rows)
    np.testing.assert_allclose(encodings.logits(), answers, rtol=1e-3, atol=1e-4)


def test_a_picked_cell_brings_its_own_part_of_the_plain_scores(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    encodings = Encodings(model, rows)
    network = Encodings(replace(model, plain=None), rows)
    turned = np.arange(len(encodings))[::-1]
    slug = encodings.slugs[1]
    picks = {slug: turned}
    parts = model.plain.parts(
        PlainRows(model.preparation, rows.columns), encodings.rows
    )
    parts[:, 1] = parts[turned, 1]
    wanted = model.plain.mixed(network.logits(picks=picks), model.plain.total(parts))
    found = encodings.logits(picks=picks)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_cells_that_are_left_as_they_are_change_no_answer(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    encodings = Encodings(model, rows)
    for slug in encodings.slugs:
        others = encodings.disturbed(slug, lambda arrays, mask: arrays)
        np.testing.assert_allclose(
            encodings.logits(others=others), encodings.logits(), rtol=1e-3, atol=1e-4
        )


def test_cells_that_are_changed_change_the_plain_scores_too(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    encodings = Encodings(model, rows)
    slug = next(c.slug for c in model.preparation.columns if c.name == "size")
    others = encodings.disturbed(slug, lambda arrays, mask: arrays + 1)
    kernel = model.plain.columns[slug]
    moved = others["plain model"] - model.plain.parts(
        PlainRows(model.preparation, rows.columns), encodings.rows
    )
    step = kernel.kernel[0] / kernel.learned["scale"]
    shown = encodings.present[:, encodings.slugs.index(slug)]
    np.testing.assert_allclose(
        moved[shown, encodings.slugs.index(slug)],
        np.tile(step, (shown.sum(), 1)),
        rtol=1e-3,
        atol=1e-5,
    )


def test_a_bundle_holds_the_plain_model(model, table, tmp_path):
    bundle.write(tmp_path / "bundle", model)
    again = bundle.read(tmp_path / "bundle")
    assert again.plain.shares == model.plain.shares
    assert again.predict(table).equals(model.predict(table))


def test_a_recipe_can_leave_it_out(table, settings, tmp_path):
    run = api.train(
        table,
        settings=settings(epochs=1, plain=False),
        columns=["size"],
        out=tmp_path / "run",
    )
    assert run.model.plain is None and api.load(run.folder).plain is None


def test_an_evaluation_scores_the_plain_model_on_the_same_rows(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    scores = model.plain.scores(
        PlainRows(model.preparation, rows.columns), rows.numbers
    )
    right = (scores.argmax(axis=1) == rows.truth).mean()
    found = api.evaluate(model, table)
    assert found.plain["accuracy"]["value"] == pytest.approx(right)
    assert found.scores["log_loss"] != found.plain["log_loss"]


def test_held_out_rows_are_fitted_to_at_the_end(model, table):
    rows = open_rows(Table.open(table), model.preparation)
    every = fit_plain_model(
        model.preparation.target,
        PlainRows(model.preparation, rows.columns),
        rows.truth,
        rows.numbers,
        seed=0,
        strength=model.plain.strength,
    )
    np.testing.assert_allclose(model.plain.bias, every.bias, atol=1e-6)


def test_rows_of_a_validation_table_are_not(table, settings, tmp_path):
    whole = pyarrow.csv.read_csv(table)
    train, valid = whole.slice(0, 30), whole.slice(30)
    run = api.train(
        train,
        valid=valid,
        settings=settings(epochs=1),
        columns=["size", "mass"],
        out=tmp_path / "run",
    )
    rows = open_rows(Table.open(train), run.model.preparation)
    own = fit_plain_model(
        run.model.preparation.target,
        PlainRows(run.model.preparation, rows.columns),
        rows.truth,
        rows.numbers,
    )
    np.testing.assert_allclose(run.model.plain.bias, own.bias, atol=1e-6)
