import numpy as np
import pytest

from homodal.evaluation.measure import measure
from homodal.evaluation.slices import quarters, slices_of
from homodal.tables.table import Table
from homodal.training.session import open_rows


def test_quarters_of_a_range():
    texts, place = quarters(np.arange(8.0))
    assert texts[0] == "0 to 1.75"
    assert texts[-1] == "5.25 to 7"
    assert place.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    texts, place = quarters([1, 2, 1, np.nan])
    assert (texts, place.tolist()) == (["1", "2"], [0, 1, 0, -1])
    texts, place = quarters([3.0, 3.0])
    assert (texts, place.tolist()) == ([], [-1, -1])
    assert quarters([*range(8), np.nan])[1][-1] == -1


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


def test_every_kind_of_media_has_properties(every):
    model, rows = every
    found = slices_of(model, rows, measure(model, rows)[1])
    assert {
        "tokens of text",
        "seconds of audio",
        "loudness (dB) of audio",
        "brightness of image",
        "contrast of image",
        "frames of video",
        "seconds of video",
        "brightness of video",
    } <= {each["by"] for each in found}
    darkest = next(each for each in found if each["by"] == "brightness of image")
    assert darkest["rows"] < len(rows.numbers)


def test_of_many_names_the_frequent_ones_are_slices(planted, planted_table):
    """Any column of the table, whether the model reads it or not."""
    names = ["ann"] * 30 + ["bob"] * 20 + [f"visitor {n}" for n in range(40)]
    rows = open_rows(
        Table.open(planted_table | {"speaker": names}), planted.model.preparation
    )
    found = slices_of(planted.model, rows, measure(planted.model, rows)[1])
    sizes = {e["slice"]: e["rows"] for e in found if e["by"] == "speaker"}
    assert sizes == {"ann": 30, "bob": 20, "(another)": 40}
