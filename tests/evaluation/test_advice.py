from dataclasses import replace

import pytest

from homodal.evaluation.advice import advice_for
from homodal.evaluation.evaluation import Evaluation


def measured(value, half=0.02):
    return {"value": value, "low": value - half, "high": value + half}


GOOD = Evaluation(
    rows=1000,
    scores={"accuracy": measured(0.9)},
    baseline={"label": "a", "accuracy": measured(0.5)},
    confusion={"classes": ["a", "b"], "matrix": [[450, 50], [50, 450]]},
    calibration={"temperature": 1.1, "fitted_on": 100},
)


def epochs(*losses):
    return [{"epoch": n, "valid": {"log_loss": v}} for n, v in enumerate(losses)]


def test_a_good_model_needs_no_advice():
    assert advice_for(GOOD, epochs(1, 0.7, 0.6, 0.59, 0.59, 0.592)) == []


SLICE = {
    "by": "sound is",
    "slice": "absent",
    "rows": 200,
    "accuracy": measured(0.7),
    "rest": 0.95,
    "p": 0.001,
}
CASES = {
    "over-confident: temperature 1.7": {
        "calibration": {"temperature": 1.7, "fitted_on": 100}
    },
    "under-confident: temperature 0.5": {
        "calibration": {"temperature": 0.5, "fitted_on": 100}
    },
    "'a' is taken for 'b' in 200 of 500 rows": {
        "confusion": {"classes": ["a", "b"], "matrix": [[300, 200], [0, 500]]}
    },
    "not surely better than always answering 'a'": {
        "scores": {"accuracy": measured(0.51)}
    },
    "'face' is 50% right alone, no better than guessing": {
        "columns_alone": {
            "face": {"accuracy": measured(0.5)},
            "sound": {"accuracy": measured(0.8)},
        }
    },
    "60% of the errors are rows where sound is 'absent'": {"slices": [SLICE]},
    "7 cells of 'face' cannot be read, most of them: torn": {
        "bad_cells": {"face": {"torn": 5, "gone": 2}}
    },
    "known to within 12% only": {"scores": {"accuracy": measured(0.9, 0.12)}},
}


@pytest.mark.parametrize("said", CASES)
def test_each_rule_speaks_with_its_figure(said):
    found = advice_for(replace(GOOD, **CASES[said]))
    assert [said in each.finding for each in found] == [True]
    assert found[0].attempt


@pytest.mark.parametrize(
    "losses, said",
    [
        ((1.0, 0.5, 0.6, 0.7, 0.8), "after epoch 2: the validation loss rose from 0.5"),
        ((1.0, 0.9, 0.8, 0.7, 0.6), "still fell at the end"),
    ],
)
def test_curves_are_read(losses, said):
    found = advice_for(GOOD, epochs(*losses))
    assert len(found) == 1 and said in found[0].finding


def test_no_more_than_five_the_weightiest_first():
    changes = {}
    for case in CASES.values():
        changes |= case
    found = advice_for(replace(GOOD, **changes), epochs(1, 0.5, 0.6, 0.7, 0.8))
    assert len(found) == 5
    weights = [each.weight for each in found]
    assert weights == sorted(weights, reverse=True)
