import shlex
from dataclasses import replace
from types import SimpleNamespace

import pytest
import typer

from homodal import cli
from homodal.commands.options import settings_of
from homodal.evaluation.advice import Names, advice_for, folded, names_of
from homodal.evaluation.evaluation import Evaluation
from homodal.recipe import Recipe


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
    "plain features is right in 90.0% of the rows, the whole model in 90.0%": {
        "plain": {"accuracy": measured(0.9)}
    },
    "not surely better than always answering 'a'": {
        "scores": {"accuracy": measured(0.51)}
    },
    "The column 'face' alone is 50% right, no better than guessing (50%)": {
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
    assert found[0].command.startswith("homodal ")


def test_columns_that_may_be_worthless_by_luck_are_not_named():
    alone = {
        "face": {"accuracy": measured(0.5)},
        "sound": {"accuracy": measured(0.5, 0.45)},
        "word": {"accuracy": measured(0.45)},
    }
    found = advice_for(replace(GOOD, columns_alone=alone))
    assert [each.finding for each in found] == [
        "The columns 'face' and 'word' alone are 50% and 45% right, no better than "
        "guessing (50%)"
    ]


def test_of_many_columns_alone_the_first_are_named():
    alone = {f"x{number}": {"accuracy": measured(0.45)} for number in range(300)}
    alone["x1"] = {"accuracy": measured(0.5)}
    found = advice_for(replace(GOOD, columns_alone=alone))
    assert [each.finding for each in found] == [
        "300 of 300 columns alone are at most 50% (columns 'x0', 'x1' and 'x2', …) "
        "right, no better than guessing (50%)"
    ]


def test_a_column_that_costs_accuracy_is_left_out_by_the_command():
    worth = {"face": measured(-0.02, 0.005), "sound": measured(0.4)}
    explained = SimpleNamespace(columns=["face", "sound"], shapley=worth)
    names = Names("my table.csv", "mood")
    (found,) = advice_for(GOOD, (), explained, names)
    assert found.finding == "The column 'face' adds -2.0% [-2.5%, -1.5%] of accuracy"
    assert found.command == "homodal train 'my table.csv' --target mood --columns sound"


@pytest.mark.parametrize("half", [0.016, 0.02, 0.5])
def test_what_may_be_luck_is_no_advice(half):
    worth = {"ink": measured(-0.016, half), "sound": measured(0.4)}
    explained = SimpleNamespace(columns=["ink", "sound"], shapley=worth)
    assert advice_for(GOOD, (), explained) == []


def test_every_command_is_one_of_the_command_line():
    """What is advised can be typed: the parser takes it, the recipe its settings."""
    changes = {}
    for case in CASES.values():
        changes |= case
    found = advice_for(replace(GOOD, **changes), epochs(1, 0.5, 0.6, 0.7, 0.8), most=99)
    found += advice_for(GOOD, epochs(1.0, 0.9, 0.8, 0.7, 0.6))
    cold = {"calibration": {"temperature": 0.5, "fitted_on": 100}}
    found += advice_for(replace(GOOD, **cold))
    assert len(found) >= 8
    commands = typer.main.get_command(cli.app).commands
    for each in found:
        program, verb, *words = shlex.split(each.command)
        assert program == "homodal"
        given = commands[verb].make_context(verb, words, resilient_parsing=False)
        settings = settings_of(given.params.get("settings"))
        Recipe(target="t").with_settings(settings)


def test_a_command_is_folded_where_it_stays_a_command():
    command = "homodal train a.csv --target b --set training.epochs=20 --columns a,b"
    lines = folded(command, 40)
    assert all(len(line) <= 40 for line in lines) and len(lines) > 1
    typed = "\n".join(lines).replace("\\\n", "")  # as a shell reads it
    assert shlex.split(typed) == shlex.split(command)
    assert folded(command, 99) == [command]


def test_a_runs_own_names_stand_in_its_commands(trained, monkeypatch):
    monkeypatch.chdir(trained.folder.parent)
    names = names_of(trained.folder, trained.folder.parent / "new.csv")
    assert names == Names("TABLE", "label", "run", "new.csv")  # trained in memory
    assert names_of("nowhere") == Names(run="nowhere")


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
