"""A folder is whole or not there; damage is named."""

import json

import pytest

from homodal.data import folders
from homodal.errors import BundleError


@pytest.fixture
def folder(tmp_path):
    folders.write(tmp_path / "saved", {"a.bin": b"12345", "b.json": b"{}"})
    return tmp_path / "saved"


def test_there_and_back(folder):
    assert sorted(folders.verify(folder)) == ["a.bin", "b.json"]
    assert (folder / "a.bin").read_bytes() == b"12345"


def test_a_flipped_byte_is_named(folder):
    (folder / "a.bin").write_bytes(b"12945")
    with pytest.raises(BundleError, match=r"damaged: 'a\.bin' is not what was saved"):
        folders.verify(folder)


def test_a_missing_file_a_link_and_a_way_out_are_refused(folder, tmp_path):
    (folder / "a.bin").rename(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match=r"'a\.bin' is missing"):
        folders.verify(folder)
    (folder / "a.bin").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match=r"'a\.bin' is missing"):
        folders.verify(folder)
    manifest = folder / folders.MANIFEST
    manifest.write_text(json.dumps({"sha256": {"../elsewhere": "x"}}))
    with pytest.raises(BundleError, match="missing"):
        folders.verify(folder)


def test_a_manifest_that_cannot_be_read(folder):
    for text in ("", "[]", "{}"):
        (folder / folders.MANIFEST).write_text(text)
        with pytest.raises(BundleError, match="not a complete saved model"):
            folders.verify(folder)


def test_a_failure_leaves_the_old_folder(folder, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "write_synced", full)
    with pytest.raises(OSError, match="No space"):
        folders.write(folder, {"a.bin": b"new"})
    assert sorted(folders.verify(folder)) == ["a.bin", "b.json"]
    assert [p.name for p in folder.parent.iterdir()] == ["saved"]


def test_a_new_one_replaces_the_old(folder):
    folders.write(folder, {"c.bin": b"new"})
    assert folders.verify(folder) == ["c.bin"]
    assert [p.name for p in folder.parent.iterdir()] == ["saved"]
