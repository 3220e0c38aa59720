import dataclasses
import io

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from homodal.contracts import UNLABELLED, UNSEEN
from homodal.evaluation.evaluation import evaluation_of, scores_of
from homodal.evaluation.scores import Tally
from homodal.evaluation.terminal import show


def _tally(classes, rows=400, sharp=3.0):
    rng = np.random.default_rng(0)
    truth = rng.integers(classes, size=rows)
    likely = rng.random((rows, classes))
    likely[np.arange(rows), truth] *= sharp
    tally = Tally(classes)
    tally.add(likely / likely.sum(axis=1, keepdims=True), truth)
    return tally


def _shown(evaluation, encoding="utf-8", terminal=False):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=file, width=80, force_terminal=terminal, highlight=False)
    show(evaluation, console)
    file.flush()
    return raw.getvalue().decode(encoding)


def _labels(classes):
    return [f"class {index}" for index in range(classes)]


def test_the_fused_score_stands_above_columns_plain_model_and_majority():
    tallies = {"weak": _tally(4, sharp=1.0), "strong": _tally(4, sharp=2.0)}
    alone = {name: scores_of(tally) for name, tally in tallies.items()}
    plain = scores_of(_tally(4, sharp=1.5))
    text = _shown(
        evaluation_of(_tally(4), _labels(4), alone=alone, plain=plain, majority=2)
    )
    said = ["all columns", "strong alone", "weak alone"]
    said += ["linear model of plain features", "always 'class 2'"]
    places = [text.index(each) for each in said]
    assert places == sorted(places)
    assert "[low, high]: 95 % interval" in text


def test_every_value_is_shown_with_its_interval():
    evaluation = evaluation_of(_tally(4), _labels(4))
    text = _shown(evaluation)
    for name in ("accuracy", "f1_macro"):
        entry = evaluation.scores[name]
        value = "{value:.3f} [{low:.3f}, {high:.3f}]".format(**entry)
        assert value in text


def test_slices_that_are_surely_worse_are_shown():
    worse = {
        "by": "sound is",
        "slice": "absent",
        "rows": 60,
        "accuracy": {"value": 0.4, "low": 0.28, "high": 0.53},
        "rest": 0.9,
        "p": 0.001,
    }
    luck = worse | {"slice": "present", "p": 0.3}
    evaluation = evaluation_of(_tally(4), _labels(4))
    text = _shown(dataclasses.replace(evaluation, slices=[worse, luck]))
    line = next(line for line in text.splitlines() if "sound is: absent" in line)
    assert line.split()[-5:] == ["0.400", "[0.280,", "0.530]", "0.900", "60"]
    assert "present" not in text


@pytest.mark.parametrize("terminal", [True, False])
def test_users_names_are_no_markup_and_steer_nothing(terminal):
    labels = ["[red]x[/red]", "a\x1b[31m\x07\nb", "快乐" * 30, "[/]"]
    tally = _tally(4)
    tally.add(np.full((1, 4), 0.25), [UNSEEN], ["[bold]new[/bold]"])
    evaluation = evaluation_of(
        tally,
        labels,
        alone={"[red]c[/red]": scores_of(_tally(4))},
        bad_cells={"[red]c[/red]": {"[/red] is no number\r": 2}},
    )
    text = _shown(evaluation, terminal=terminal)
    for name in ("[red]x[/red]", "[/]", "[bold]new[/bold]", "[red]c[/red] alone"):
        assert name in text
    assert "a\\x1b[31m\\x07\\nb" in text
    assert "\\r" in text
    assert "快乐快乐" in text
    assert not any(steering in text for steering in ("\x07", "\r", "\x1b[31m"))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_no_line_is_wider_than_80_cells_in_any_encoding(encoding):
    labels = ["快乐" * 30, "long " * 30, "c", "d"]
    bad = {"column " * 9: {"a reason that goes on and on " * 9: 1_000_000}}
    alone = {"column " * 9: scores_of(_tally(4))}
    evaluation = evaluation_of(_tally(4), labels, alone=alone, bad_cells=bad)
    lines = _shown(evaluation, encoding).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert sum("1,000,000" in line for line in lines) == 1


def test_only_the_worst_ten_classes_are_listed():
    evaluation = evaluation_of(_tally(25), _labels(25))
    text = _shown(evaluation)
    found = evaluation.per_class
    worst = sorted(found, key=lambda c: found[c]["f1"]["value"])
    listed = [label for label in worst if f" {label} " in text]
    assert listed == worst[:10]
    assert "and 15 more classes" in text


def test_rows_and_classes_outside_the_scores_are_named():
    tally = Tally(5)
    tally.add(np.eye(5)[[0, 1]], [0, 1])
    marked = [UNSEEN, UNSEEN, UNLABELLED]
    tally.add(np.full((3, 5), 0.2), marked, ["odd", "odd", None])
    text = " ".join(_shown(evaluation_of(tally, _labels(5))).split())
    assert (
        "5 rows, 2 scored, 2 of classes never seen in training, 1 without label" in text
    )
    assert "odd 2" in text
    assert "3 of the model's classes have no row here" in text


def test_long_lists_of_unseen_classes_and_reasons_are_cut():
    tally = _tally(4)
    tally.add(np.full((12, 4), 0.25), [UNSEEN] * 12, list("abcdefghijkl"))
    bad = {"face": {f"reason {index}": 1 for index in range(13)}}
    text = _shown(evaluation_of(tally, _labels(4), bad_cells=bad))
    assert "and 2 more classes." in text
    assert "and 3 more reasons." in text


def test_nothing_scored_is_shown_as_nothing():
    evaluation = evaluation_of(
        Tally(4), _labels(4), alone={"sound": scores_of(Tally(4))}
    )
    text = _shown(evaluation)
    assert "nan" not in text
    assert "0 rows, 0 scored" in text
