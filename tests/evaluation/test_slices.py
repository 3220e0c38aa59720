import numpy as np
import pytest

from homodal.evaluation.measure import measure
from homodal.evaluation.slices import quarters, slices_of
from homodal.tables.table import Table
from homodal.training.session import open_rows


def test_quarters_of_a_range():
    texts = quarters(np.arange(8.0))
    assert texts[:2] == ["0 to 1.75"] * 2
    assert texts[-2:] == ["5.25 to 7"] * 2
    assert len(set(texts)) == 4
    assert quarters([1, 2, 1, 2]) == [None] * 4
    assert quarters([*range(8), np.nan])[-1] is None


@pytest.fixture(scope="module")
def sliced(planted, planted_table):
    """Half of the rows of one site have another's label."""
    rng = np.random.default_rng(0)
    site = rng.choice(["north", "south"], 90)
    labels = [
        {"up": "down", "down": "up"}[label] if s == "south" and odd else label
        for label, s, odd in zip(
            planted_table["label"], site, rng.random(90) < 0.6, strict=True
        )
    ]
    sign = [None if row % 9 == 0 else v for row, v in enumerate(planted_table["sign"])]
    table = planted_table | {"site": site.tolist(), "label": labels, "sign": sign}
    rows = open_rows(Table.open(table), planted.model.preparation)
    outcomes = measure(planted.model, rows)[1]
    return slices_of(planted.model, rows, outcomes), site, outcomes


def test_a_planted_slice_is_the_worst(sliced):
    slices, site, outcomes = sliced
    planted = next(each for each in slices if each["slice"] == "south")
    assert planted["by"] == "site"
    assert planted["p"] < 0.05
    right = outcomes.right[site == "south"]
    assert planted["accuracy"]["value"] == pytest.approx(right.mean())
    assert planted["rows"] == len(right)
    assert planted["rest"] == pytest.approx(outcomes.right[site == "north"].mean())


def test_gaps_and_ranges_are_slices(sliced):
    by = {each["by"] for each in sliced[0]}
    assert {"sign is", "columns present", "site", "colour", "noise"} <= by


def test_media_have_properties(trained, seen):
    folder, table = seen
    rows = open_rows(Table.open(table, folder), trained.model.preparation)
    outcomes = measure(trained.model, rows)[1]
    by = {each["by"] for each in slices_of(trained.model, rows, outcomes)}
    assert {"brightness of image", "contrast of image"} <= by
