"""Tensors of old PyTorch files are read, and nothing else in them is run."""

import pickle
import subprocess

import numpy as np
import pytest

from homodal.errors import BundleError
from homodal.pretrained.torch_file import read_tensors


@pytest.fixture
def tensors():
    rng = np.random.default_rng(0)
    return {
        "kernel": rng.normal(size=(2, 3, 1, 2)).astype(np.float32),
        "half": rng.normal(size=5).astype(np.float16),
        "count": np.array(7, np.int64),
    }


def test_tensors_are_what_was_written(tmp_path, tensors, pretrained_files):
    path = tmp_path / "some.pth"
    pretrained_files.write_torch_file(path, tensors)
    found = read_tensors(path)
    assert found.keys() == tensors.keys()
    for name, array in tensors.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_a_function_that_a_file_names_is_not_called(tmp_path, pretrained_files):
    marker = tmp_path / "run"

    class Evil:
        def __reduce__(self):
            return subprocess.call, (["touch", str(marker)],)

    path = tmp_path / "evil.pth"
    pretrained_files.write_torch_file(path, {}, extra={"evil": Evil()})
    with pytest.raises(BundleError, match=r"it names \w+\.call"):
        read_tensors(path)
    assert not marker.exists()


@pytest.mark.parametrize("kept", [0, 3, 40, -1, -9])
def test_a_file_that_was_cut_is_refused(tmp_path, tensors, kept, pretrained_files):
    path = tmp_path / "some.pth"
    pretrained_files.write_torch_file(path, tensors)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BundleError, match=r"some\.pth"):
        read_tensors(path)


def test_another_pickle_is_refused(tmp_path):
    path = tmp_path / "other.pth"
    path.write_bytes(pickle.dumps({"a": 1}, protocol=2))
    with pytest.raises(BundleError, match="begins otherwise"):
        read_tensors(path)


def test_a_tensor_beyond_its_storage_is_refused(tmp_path, pretrained_files):
    path = tmp_path / "short.pth"
    pretrained_files.write_torch_file(path, {"a": np.zeros((6, 2), np.float32)})
    content = path.read_bytes()
    assert read_tensors(path)["a"].shape == (6, 2)
    shape, strides = b"K\x06K\x02", b"K\x02K\x01"
    assert content.count(shape) == content.count(strides) == 1
    path.write_bytes(content.replace(shape, b"K\x60K\x02"))
    with pytest.raises(BundleError, match="larger than its storage"):
        read_tensors(path)
    path.write_bytes(content.replace(strides, b"K\x63K\x00"))
    with pytest.raises(BundleError, match="larger than its storage"):
        read_tensors(path)
    negative = b"K\x63J\x9d\xff\xff\xff"  # 99 and -99, which add up to nothing
    path.write_bytes(content.replace(strides, negative))
    with pytest.raises(BundleError, match="odd shape"):
        read_tensors(path)


def test_a_storage_beyond_the_file_is_refused(tmp_path, pretrained_files):
    path = tmp_path / "forged.pth"
    pretrained_files.write_torch_file(path, {"a": np.zeros(3, np.float32)})
    content = path.read_bytes()
    path.write_bytes(content[:-20] + b"\xff" * 8 + content[-12:])
    with pytest.raises(BundleError, match="ends too early"):
        read_tensors(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BundleError, match=r"none\.pth cannot be read"):
        read_tensors(tmp_path / "none.pth")
