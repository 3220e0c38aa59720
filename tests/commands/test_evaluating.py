"""`evaluate` and `explain` are tested with the other commands in tests/test_cli.py."""

import shutil

import pytest

from homodal.commands import evaluating
from homodal.errors import BundleError


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


def test_a_bundle_is_left_as_it_was_sealed(trained, table, tmp_path):
    path, folder = table
    bundle = shutil.copytree(trained.folder / "bundle", tmp_path / "bundle")
    before = sorted(each.name for each in bundle.iterdir())
    with pytest.raises(BundleError, match=r"is no run.*--out FOLDER"):
        evaluating.report(str(bundle), path, folder)
    assert sorted(each.name for each in bundle.iterdir()) == before
    evaluating.report(str(bundle), path, folder, tmp_path)
    assert (tmp_path / "report.html").is_file()
