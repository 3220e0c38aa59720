import json

import numpy as np
import pytest
from scipy import stats

from homodal.errors import TableError
from homodal.evaluation.outcomes import Outcomes
from homodal.evaluation.paired import compared, fisher, holm, mcnemar


@pytest.mark.parametrize("counts", [(0, 0), (1, 0), (3, 9), (10, 10), (40, 80)])
def test_mcnemar_is_the_sign_test(counts):
    wanted = stats.binomtest(counts[0], sum(counts)).pvalue if sum(counts) else 1.0
    assert mcnemar(*counts) == pytest.approx(min(1, wanted))


@pytest.mark.parametrize("table", [(3, 10, 7, 9), (0, 5, 20, 30), (50, 100, 480, 900)])
def test_fisher_is_scipys(table):
    a, n, b, m = table
    wanted = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert fisher(*table) == pytest.approx(wanted, rel=1e-6)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def outcomes(right, rows=None):
    found = Outcomes()
    likely = np.where(np.asarray(right)[:, None], [0.8, 0.2], [0.3, 0.7])
    rows = np.arange(len(right)) if rows is None else rows
    found.add(rows, likely, np.zeros(len(right), int))
    return found


def test_a_better_model_is_called_better():
    rng = np.random.default_rng(0)
    good, bad = rng.random(300) < 0.95, rng.random(300) < 0.7
    found = compared({"bad": outcomes(bad), "good": outcomes(good)})
    assert [each["name"] for each in found.models] == ["good", "bad"]
    pair = found.pairs[0]
    assert pair["differ"] and pair["difference"]["low"] > 0.15
    assert pair["only_better"] == (good & ~bad).sum()
    assert found.verdict == "good is better than bad on these 300 rows."


def test_equal_models_cannot_be_told_apart():
    rng = np.random.default_rng(0)
    models = {name: outcomes(rng.random(200) < 0.8) for name in "abc"}
    found = compared(models)
    assert len(found.pairs) == 3
    assert "cannot be told apart" in found.verdict
    assert not any(pair["differ"] for pair in found.pairs)


def test_models_that_agree_in_all_rows_may_yet_differ_in_others():
    found = compared({name: outcomes(np.ones(30, bool)) for name in "ab"})
    unseen = 1 - 0.025 ** (1 / 30)
    difference = found.pairs[0]["difference"]
    assert (difference["low"], difference["high"]) == pytest.approx((-unseen, unseen))
    for each in found.models:
        assert each["accuracy"]["low"] == pytest.approx(0.025 ** (1 / 30))


def test_the_interval_is_of_pairs():
    """Two models that err on the same rows differ by little, however many those are."""
    right = np.random.default_rng(0).random(400) < 0.6
    other = right.copy()
    other[:4] = ~other[:4]
    found = compared({"a": outcomes(right), "b": outcomes(other)})
    difference = found.pairs[0]["difference"]
    assert difference["high"] - difference["low"] < 0.025


def test_luck_is_called_a_difference_as_seldom_as_promised():
    rng = np.random.default_rng(3)
    called = [
        mcnemar(*rng.multinomial(60, [0.15, 0.15, 0.7])[:2]) < 0.05 for _ in range(2000)
    ]
    assert np.mean(called) < 0.05


def test_only_rows_that_all_have_count(tmp_path):
    first = outcomes([True] * 4, rows=[0, 1, 2, 3])
    second = outcomes([False] * 3, rows=[2, 3, 9])
    found = compared({"first": first, "second": second})
    assert found.rows == 2
    found.to_json(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text()) == found.to_dict()
    with pytest.raises(TableError, match="No row can be scored by all"):
        compared({"first": first, "other": outcomes([True], rows=[9])})
