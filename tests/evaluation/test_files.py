import pytest

from homodal.evaluation.files import replace


def test_the_content_is_replaced(tmp_path):
    replace(tmp_path / "a", b"1")
    replace(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"2"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_nothing_stays_behind_a_failure(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):
        replace(tmp_path / "a", b"1")
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
