"""A model that one column taught is found out."""

import json
from collections import Counter

import numpy as np
import pytest

from homodal.errors import TableError
from homodal.evaluation.encodings import Encodings
from homodal.evaluation.explanation import additive_of_two, explain_rows
from homodal.evaluation.measure import measure
from homodal.tables.table import Table
from homodal.training.session import open_rows


@pytest.fixture(scope="module")
def rows(planted, planted_table):
    return open_rows(Table.open(planted_table), planted.model.preparation)


@pytest.fixture(scope="module")
def found(planted, rows):
    return explain_rows(planted.model, rows)


def test_the_one_column_is_named_by_every_measure(found):
    others = [name for name in found.columns if name != "sign"]
    assert found.shapley["sign"]["low"] > 0.2
    assert found.permutation["sign"]["low"] > 0.2
    assert found.noise["sign"][-1]["accuracy"]["value"] < 0.93
    for name in others:
        assert abs(found.shapley[name]["value"]) < 0.06
        assert abs(found.permutation[name]["value"]) < 0.06
        assert found.noise[name][-1]["accuracy"]["value"] > 0.93
    assert abs(found.emap["interaction"]["value"]) < 0.05


def test_the_accuracy_is_that_of_an_evaluation_and_its_interval(found, planted, rows):
    scores = measure(planted.model, rows)[0].scores
    assert found.accuracy == scores["accuracy"]
    whole = next(e for e in found.subsets if len(e["columns"]) == 3)
    assert whole["accuracy"] == scores["accuracy"]


def test_shapley_values_and_nothing_add_up_to_the_accuracy(found):
    total = sum(each["value"] for each in found.shapley.values())
    whole = found.accuracy["value"]
    assert found.nothing["value"] + total == pytest.approx(whole)
    for each in found.by_class.values():
        assert set(each) == set(found.columns)


def test_every_subset_is_scored_best_first(found, planted, planted_table):
    assert len(found.subsets) == 7
    values = [each["accuracy"]["value"] for each in found.subsets]
    assert values == sorted(values, reverse=True)
    for each in found.subsets:
        part = {name: planted_table[name] for name in each["columns"]}
        answers = planted.model.predict(part)["label"].to_pylist()
        right = np.mean(np.array(answers) == planted_table["label"])
        assert each["accuracy"]["value"] == pytest.approx(right)


def test_each_row_says_what_spoke_for_it(found, planted_table):
    for each in found.each_row:
        row = each["row"] - 1
        assert each["label"] == planted_table["label"][row]
        helped = each["columns"]["sign"]
        assert (helped > 0) == (each["predicted"] == each["label"])
    assert len(found.each_row) == len(planted_table["label"])


def test_removal_goes_from_the_accuracy_to_nothing(found):
    assert found.removal[0]["accuracy"] == found.accuracy
    last = found.removal[-1]["accuracy"]["value"]
    assert last == pytest.approx(found.nothing["value"])


def test_few_rows_are_drawn_from_many(planted, rows):
    few = explain_rows(planted.model, rows, most_rows=20)
    assert (few.rows, few.of) == (20, 90)
    assert few == explain_rows(planted.model, rows, most_rows=20)


def test_with_many_columns_subsets_are_sampled(planted, rows, found, monkeypatch):
    from homodal.evaluation import contributions

    monkeypatch.setattr(contributions, "MOST_EXACT", 2)
    sampled = explain_rows(planted.model, rows)
    assert not sampled.exact and sampled.interactions == [] == sampled.removal
    for name, entry in sampled.shapley.items():
        wanted = found.shapley[name]["value"]
        assert entry["value"] == pytest.approx(wanted, abs=0.03)


def test_an_entry_is_embedded_once_and_once_more_for_each_noise(
    planted, rows, monkeypatch
):
    """All subsets, permutations and mixtures begin with what is kept."""
    encoded = Counter()
    original = Encodings._encode

    def counting(self, key, arrays, mask):
        encoded[key] += len(next(iter(mask.values())))
        return original(self, key, arrays, mask)

    monkeypatch.setattr(Encodings, "_encode", counting)
    found = explain_rows(planted.model, rows)
    passes = {key: cells / found.rows for key, cells in encoded.items()}
    # one block of three columns, each disturbed twice
    assert passes == {"table": 1.0 + 3 * 2.0}


def test_values_of_columns_and_classes_have_intervals(found):
    for entries in (found.shapley, *found.by_class.values()):
        for entry in entries.values():
            assert entry["low"] <= entry["value"] <= entry["high"]
    wide = found.by_class["up"]["sign"]
    assert wide["high"] > wide["low"]


def test_it_is_json(found, tmp_path):
    found.to_json(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text()) == found.to_dict()


def test_the_projection_is_the_formula():
    """Of a product of two columns, which no sum can say: what is left is its mean."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 8, 3))

    def logits(picks):
        return first[picks["a"]] * second[picks["b"]] + second[picks["b"]]

    every = first[:, None] * second[None] + second[None]
    wanted = every.mean(axis=1) + every.mean(axis=0) - every.mean(axis=(0, 1))
    found = additive_of_two(logits, ["a", "b"], 8, np.arange(8))
    np.testing.assert_allclose(found, wanted)


def test_without_an_answer_there_is_nothing_to_explain(planted):
    table = {"sign": [1.0], "label": [None]}
    rows = open_rows(Table.open(table), planted.model.preparation)
    with pytest.raises(TableError, match="No row of the table has an answer"):
        explain_rows(planted.model, rows)
