"""Figures of a table's rows: each computed once where they are remembered."""

import numpy as np
import pytest

from homodal.answering.plain_rows import PlainRows, plain_features
from homodal.data.blocks import stored_columns
from homodal.data.preparation import prepare
from homodal.data.schema import recognise
from homodal.plain.features import Statistics
from homodal.recipe import Recipe
from homodal.tables.table import Table

ROWS = 4


@pytest.fixture
def opened():
    """`(preparation, columns)` of pictures, one of them absent, and numbers."""
    rng = np.random.default_rng(0)
    faces = [rng.integers(0, 255, (8, 8, 3)).astype("uint8") for _ in range(ROWS)]
    faces[2] = None
    columns = {"face": "image", "size": "number", "label": "label"}
    given = {"face": faces, "size": [1.0, 2.0, None, 4.0], "label": list("abab")}
    table = Table.open(given)
    recipe = Recipe().with_settings({"target": "label", "columns": columns})
    schema = recognise(table, recipe)
    preparation = prepare(table, schema, recipe, np.arange(ROWS))
    return preparation, stored_columns(table, preparation)


@pytest.fixture
def counted(monkeypatch):
    """The arrays that were summarised."""
    seen, own = [], Statistics.figures
    monkeypatch.setattr(
        Statistics, "figures", lambda self, cell: seen.append(cell) or own(self, cell)
    )
    return seen


@pytest.mark.parametrize(("remember", "times"), [(True, 1), (False, 2)])
def test_a_row_is_summarised_once_where_it_is_remembered(
    opened, counted, remember, times
):
    table = PlainRows(*opened, remember=remember)
    for _ in range(2):
        figures = next(
            f for slug, _, f, _ in table.of(np.arange(ROWS)) if slug == "face"
        )
        assert figures[0].shape == figures[3].shape
    assert len(counted) == 2 * times


def test_figures_and_presence_are_those_of_the_rows_asked_for(opened):
    preparation, columns = opened
    rows = np.array([3, 2])
    for slug, features, figures, there in PlainRows(*opened).of(rows):
        np.testing.assert_array_equal(there, [True, False])
        wanted = features.figures(np.asarray(columns[slug].array(3)))
        np.testing.assert_array_equal(np.ravel(figures[0]), np.ravel(wanted))
    assert [slug for slug, *_ in PlainRows(*opened).of(rows, {"size"})] == ["size"]
    assert list(plain_features(preparation)) == PlainRows(*opened).slugs
