from dataclasses import replace
from pathlib import Path

from homodal.studies import page
from homodal.studies.compare import Comparison
from homodal.studies.standing import Line


def comparison(finished=True):
    entry = {"value": 0.8, "low": 0.7, "high": 0.9}
    line = Line(
        kind="fusion",
        name="mean",
        title="mean [bold]",
        encoder="cnn",
        seeds=3,
        accuracy=entry,
        f1_macro=0.8,
        behind={"value": 0.1, "low": 0.05, "high": 0.2},
        removed={"0.5": 0.6},
        parameters=12345,
        seconds=3.2,
        step_ms=4.5,
        peak_bytes=None,
    )
    failed = {"tensor": "too large"}
    return Comparison(Path("runs/x"), [line], failed, 60, finished)


def test_shows_every_figure_within_eighty_columns(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    page.show(comparison())
    out = capsys.readouterr().out
    scores, costs = (text for text in out.splitlines() if text.startswith(" mean"))
    for figure in ("0.800 [0.700, 0.900]", "0.100*", "0.600"):
        assert figure in scores
    for figure in ("12k", "3.2", "4.5", "-"):
        assert figure in costs
    assert "Not trained: tensor: too large" in out
    assert "Choose mean [bold]" in out and "Interrupted" not in out
    assert all(len(text) <= 80 for text in out.splitlines())
    page.show(comparison(finished=False))
    assert "the same command goes on" in capsys.readouterr().out


def test_candidates_are_named_however_many_cells_are_removed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shares = {"0.25": 0.7, "0.5": 0.6, "0.75": 0.5}
    lines = [replace(comparison().lines[0], removed=shares)]
    page.show(replace(comparison(), lines=lines))
    rows = capsys.readouterr().out.splitlines()
    assert sum(text.startswith(" mean [bold] ") for text in rows) == 2
    assert all(len(text) <= 80 for text in rows)


def test_announces_a_trial_in_one_line(capsys):
    about = {"title": "mean", "encoder": "cnn", "seed": 2}
    page.announce(about | {"epochs": 3, "seconds": 1.25, "accuracy": 0.5}, 4, 9)
    page.announce(about | {"failed": "too large"}, 5, 9)
    assert capsys.readouterr().out.splitlines() == [
        "[4/9] mean (cnn), seed 2: accuracy 0.500, 3 epochs, 1.2 s",
        "[5/9] mean (cnn), seed 2: failed: too large",
    ]
