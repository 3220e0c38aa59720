"""Files of packages are found without running the packages."""

from homodal.pretrained.packages import files_of


def test_files_are_found_and_nothing_is_imported(tmp_path, monkeypatch):
    package = tmp_path / "brings_files"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('was run')\n")
    for name in ("b.pth", "a.pth", "c.txt"):
        (package / "models" / name).write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    found = files_of("brings_files", "models/*.pth")
    assert [path.name for path in found] == ["a.pth", "b.pth"]


def test_a_package_that_is_not_there_has_none(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "only_a_module.py").write_text("")
    assert files_of("no_such_package_at_all", "*") == []
    assert files_of("only_a_module", "*") == []
