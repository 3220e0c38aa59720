"""`evaluate` and `explain` are tested with the other commands in tests/test_cli.py."""

import json
import shutil

import pytest

from homodal.commands import evaluating
from homodal.errors import BundleError, TableError


@pytest.fixture
def table(seen, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    folder, columns = seen
    parquet.write_table(pa.table(columns), tmp_path / "t.parquet")
    return str(tmp_path / "t.parquet"), folder


def test_a_report_is_written_into_the_run(trained, table, tmp_path, capsys):
    path, folder = table
    run = shutil.copytree(trained.folder, tmp_path / "run")
    evaluating.report(str(run), path, folder)
    said = capsys.readouterr().out
    for name in ("report.html", "model_card.md", "report.json"):
        assert (run / name).is_file()
        assert name in said


def test_rows_that_are_asked_for_are_shown(trained, table, tmp_path):
    path, folder = table
    run = trained.folder
    evaluating.report(str(run), path, folder, out=tmp_path, row=[3, 8])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    part = page[page.index(">Rows asked for</h2>") : page.index(">What to try</h2>")]
    assert "row 3: " in part and "row 8: " in part
    assert "spoke for the answer" in part and ">logit</th>" in part
    with pytest.raises(TableError, match="Row 99 cannot be shown"):
        evaluating.report(str(run), path, folder, out=tmp_path, row=[99])


def test_a_bundle_is_left_as_it_was_sealed(trained, table, tmp_path):
    path, folder = table
    bundle = shutil.copytree(trained.folder / "bundle", tmp_path / "bundle")
    before = sorted(each.name for each in bundle.iterdir())
    with pytest.raises(BundleError, match=r"is no run.*--out FOLDER"):
        evaluating.report(str(bundle), path, folder)
    assert sorted(each.name for each in bundle.iterdir()) == before
    evaluating.report(str(bundle), path, folder, out=tmp_path)
    assert (tmp_path / "report.html").is_file()


def test_runs_are_compared_on_the_same_rows(trained, table, tmp_path, capsys):
    """A copy of a model is not better than it, and one model is no comparison."""
    path, folder = table
    copy = str(shutil.copytree(trained.folder, tmp_path / "copy"))
    run = str(trained.folder)
    evaluating.evaluate([run, copy], path, folder, json_file=tmp_path / "c.json")
    assert "cannot be told apart on these 24 rows" in " ".join(
        capsys.readouterr().out.split()
    )
    saved = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    (pair,) = saved["pairs"]
    assert {pair["better"], pair["worse"]} == {run, copy}
    assert pair["p"] == 1 and not pair["differ"]
    with pytest.raises(TableError, match="There is nothing to compare"):
        evaluating.evaluate([run, run], path, folder)
