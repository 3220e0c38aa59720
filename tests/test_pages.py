"""What the commands print: 80 columns, any names, any encoding."""

import io
import re
import sys
from collections import Counter
from types import SimpleNamespace

import pyarrow as pa
import pytest
from rich.cells import cell_len

from homodal import pages, parts
from homodal.checks.check import check
from homodal.data.cache import Contents
from homodal.data.schema import Column, Schema
from homodal.evaluation.evaluation import evaluation_of, scores_of
from homodal.evaluation.scores import Tally

HOSTILE = ["[red]x[/red]", "a\x1b[31m\nb", "快乐" * 40, "[/]", "long " * 30]


@pytest.fixture
def screen(monkeypatch):
    """`screen(encoding)` puts one in the place of standard output; call it to read."""
    monkeypatch.setenv("COLUMNS", "80")

    def opened(encoding="utf-8"):
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
        monkeypatch.setattr(sys, "stdout", file)
        return lambda: raw.getvalue().decode(encoding)

    return opened


def description():
    columns = [
        Column(name, "input", "text", {}, 0.9, f"3 cells differ in {name}")
        for name in HOSTILE
    ]
    target = Column("y", "target", "label", {}, 0.9, "2 answers")
    shapes = [
        {"column": name, "stage": "text (stored)", "shape": [7]} for name in HOSTILE
    ]
    return SimpleNamespace(
        schema=Schema((*columns, target)),
        shapes=[*shapes, {"column": "", "stage": "classify", "shape": [2]}],
        parameters={"words": 12_345, "heads": 6},
        estimate={
            "rows": 1234,
            "decoded_bytes": 5 * 2**20,
            "peak_memory_bytes": 300 * 2**20,
            "seconds_a_step": 0.01,
            "steps": 1000,
            "training_seconds": 10.0,
        },
        homogeneous=False,
        costs=("the fusion 'gated' grows with the square of its 12 entries",),
        cells={},
    )


def evaluation():
    tally = Tally(2)
    tally.add([[0.7, 0.3], [0.4, 0.6]], [0, 0])
    return evaluation_of(tally, HOSTILE[:2], alone={HOSTILE[2]: scores_of(tally)})


def run_of(folder, finished=True, epochs=2):
    history = [
        {
            "epoch": epoch,
            "train": {"loss": 1.5},
            "valid": {"accuracy": 0.5 + epoch / 10},
            "seconds": 2.0,
        }
        for epoch in range(epochs)
    ]
    return SimpleNamespace(
        folder=folder, history=history, evaluation=evaluation(), finished=finished
    )


def shows(name):
    return {
        "description": lambda: pages.show_description(description()),
        "parts": lambda: pages.show_parts(pages.listed_parts()),
        "recipes": pages.show_recipes,
        "evaluation": lambda: pages.show_evaluation(evaluation()),
        "run": lambda: pages.show_run(run_of("runs/a")),
    }[name]()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
@pytest.mark.parametrize(
    "name", ["description", "parts", "recipes", "evaluation", "run"]
)
def test_every_page_fits_80_columns_in_every_encoding(screen, name, encoding):
    read = screen(encoding)
    shows(name)
    lines = read().splitlines()
    assert len(lines) > 5
    assert max(map(cell_len, lines)) <= 80


def test_users_names_are_shown_and_steer_nothing(screen):
    read = screen()
    shows("description")
    text = read()
    assert "[red]x[/red]" in text and " [/] " in text
    assert "a\\x1b[31m\\nb" in text
    assert "\x1b" not in text


def test_a_description_says_what_it_costs_and_what_is_not_homogeneous(screen):
    read = screen()
    shows("description")
    text = read()
    for said in (
        "NOT homogeneous",
        "12,351 (words 12,345, heads 6)",
        "5.0 MiB decoded",
        "300 MiB at its peak",
        "about 10 s to train: 1,000 steps of 10 ms",
        "90%",
    ):
        assert said in text


def test_a_run_ends_with_its_best_epoch_and_where_it_is(screen):
    read = screen()
    pages.show_run(run_of("runs/[red]a"))
    text = read()
    assert "2 epochs in 4.0 s" in text
    assert "epoch   2  loss 1.500  valid: accuracy 0.600" in text
    assert "The model is in runs/[red]a/bundle" in text
    assert "--resume" not in text


@pytest.mark.parametrize("epochs", [0, 2])
def test_an_interrupted_run_says_how_to_go_on(screen, epochs):
    read = screen()
    pages.show_run(run_of("runs/a", finished=False, epochs=epochs))
    assert "homodal train --resume runs/a" in read()


def test_answers_are_counted_and_their_gaps_said(screen, capsys, tmp_path):
    status = ["ok", "bad: x (no such file)", "no answer: bad: x (why)", "absent: x"]
    answers = pa.table({"y": ["a"] * 4, "status": status})
    read = screen("ascii")
    counts = Counter()
    pieces = [answers.slice(0, 3), answers.slice(3)]
    assert list(pages.counted(pieces, counts)) == pieces
    quarantine = tmp_path / "q.csv"
    quarantine.touch()
    pages.show_answers(counts, tmp_path / "答.csv", quarantine)
    assert "4 rows in, 4 rows out: " in read()
    said = capsys.readouterr().err
    assert "2 rows with a cell that cannot be read" in said
    assert "1 rows without one usable cell" in said
    assert "repaired" not in said
    assert f"reasons: {quarantine}" in said


def test_the_cache_is_shown_with_what_was_done_to_it(screen, tmp_path):
    kinds = {"image": {"shards": 2, "rows": 90, "bytes": 3 * 2**20}}
    contents = Contents(tmp_path, 2, 3 * 2**20, 50 * 2**30, 9.0, kinds)
    read = screen()
    pages.show_cache(contents, damaged=[tmp_path / "x.arrow"], freed=2**20)
    text = read()
    for said in ("image", "90", "3.0", "of at most 50 GB", "1 damaged", "x.arrow"):
        assert said in text
    assert "1.0 MB freed" in text


def test_every_part_is_listed_with_its_options(screen):
    listed = pages.listed_parts()
    assert all(set(p) == {"kind", "name", "summary", "options"} for p in listed)
    named = {(p["kind"], p["name"]) for p in listed}
    assert named == {(k, n) for k in parts.ROOMS for n in parts.names(k)}
    read = screen()
    pages.show_parts(listed)
    text = read()
    assert all(f" {p['name']} " in text for p in listed)


def test_every_count_of_a_check_stands_below_its_word(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    found = check(
        {"text": ["the \x00 bird", "a tree of the wood", "the sea", None] * 2}
    )
    pages.show_check(found)
    lines = capsys.readouterr().out.splitlines()
    words = re.split(r"\s{2,}", next(line for line in lines if "repaired" in line))
    counts = re.split(r"\s{2,}", next(line for line in lines if "characters" in line))
    told = dict(zip(words, counts, strict=False))
    assert (told["ok"], told["absent"], told["bad"]) == ("4", "2", "0")
    assert told["repaired"] == "2" and told["what stands in it"].startswith(
        "characters"
    )
    assert "; 1 language: " in told["what stands in it"]
