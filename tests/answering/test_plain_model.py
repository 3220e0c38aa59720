"""The plain model beside a network: what it adds, and the share that it gets."""

import numpy as np
import pytest

from homodal.answering.plain_model import PlainModel, fit_plain_model, fit_shares
from homodal.answering.plain_rows import PlainRows
from homodal.data.answers import encode_answers
from homodal.data.blocks import stored_columns
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.recipe import Recipe
from homodal.tables.table import Table

ROWS = 90
COLUMNS = {"size": "number", "mass": "number", "name": "category", "text": "text"}


def table_of(target):
    rng = np.random.default_rng(0)
    kind = np.arange(ROWS) % 3
    colours = np.array(["red", "green", "blue"])[kind]
    sizes = kind + rng.normal(0, 0.3, ROWS)
    return {
        "size": [None if n % 10 == 0 else float(s) for n, s in enumerate(sizes)],
        "mass": rng.normal(size=ROWS).tolist(),
        "name": [None if n % 7 == 0 else "uvw"[rng.integers(3)] for n in range(ROWS)],
        "text": [
            None if n % 5 == 0 else f"{colour} thing number {n % 7}"
            for n, colour in enumerate(colours)
        ],
        "answer": target(kind),
    }


def opened(target, modality="label"):
    """`(preparation, table, truth)` of a table whose columns tell the answer."""
    table = Table.open(table_of(target))
    columns = COLUMNS | {"answer": modality}
    recipe = Recipe().with_settings({"target": "answer", "columns": columns})
    schema = recognise(table, recipe)
    preparation = prepare(table, schema, recipe, np.arange(ROWS))
    truth = encode_answers(table, preparation.target)
    rows = PlainRows(preparation, stored_columns(table, preparation))
    return preparation, rows, truth


@pytest.fixture(scope="module")
def classes():
    return opened(lambda kind: ["abc"[k] for k in kind])


@pytest.fixture(scope="module")
def fitted(classes):
    preparation, table, truth = classes
    return fit_plain_model(preparation.target, table, truth, np.arange(60))


def test_it_answers_rows_that_it_was_not_fitted_to(classes, fitted):
    _, table, truth = classes
    rows = np.arange(60, ROWS)
    scores = fitted.scores(table, rows)
    assert (scores.argmax(axis=1) == truth[rows]).mean() > 0.8


def test_scores_are_the_bias_and_the_part_of_each_cell(classes, fitted):
    _, table, _ = classes
    rows = np.array([1, 5, 10, 3])
    parts = fitted.parts(table, rows)
    assert parts.shape == (4, len(table.slugs), 3)
    scores = fitted.scores(table, rows)
    np.testing.assert_allclose(scores, parts.sum(axis=1) + fitted.bias, rtol=1e-6)
    hidden = np.ones((4, len(table.slugs)), bool)
    hidden[:, 1] = False
    less = fitted.scores(table, rows, hidden)
    np.testing.assert_allclose(scores - less, parts[:, 1], atol=1e-5)


def test_an_absent_cell_adds_nothing(classes, fitted):
    _, table, _ = classes
    parts = fitted.parts(table, np.arange(ROWS))
    for place, slug in enumerate(table.slugs):
        absent = table.columns[slug].lengths == 0
        assert not parts[absent, place].any()
        assert parts[~absent, place].any(), slug


def test_it_comes_back_from_its_arrays(classes, fitted):
    _, table, _ = classes
    again = PlainModel.from_arrays(fitted.to_arrays())
    rows = np.arange(ROWS)
    np.testing.assert_array_equal(
        again.scores(table, rows),
        fitted.scores(table, rows),
    )
    assert again.shares == fitted.shares


@pytest.mark.parametrize(
    ("modality", "target"),
    [
        ("number", lambda kind: (kind * 2.0).tolist()),
        ("labels", lambda kind: [["x", "yz"[k % 2]] if k else ["y"] for k in kind]),
        ("ordinal", lambda kind: [str(k + 1) for k in kind]),
    ],
)
def test_other_kinds_of_answers_are_learned(modality, target):
    preparation, table, truth = opened(target, modality)
    found = fit_plain_model(preparation.target, table, truth, np.arange(60))
    rows = np.arange(60, ROWS)
    scores, truth = found.scores(table, rows), truth[rows]
    if modality == "number":
        assert np.mean((scores[:, 0] - truth) ** 2) < 0.3
    elif modality == "labels":
        assert ((scores > 0) == truth).mean() > 0.8
    else:
        assert (scores.argmax(axis=1) == truth).mean() > 0.8


def test_rows_without_an_answer_are_passed_over(classes):
    preparation, table, truth = classes
    some = truth.copy()
    some[::2] = -2
    found = fit_plain_model(preparation.target, table, some, np.arange(60))
    other = fit_plain_model(preparation.target, table, truth, np.arange(1, 60, 2))
    np.testing.assert_array_equal(found.bias, other.bias)
    assert fit_plain_model(preparation.target, table, some, np.array([0, 2])) is None


def test_the_first_figure_of_each_number_is_mixed():
    logits = np.array([[1.0, 7.0, 3.0, 8.0]], np.float32)  # mean and spread of two
    model = PlainModel({}, np.zeros(2, np.float32), (0.25, 0.5))
    mixed = model.mixed(logits, np.array([[4.0, 2.0]], np.float32))
    np.testing.assert_allclose(mixed, [[2.25, 7.0, 1.75, 8.0]])


@pytest.mark.parametrize("better", ["network", "plain"])
def test_the_share_goes_to_the_better_one(classes, better):
    target = classes[0].target
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 400)
    right = 3.0 * np.eye(3)[truth] + rng.normal(size=(400, 3))
    noise = 3.0 * rng.normal(size=(400, 3))
    given = (right, noise) if better == "network" else (noise, right)
    network, plain = fit_shares(*given, truth, target.reader(), target.facts)
    high, low = (network, plain) if better == "network" else (plain, network)
    assert high > 0.5 and low < 0.1


def test_a_handful_of_rows_leaves_the_shares_nearly_even(classes):
    target = classes[0].target
    logits = 3.0 * np.eye(3)[[0, 1]]
    shares = fit_shares(
        logits, -logits, np.array([0, 1]), target.reader(), target.facts
    )
    assert 0.5 < shares[0] < 0.8 and 0.2 < shares[1] < 0.5


def test_columns_that_no_row_shows_are_not_read(classes, fitted):
    preparation, table, _ = classes
    rows = np.arange(60, ROWS)
    present = np.zeros((len(rows), len(COLUMNS)), bool)
    present[::2, 1] = True
    all_parts = fitted.parts(table, rows)
    expected = fitted.total(all_parts, present)
    hidden = dict.fromkeys(table.slugs) | {"mass": table.columns["mass"]}
    found = fitted.scores(PlainRows(preparation, hidden), rows, present)
    np.testing.assert_array_equal(found, expected)
