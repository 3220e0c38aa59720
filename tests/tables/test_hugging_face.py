"""Datasets of Hugging Face: media undecoded, classes by their names."""

import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from homodal.errors import TableError
from homodal.tables.hugging_face import features_of, is_dataset, root_of_dataset
from homodal.tables.samples import Samples
from homodal.tables.table import Table

datasets = pytest.importorskip("datasets")

FEATURES = {
    "y": datasets.ClassLabel(names=["cat", "dog"]),
    "tags": datasets.Sequence(datasets.ClassLabel(names=["O", "B-X"])),
    "deep": [[datasets.ClassLabel(names=["a", "b"])]],
    "n": datasets.Value("int64"),
}
COLUMNS = {
    "y": [1, -1, 0],
    "tags": [[0, 1], [1], []],
    "deep": [[[0], [1]], [[]], []],
    "n": [1, 0, 1],
}
NAMED = {
    "y": ["dog", None, "cat"],
    "tags": [["O", "B-X"], ["B-X"], None],
    "deep": [[["a"], ["b"]], [[]], None],
    "n": [1, 0, 1],
}


@pytest.fixture
def dataset():
    return datasets.Dataset.from_dict(COLUMNS, datasets.Features(FEATURES))


@pytest.fixture
def pictures(tmp_path):
    """A folder of pictures for each class, as `imagefolder` reads them."""
    for name in ("cat/0.png", "dog/1.png"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True)
        Image.new("RGB", (4, 3), "red").save(path)
    return tmp_path / "data"


def cells(source):
    table = Table.open(source)
    return {name: table.cells(name) for name in table.columns}


def test_classes_are_their_names(dataset, tmp_path):
    assert cells(dataset) == NAMED
    assert cells(dataset.select([2, 0])) == {k: [v[2], v[0]] for k, v in NAMED.items()}
    assert cells(dataset.to_iterable_dataset()) == NAMED
    assert cells(datasets.DatasetDict({"train": dataset})) == NAMED
    dataset.to_parquet(str(tmp_path / "t.parquet"))
    assert cells(tmp_path / "t.parquet") == NAMED
    dataset.save_to_disk(str(tmp_path / "saved"))
    assert cells(tmp_path / "saved") == NAMED


def test_several_splits_are_one_sentence(dataset):
    splits = datasets.DatasetDict({"train": dataset, "test": dataset})
    message = r'dictionary of datasets.*train, test.*dataset\["train"\]'
    with pytest.raises(TableError, match=message):
        Table.open(splits)


@pytest.mark.parametrize("streaming", [False, True])
def test_a_folder_of_pictures(pictures, tmp_path, streaming):
    dataset = datasets.load_dataset(
        "imagefolder",
        data_dir=str(pictures),
        split="train",
        streaming=streaming,
        cache_dir=str(tmp_path / "cache"),
    )
    table = Table.open(dataset)
    assert table.cells("label") == ["cat", "dog"]
    paths = [table.locate(cell) for cell in table.cells("image")]
    assert [path.name for path in paths] == ["0.png", "1.png"]
    assert all(path.is_file() for path in paths)
    assert table.root == pictures


def test_sounds_by_path_and_as_bytes(tmp_path):
    file = io.BytesIO()
    soundfile.write(file, np.zeros(10), 8000, format="WAV")
    (tmp_path / "a.wav").write_bytes(file.getvalue())
    given = [
        {"bytes": None, "path": str(tmp_path / "a.wav")},
        {"bytes": file.getvalue(), "path": None},
        None,
    ]
    dataset = datasets.Dataset.from_dict({"x": given})
    for decode in (False, True):
        dataset = dataset.cast_column("x", datasets.Audio(decode=decode))
        table = Table.open(dataset)
        path, content, gap = map(table.locate, table.cells("x"))
        assert path == tmp_path / "a.wav" and gap is None
        assert content == file.getvalue()


def test_pictures_and_arrays_in_memory():
    pixels = np.zeros((4, 3, 3), np.uint8)
    dataset = datasets.Dataset.from_dict(
        {"x": [Image.fromarray(pixels)], "v": [[0.5, 1.5]], "a": [pixels.tolist()]},
        datasets.Features(
            {
                "x": datasets.Image(),
                "v": datasets.Sequence(datasets.Value("float32")),
                "a": datasets.Array3D((4, 3, 3), "uint8"),
            }
        ),
    )
    found = cells(dataset)
    assert found["x"][0].startswith(b"\x89PNG")
    assert found["a"][0].shape == (4, 3, 3) and found["a"][0].dtype == np.uint8
    assert list(found["v"][0]) == [0.5, 1.5]


def test_decoded_sounds_as_rows():
    row = {"x": {"path": None, "array": np.zeros(4, np.float32), "sampling_rate": 8000}}
    (sound,) = cells([row])["x"]
    assert isinstance(sound, Samples) and sound.rate_hz == 8000


def test_what_is_none(dataset):
    assert is_dataset(dataset) and not is_dataset({"a": [1]})
    assert root_of_dataset(dataset) is None
    table = Table.open({"a": [1]}).arrow
    assert features_of(table.schema) == {}
    odd = table.replace_schema_metadata({"huggingface": "not JSON"})
    assert features_of(odd.schema) == {}
