"""An encoding that is told goes all the way, from check to resume and predict."""

import sys

import numpy as np
import pytest

from homodal import api, cli
from homodal.checks.check import check
from homodal.errors import TableError

NAMES = ["Käse", "Öl"]


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    lines = [f"{row % 2 + rng.normal() / 9:.3f},{NAMES[row % 2]}" for row in range(40)]
    path = tmp_path / "t.csv"
    path.write_bytes("\n".join(["größe,label", *lines]).encode("cp1252"))
    return path


def run(*arguments):
    """The command line, in this process; its exit code."""
    sys.argv = ["homodal", *map(str, arguments)]
    with pytest.raises(SystemExit) as done:
        cli.main()
    return done.value.code


def test_every_command_takes_it(table, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [])
    target, out = ("--target", "label"), tmp_path / "run"
    told = ("--encoding", "cp1252")
    assert run("check", table, *target) == 1
    assert "--encoding cp125" in capsys.readouterr().err
    assert run("check", table, *target, *told) == 0
    assert run("describe", table, *target, *told) == 0
    settings = ("--set", "training.epochs=1", "--set", "training.jit=off")
    assert run("train", table, *target, *told, *settings, "--out", out) == 0
    answers = tmp_path / "a.csv"
    assert run("predict", out, table, "--out", answers, *told) == 0
    assert {line.split(",")[0].strip('"') for line in
            answers.read_text("utf-8").splitlines()[1:]} <= set(NAMES)  # fmt: skip
    assert run("evaluate", out, table, *told) == 0
    assert run("explain", out, table, *told) == 0
    assert run("report", out, table, *told) == 0
    assert run("evaluate", out, table) == 1
    assert run("check", table, "--encoding", "cp9999") == 1
    assert "There is no encoding 'cp9999'" in capsys.readouterr().err
    assert api.resume(out).finished  # which knows how its table was read


def test_in_python(table):
    assert check(table, target="label", encoding="cp1252").rows == 40
    found = api.describe(table, target="label", encoding="cp1252")
    assert [column.name for column in found.schema.columns] == ["größe", "label"]
    with pytest.raises(TableError, match="not UTF-8"):
        api.describe(table, target="label")
