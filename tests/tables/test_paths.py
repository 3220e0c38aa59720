import os

import pytest

from homodal.tables.paths import RealPaths


@pytest.fixture
def tree(tmp_path):
    """`real/deep/a.png`; `real/in.png` leads to it, `out.png` and `far/` outside."""
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    for name in ("real/deep/a.png", "other/b.png"):
        (tmp_path / name).write_text("x")
    (tmp_path / "real" / "in.png").symlink_to("deep/a.png")
    (tmp_path / "real" / "out.png").symlink_to(tmp_path / "other" / "b.png")
    (tmp_path / "real" / "far").symlink_to(tmp_path / "other")
    (tmp_path / "linked").symlink_to("real")
    return tmp_path


NAMES = ["deep/a.png", "in.png", "out.png", "far/b.png", "none.png", "deep/../in.png"]
NAMES += ["deep", "deep/", "..", ".", "far", "../other/b.png", "x" * 300, "é/ü.png"]


@pytest.mark.parametrize("folder", ["real", "linked"])
@pytest.mark.parametrize("name", NAMES)
def test_paths_lead_where_the_system_says(tree, folder, name):
    paths, path = RealPaths(), f"{tree / folder}/{name}"
    for _ in range(2):  # the second time from memory
        assert paths.of(path) == os.path.realpath(path)


@pytest.mark.parametrize("folder", ["real", "linked"])
def test_what_lies_outside_is_told(tree, folder):
    paths, root = RealPaths(), str(tree / folder)
    outside = [name for name in NAMES if not paths.is_inside(f"{root}/{name}", root)]
    assert outside == ["out.png", "far/b.png", "..", "far", "../other/b.png"]
    assert not paths.is_inside(f"{root}-more/a.png", root)
    assert paths.is_inside("/etc/hostname", "/")


def test_a_link_made_later_is_seen(tree):
    paths, root = RealPaths(), tree / "real"
    path = root / "late.png"
    assert paths.is_inside(str(path), str(root))
    path.symlink_to("/etc/hostname")
    assert not paths.is_inside(str(path), str(root))
