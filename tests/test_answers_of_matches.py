"""Columns that belong together: trained without labels, found, named, verified."""

import json

import numpy as np
import pytest

import homodal
from homodal import pages
from homodal.commands import retrieving
from homodal.errors import ColumnError, HomodalError, RecipeError, TableError

ROWS = 240
KIND = np.random.default_rng(0).integers(0, 6, ROWS)
WORDS = ["zero", "one", "two", "three", "four", "five"]
ANGLE = KIND * np.pi / 3 + np.random.default_rng(1).normal(0, 0.1, ROWS)
TABLE = {
    "word": [WORDS[kind] for kind in KIND],
    "group": [WORDS[kind] for kind in KIND],
}
TABLE["word"][3] = None
SMALL = {
    "encoder.width": 16,
    "encoder.depth": 1,
    "fusion.width": 16,
    "training.epochs": 10,
    "training.learning_rate": 0.02,
    "training.batch_size": 16,
    "training.validation": 0.3,
}


@pytest.fixture(scope="module")
def pairs():
    """A table of a word and a number that belong together."""
    return {
        "angle": (ANGLE % 6.2).tolist(),
        "word": TABLE["word"],
        "group": TABLE["group"],
    }


@pytest.fixture(scope="module")
def run(pairs, tmp_path_factory):
    """A `Run` of the head match; do not change it."""
    columns = {"angle": "number", "word": "text", "group": "ignored"}
    out = tmp_path_factory.mktemp("runs") / "match"
    settings = SMALL | {"head": "match", "columns": columns}
    return homodal.train(pairs, settings=settings, out=out)


def test_rows_are_told_apart_without_any_label(run, capsys):
    assert run.model.preparation.target.part == "match"
    assert run.model.recipe.fusion["name"] == "apart"
    evaluation = run.evaluation
    chance = evaluation.details["chance"]
    assert evaluation.scores["mrr"]["low"] > 1.5 * chance["angle to word: mrr"]
    assert evaluation.columns_alone == {}
    pages.show_run(run)
    assert "by chance" in capsys.readouterr().out


def test_answers_are_places_in_one_space(run, pairs):
    answers = homodal.load(run.folder).predict(pairs)
    assert answers.column_names == ["angle", "word", "status"]
    assert len(answers) == ROWS
    assert answers.column("word").to_pylist()[3] is None
    place = np.array(answers.column("angle").to_pylist()[0])
    assert np.linalg.norm(place) == pytest.approx(1, abs=1e-5)


def test_rows_are_found_and_labels_chosen_by_their_names(run, pairs):
    found = homodal.retrieve(run.model, pairs, query="angle", of="word", labels="group")
    assert (found.gallery, found.queries) == (ROWS - 1, ROWS - 1)
    assert list(found.scores) == ["recall@1", "recall@5", "recall@10", "mrr"]
    assert found.scores["recall@10"]["value"] > 3 * found.chance["recall@10"]
    zero_shot = found.zero_shot
    assert zero_shot["labels"] == sorted(WORDS)
    assert zero_shot["accuracy"]["low"] > zero_shot["always"] > zero_shot["chance"]
    nearest = found.nearest[0]
    assert nearest["row"] == 1 and len(nearest["nearest"]) == 10
    assert [each["row"] for each in found.nearest] == list(range(1, ROWS + 1))


def test_the_command_shows_and_writes_what_was_found(run, pairs, tmp_path, capsys):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table(pairs), tmp_path / "t.parquet")
    retrieving.retrieve(
        str(run.folder),
        str(tmp_path / "t.parquet"),
        query="word",
        of="angle",
        labels=None,
        most=3,
        json_file=tmp_path / "found.json",
    )
    said = capsys.readouterr().out
    assert "angle by word" in said and "recall@1" in said and "by chance" in said
    saved = json.loads((tmp_path / "found.json").read_text())
    assert len(saved["nearest"][0]["nearest"]) == 3


def test_what_cannot_be_found_is_said(run, pairs):
    with pytest.raises(ColumnError, match=r"no column 'words'.*Did you mean 'word'"):
        homodal.retrieve(run.model, pairs, query="words", of="angle")
    with pytest.raises(ColumnError, match="looked for by itself"):
        homodal.retrieve(run.model, pairs, query="word", of="word")
    with pytest.raises(TableError, match="nothing to look for"):
        homodal.retrieve(run.model, {"word": ["one"]}, query="word", of="angle")
    with pytest.raises(TableError, match="has no labels to tell apart"):
        one = {n: cells[:5] for n, cells in pairs.items()} | {"group": ["one"] * 5}
        homodal.retrieve(run.model, one, query="angle", of="word", labels="group")


def test_match_has_no_target_and_two_columns(pairs, tmp_path):
    settings = SMALL | {"head": "match", "columns": {"word": "text"}}
    with pytest.raises(RecipeError, match="has no target: rows are their own answers"):
        homodal.train(pairs, target="group", settings=settings, out=tmp_path / "a")
    with pytest.raises(RecipeError, match="needs two input columns or more"):
        homodal.train(pairs, columns=["word"], settings=settings, out=tmp_path / "b")
    with pytest.raises(RecipeError, match="mixes the columns"):
        mixed = settings | {"fusion": "gated"}
        homodal.train(pairs, columns=["word", "angle"], settings=mixed, out=tmp_path)


def test_whether_two_are_the_same_is_learned_and_scored_by_its_errors(tmp_path):
    rng = np.random.default_rng(2)
    one, other = rng.uniform(-2, 2, (2, ROWS))
    same = np.arange(ROWS) % 2 == 0
    other = np.where(same, one + 0.1 * rng.normal(size=ROWS), other)
    answers = ["yes" if each else "no" for each in same]
    table = {"a": one.tolist(), "b": other.tolist(), "same": answers}
    settings = SMALL | {
        "fusion": "match",
        "columns": {"a": "number", "b": "number"},
        "training.modality_dropout": 0,
        "training.auxiliary_weight": 0,
    }
    run = homodal.train(table, target="same", settings=settings, out=tmp_path / "run")
    scores = run.evaluation.scores
    assert scores["eer"]["value"] < 0.25
    assert scores["roc_auc"]["value"] > 0.85
    with pytest.raises(HomodalError, match="does not place its columns in one space"):
        homodal.retrieve(run.model, table, query="a", of="b")
