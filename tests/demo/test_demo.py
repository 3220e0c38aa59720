"""The shipped demo data: small, complete, readable, with gaps, and honestly split."""

import csv
import hashlib

import av
import pytest
import soundfile
from PIL import Image

from homodal.demo import copy_to, data_folder

DATA = data_folder()
MEDIA = ("picture", "speech", "film")
GAPPY = (*MEDIA, "word")
DIGITS = "zero one two three four five six seven eight nine".split()


def rows_of(split):
    with (DATA / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLES = {split: rows_of(split) for split in ("train", "test")}
EVERY_ROW = TABLES["train"] + TABLES["test"]


def files_of(column, rows=EVERY_ROW):
    return [DATA / row[column] for row in rows if row[column]]


def test_is_small():
    assert sum(p.stat().st_size for p in DATA.rglob("*") if p.is_file()) < 3_000_000


def test_row_counts_and_columns():
    assert [len(TABLES["train"]), len(TABLES["test"])] == [420, 140]
    columns = ["picture", "speech", "word", "film", "ink", "language", "label"]
    assert list(EVERY_ROW[0]) == columns


def test_every_file_is_named_once_and_every_name_is_a_file():
    named = sorted(path for column in MEDIA for path in files_of(column))
    shipped = sorted(p for c in MEDIA for p in (DATA / c).iterdir())
    assert named == shipped


def test_pictures_open():
    for path in files_of("picture"):
        with Image.open(path) as picture:
            assert picture.size == (24, 24)
            low, high = picture.getextrema()
            assert high - low > 50, path


def test_speech_opens_and_is_not_silent():
    for path in files_of("speech"):
        samples, rate = soundfile.read(path)
        assert rate == 8000 and samples.ndim == 1
        assert 0.1 < len(samples) / rate < 1.5, path
        assert samples.std() > 0.01, path


def test_films_open_and_move():
    sounding = 0
    for path in files_of("film"):
        with av.open(str(path)) as film:
            sounding += bool(film.streams.audio)
            frames = [f.to_ndarray(format="gray") for f in film.decode(video=0)]
        assert len(frames) == 12 and frames[0].shape == (32, 32), path
        assert abs(frames[1].astype(int) - frames[9]).max() > 60, path
    assert 0 < sounding < len(files_of("film"))


@pytest.mark.parametrize("split", TABLES)
@pytest.mark.parametrize("column", GAPPY)
def test_gaps_in_every_column(split, column):
    absent = sum(not row[column] for row in TABLES[split]) / len(TABLES[split])
    assert 0.25 <= absent <= 0.5


@pytest.mark.parametrize("split", TABLES)
def test_no_row_is_without_evidence(split):
    assert all(any(row[column] for column in GAPPY) for row in TABLES[split])


@pytest.mark.parametrize("split", TABLES)
def test_some_ink_is_absent_and_the_rest_are_shares(split):
    inks = [row["ink"] for row in TABLES[split]]
    assert 0.05 < inks.count("") / len(inks) < 0.15
    assert all(0 < float(ink) < 1 for ink in inks if ink)


@pytest.mark.parametrize("split", TABLES)
def test_every_class_and_language(split):
    assert {row["label"] for row in TABLES[split]} == set(DIGITS)
    assert {row["language"] for row in TABLES[split]} == {"en", "de", "fr", "es", "zh"}


@pytest.mark.parametrize("column", MEDIA)
def test_train_and_test_share_no_media(column):
    sums = [
        {hashlib.sha256(p.read_bytes()).digest() for p in files_of(column, rows)}
        for rows in TABLES.values()
    ]
    assert sums[0].isdisjoint(sums[1])
    assert sum(map(len, sums)) == len(files_of(column))


def test_source_names_origins_and_licences():
    text = (DATA / "SOURCE.md").read_text(encoding="utf-8")
    for name in ("Alpaydin", "Kaynak", "CC BY 4.0", "espeak-ng", "scikit-learn"):
        assert name in text


def test_copy_to_copies_into_a_new_and_an_empty_folder(tmp_path):
    new, empty = tmp_path / "deep" / "new", tmp_path / "empty"
    empty.mkdir()
    for target in (str(new), empty):
        copied = copy_to(target)
        for path in DATA.rglob("*"):
            if path.is_file():
                twin = copied / path.relative_to(DATA)
                assert twin.read_bytes() == path.read_bytes()


def test_copy_to_refuses_what_is_not_empty(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    for target in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(FileExistsError, match="not an empty folder"):
            copy_to(target)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert (tmp_path / "mine.txt").read_text() == "precious"
