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
