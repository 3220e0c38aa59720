"""The whole check: what a person gets, and what a program reads."""

import json
import subprocess
import sys

import pytest

from homodal.checks.check import check
from homodal.errors import ColumnError, TableError


def test_the_worst_comes_first(checked):
    order = [finding.severity for finding in checked.findings]
    assert order == sorted(order, key=["error", "warning", "note"].index)
    assert checked.worst == "error" and checked.rows == 40


def test_a_clean_table_has_no_findings():
    words = "sun moon sea tree stone bird fish cloud river field".split()
    texts = [f"{a} {b} {c}" for a in words for b in words[:4] for c in words[5:7]]
    found = check({"text": texts})
    assert found.findings == () and found.worst is None
    assert found.to_dict()["classes"] is None


def test_as_json(checked, tmp_path):
    checked.to_json(tmp_path / "check.json")
    found = json.loads((tmp_path / "check.json").read_text(encoding="utf-8"))
    assert found["rows"] == 40 and found["classes"] == {"cat": 19, "dog": 20}
    picture = found["columns"]["picture"]
    assert picture["cells"] == {"ok": 37, "absent": 0, "bad": 3, "repaired": 0}
    assert sum(picture["reasons"].values()) == 3 and picture["repeated"] == 1
    assert picture["figures"]["height_px"] == {
        "lowest": 32.0,
        "median": 32.0,
        "highest": 40.0,
    }
    assert found["columns"]["text"]["figures"]["language"]["different"] >= 1
    assert found["columns"]["code"]["role"] == "ignored"
    assert found["columns"]["label"]["role"] == "target"
    assert all(
        finding["count"] == len(finding["rows"]) for finding in found["findings"]
    )


def test_a_target_that_cannot_be_learned_is_checked_all_the_same():
    found = check({"x": [1.5, 2.5, 9.0] * 4, "y": [None] * 12}, target="y")
    assert {f.kind for f in found.findings} >= {"no-answer", "one-class"}


def test_what_cannot_be_checked_is_said(tmp_path):
    with pytest.raises(ColumnError, match=r"no column 'labl'.*Did you mean 'label'"):
        check({"label": ["a"]}, target="labl")
    with pytest.raises(TableError, match="no rows"):
        check({"label": []})
    with pytest.raises(TableError, match="There is no file"):
        check(tmp_path / "gone.csv")


def test_from_the_command_line_and_without_keras(tmp_path):
    lines = [
        f"{word},{'ab'[i % 2]}"
        for i, word in enumerate("one two three four".split() * 5)
    ]
    (tmp_path / "t.csv").write_text("\n".join(["word,label", *lines]), encoding="utf-8")
    code = (
        "import sys; from homodal.cli import main\n"
        "sys.argv = ['homodal', 'check', 't.csv', '--target', 'label',\n"
        "  '--set', 'columns.word=text', '--json', 'c.json', '--html', 'c.html']\n"
        "try: main()\nexcept SystemExit as end: print('CODE', end.code)\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert "CODE 0" in done.stdout, done.stderr
    loaded = done.stdout.partition("LOADED")[2].split()
    assert not {"keras", "tensorflow", "jax", "torch"} & set(loaded)
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["rows"] == 20
    assert "<h1>Check of t.csv</h1>" in (tmp_path / "c.html").read_text("utf-8")
    assert "16 of 20 (80 %) cells repeat" in " ".join(done.stdout.split())
