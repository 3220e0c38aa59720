"""A folder for each class, or table files anywhere in a folder."""

from pathlib import Path

import pytest

from homodal.errors import TableError
from homodal.tables.class_folders import is_table, partitions, read_class_folders
from homodal.tables.table import Table


@pytest.fixture
def animals(tmp_path):
    for name in ("cat/a.png", "cat/deep/b.png", "dog/c.png", ".git/x", "dog/.DS_Store"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_files_and_their_classes(animals):
    assert read_class_folders(animals).to_pylist() == [
        {"file": "cat/a.png", "label": "cat"},
        {"file": "cat/deep/b.png", "label": "cat"},
        {"file": "dog/c.png", "label": "dog"},
    ]
    table = Table.open(animals)
    assert table.locate(table.cells("file")[0]) == animals / "cat" / "a.png"


def test_what_is_no_such_folder(animals, tmp_path):
    (animals / "readme.txt").write_text("x")
    with pytest.raises(TableError, match=r"is a folder.*files like 'readme.txt'"):
        Table.open(animals)
    (tmp_path / "one" / "cat").mkdir(parents=True)
    (tmp_path / "one" / "cat" / "a.png").write_bytes(b"x")
    with pytest.raises(TableError, match="1 folders with files"):
        Table.open(tmp_path / "one")


def test_names():
    assert is_table(Path("a.csv"), {".csv"}) and is_table(Path("a.CSV.gz"), {".csv"})
    assert not is_table(Path("a.png"), {".csv"}) and not is_table(Path("gz"), {".csv"})
    path = Path("t/year=2024/city=a=b/p.csv")
    assert partitions(path, Path("t")) == {"year": "2024", "city": "a=b"}


def folder_of(tmp_path, names):
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


@pytest.mark.parametrize(
    "names, labels, splits",
    [
        (["train/a/1", "train/b/1", "test/a/1"], "a a b", "test train train"),
        (["Train/cat/1", "VAL/dog/1", "dev/dog/1"], "cat dog dog", "train valid valid"),
        (["a/train/1", "a/test/1", "b/train/1"], "a a b", "test train train"),
        (["x/train/cat/1", "x/test/dog/1"], "dog cat", "test train"),
        (["train/x/cat/1", "test/x/dog/1"], "dog cat", "test train"),
        (["train/cat/1", "train/dog/1"], "cat dog", None),
        (["a/deep/cat/1", "b/deep/dog/1"], "a b", None),
        (["x/cat/1", "x/dog/1"], "cat dog", None),
        (["train/1", "bus/1"], "bus train", None),
        (["0/1", "1/1", "10/1", "1/Thumbs.db", "1/desktop.ini"], "0 1 10", None),
    ],
)  # fmt: skip
def test_splits_above_and_below_the_classes(tmp_path, names, labels, splits):
    table = Table.open(folder_of(tmp_path, names))
    assert table.cells("label") == labels.split()
    assert table.cells("split") == (splits.split() if splits else [None] * len(table))
    assert table.roles == ({"split": "split"} if splits else {})
    assert table.take([0]).roles == table.piece(0, 1).roles == table.roles


def test_splits_without_classes(tmp_path):
    with pytest.raises(
        TableError, match=r"folders test, train, and no classes.*train/"
    ):
        Table.open(folder_of(tmp_path, ["train/1.png", "test/1.png"]))


def test_folders_inside_the_labels_are_said(tmp_path, capsys):
    Table.open(folder_of(tmp_path, ["a/deep/1", "b/deep/1"]))
    assert "labels are the folders 'a', 'b'" in capsys.readouterr().err
    Table.open(folder_of(tmp_path / "other", ["a/1", "b/1"]))
    assert capsys.readouterr().err == ""


def test_links_to_folders_are_not_followed(tmp_path):
    folder_of(tmp_path / "real", ["cat/1", "dog/1"])
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "cat").symlink_to(tmp_path / "real" / "cat")
    with pytest.raises(TableError, match="Links to folders are not followed"):
        Table.open(tmp_path / "links")


def test_a_table_file_beside_the_classes_is_the_table(tmp_path):
    folder_of(tmp_path, ["cat/1.png", "dog/1.png", "test.png"])
    (tmp_path / "labels.csv").write_text("file,label\ncat/1.png,cat\ndog/1.png,dog\n")
    table = Table.open(tmp_path)
    assert table.cells("label") == ["cat", "dog"]
    assert table.locate(table.cells("file")[0]) == tmp_path / "cat" / "1.png"


@pytest.mark.parametrize(
    "names",
    [
        ["train.csv", "valid.csv", "test.csv"],
        ["train/a.csv", "valid/b.csv", "test/c.csv"],
        ["train-00000-of-00001.csv", "validation-0.csv", "test_1.csv"],
    ],
)
def test_table_files_named_like_splits_are_divided_by_them(tmp_path, names):
    for name, cell in zip(names, "abc", strict=True):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"x\n{cell}\n{cell}\n")
    for source in (tmp_path, tmp_path / "**" / "*.csv"):
        table = Table.open(str(source))
        pairs = dict(zip(table.cells("x"), table.cells("split"), strict=True))
        assert pairs == {"a": "train", "b": "valid", "c": "test"}
        assert table.roles == {"split": "split"}


def test_a_test_table_is_not_joined_to_others_in_silence(tmp_path):
    for name in ("test.csv", "more.csv"):
        (tmp_path / name).write_text("x\n1\n")
    with pytest.raises(TableError, match=r"'test.csv' and 'more.csv' would be joined"):
        Table.open(tmp_path)
    assert len(Table.open([tmp_path / "test.csv", tmp_path / "more.csv"])) == 2


def test_a_column_that_is_named_split_already_stays_what_it_is(tmp_path):
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_text("split\nbanana\n")
    table = Table.open(tmp_path)
    assert table.cells("split") == ["banana", "banana"] and table.roles == {}
