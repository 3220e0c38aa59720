"""The demo builder: the same seed gives the same tables, and its errors are clear."""

import csv
import shutil
import sys

import numpy as np
import pytest

from homodal.demo import drawing, make, speech, words
from homodal.errors import MissingPackage

SMALL = {"train_rows": 20, "test_rows": 10}

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="the program espeak-ng is not installed"
)


@pytest.fixture
def needs_digits():
    pytest.importorskip("sklearn", reason="scikit-learn holds the handwritten digits")


def contents(folder, *suffixes):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix in suffixes
    }


@needs_espeak
def test_one_seed_gives_the_same_tables_twice(tmp_path, needs_digits):
    first = make.make(tmp_path / "first", **SMALL, seed=3)
    again = make.make(tmp_path / "again", **SMALL, seed=3)
    # Video encoders promise no equal bytes, so only the names of films are compared.
    exact = (".csv", ".png", ".flac")
    assert contents(first, *exact) == contents(again, *exact)
    films = (".mp4", ".webm")
    assert contents(first, *films).keys() == contents(again, *films).keys()
    other = make.make(tmp_path / "other", **SMALL, seed=4)
    assert contents(first, ".csv") != contents(other, ".csv")


@needs_espeak
def test_rows_and_files_of_a_small_build(tmp_path, needs_digits, capsys):
    out = tmp_path / "out"
    order = [str(out), "--train-rows", "20", "--test-rows", "10", "--seed", "5"]
    assert make.main(order) == 0
    for split, count in (("train", 20), ("test", 10)):
        with (out / f"{split}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == count
        assert {row["label"] for row in rows} == set(words.LABELS)
        for row in rows:
            assert any(row[c] for c in ("picture", "speech", "word", "film"))
            for column in ("picture", "speech", "film"):
                assert not row[column] or (out / row[column]).is_file()
    assert make.main(order) == 1
    assert "not an empty folder" in capsys.readouterr().err


def test_missing_espeak_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(MissingPackage, match=r"espeak-ng.*Install"):
        make.make(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_missing_scikit_learn_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make, "find_espeak", lambda: "espeak-ng")
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert make.main([str(tmp_path / "out")]) == 1
    assert "sklearn" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_no_speaker_is_in_both_tables():
    train, test = speech.speakers("train"), speech.speakers("test")
    assert test and set(train).isdisjoint(test)


def test_no_sample_is_in_both_tables(needs_digits):
    samples = make.digit_samples()
    assert all(len(images) > 30 for s in samples.values() for images in s)
    assert make.SAMPLES["train"].stop < make.SAMPLES["test"].start


def test_shares_are_dealt_exactly():
    dealt = make.dealt("ab", [3, 1], 40, np.random.default_rng(0))
    assert dealt.count("a") == 30 and dealt.count("b") == 10


@pytest.mark.parametrize("language", words.WORDS)
def test_phrases_are_short_and_never_empty(language):
    rng = np.random.default_rng(0)
    phrases = {words.phrase(d, language, rng) for d in range(10) for _ in range(50)}
    assert len(phrases) > 40
    assert all(0 < len(text) < 30 for text in phrases)


def test_a_stroke_visits_every_inked_cell_once():
    ink = np.zeros((8, 8))
    ink[1:7, 3] = ink[6, 3:6] = 1
    order = drawing.stroke(ink)
    assert order[0] == (1, 3) and order[-1] == (6, 5)
    assert len(order) == len(set(order)) == 8


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_the_same_frames_give_the_same_film(tmp_path, suffix):
    frames = drawing.film_frames(np.eye(8), np.random.default_rng(0))
    sound = np.sin(np.arange(4000) / 4) / 2
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        drawing.save_film(frames, path, sound)
    assert paths[0].read_bytes() == paths[1].read_bytes()
