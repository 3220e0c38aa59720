"""Scores, intervals and advice from trials made up by hand."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from homodal.studies.candidates import ALONE, FUSION, ONE_TEXT
from homodal.studies.standing import advice, standing

TRUTH = np.array([*(np.arange(200) % 4), -1])


def trial(name, share, seed=0, kind=FUSION, seconds=10.0, **changes):
    """A trial with about `share` of the rows right."""
    rng = np.random.default_rng(seed + 10 * len(name))
    predicted = np.where(rng.random(201) < share, TRUTH, (TRUTH + 1) % 4).tolist()
    return {
        "candidate": f"{kind}|{name}",
        "kind": kind,
        "name": name,
        "title": name,
        "encoder": "cnn",
        "seed": seed,
        "predicted": {"0": predicted, "0.5": [0] * 201},
        "parameters": 1000,
        "seconds": seconds,
        "step_ms": 2.0,
        "peak_bytes": 5,
    } | changes


def test_lines_hold_the_means_over_seeds_of_the_scored_rows():
    trials = [trial("mean", 0.8, seed) for seed in range(3)]
    (line,) = standing(trials, TRUTH, 4)
    each = [np.mean(np.array(t["predicted"]["0"])[:200] == TRUTH[:200]) for t in trials]
    assert line.accuracy["value"] == pytest.approx(np.mean(each))
    assert line.accuracy["low"] < min(each) + 0.03
    f1 = [
        f1_score(TRUTH[:200], t["predicted"]["0"][:200], average="macro")
        for t in trials
    ]
    assert line.f1_macro == pytest.approx(np.mean(f1))
    assert line.removed == {"0.5": pytest.approx(0.25)}
    assert (line.seeds, line.seconds, line.peak_bytes) == (3, 10.0, 5)


def test_the_interval_is_about_as_wide_as_theory_says():
    (line,) = standing([trial("mean", 0.8)], TRUTH, 4)
    value = line.accuracy["value"]
    wanted = 2 * 1.96 * np.sqrt(value * (1 - value) / 200)
    width = line.accuracy["high"] - line.accuracy["low"]
    assert abs(width - wanted) < 0.15 * wanted


def test_best_first_and_how_far_behind_the_best_fusion():
    trials = [
        trial("mean", 0.5),
        trial("gated", 0.9),
        trial("sum", 0.93),
        trial("face", 0.99, kind=ALONE),
    ]
    lines = standing(trials, TRUTH, 4)
    assert [line.name for line in lines] == ["face", "gated", "sum", "mean"]
    behind = {line.name: line.behind for line in lines}
    assert behind["gated"] == {"value": 0, "low": 0, "high": 0}
    assert behind["mean"]["low"] > 0.2 and behind["sum"]["low"] < 0
    assert behind["face"]["value"] < 0


def test_the_quickest_that_is_level_is_advised():
    trials = [
        trial("gated", 0.9, seconds=100.0),
        trial("sum", 0.93, seconds=20.0),
        trial("late", 0.5, seconds=5.0),
        trial("face", 0.4, kind=ALONE),
        trial("one text", 0.3, kind=ONE_TEXT),
    ]
    said = advice(standing(trials, TRUTH, 4))
    assert said.startswith("Choose sum with cnn")
    assert "1 of the other 2 cannot be told from it" in said
    assert "points above the best single column (face)." in said
    assert "above the average of the columns' own answers." in said
    assert "above everything written as one text." in said


def test_the_best_is_advised_where_nothing_reaches_it():
    said = advice(standing([trial("gated", 0.9), trial("late", 0.5)], TRUTH, 4))
    assert "Choose gated" in said and "no other of 2 reaches it" in said


def test_failed_trials_are_no_lines():
    assert standing([{"candidate": "x", "failed": "why"}], TRUTH, 4) == []
    assert advice([]) == "Nothing was trained to the end."
