"""A run's folder: new or resumed, by one process at a time."""

import json
import os
import subprocess
import sys

import keras
import pytest

from homodal import api
from homodal.errors import RecipeError, TrainingError
from homodal.tables.table import Table
from homodal.training import runs

START = runs.Start(
    table="t.csv",
    valid=None,
    media_root=None,
    columns=["a"],
    allow_bad=False,
    fingerprint="f",
    backend=keras.backend.backend(),
    jit=True,
)


@pytest.fixture
def folder(tmp_path, fed):
    """A run that was begun and did nothing."""
    session = fed(["size"]).session
    with runs.claimed(tmp_path / "run") as folder:
        runs.save_start(folder, START, session.recipe, session.preparation)
    return folder


def test_a_run_comes_back(folder, fed):
    session = fed(["size"]).session
    start, recipe, preparation = runs.load_start(folder)
    assert start == START
    assert recipe == session.recipe
    assert preparation == session.preparation


def test_a_run_is_not_begun_twice(folder):
    with pytest.raises(TrainingError, match=r"already holds a run.*--resume"):
        with runs.claimed(folder):
            pass
    assert (folder / runs.FILE).is_file()


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(TrainingError, match=r"already holds something else.*--out"):
        with runs.claimed(tmp_path):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_nothing_is_left_of_a_run_that_was_not_begun(tmp_path):
    with pytest.raises(ZeroDivisionError), runs.claimed(tmp_path / "a" / "run"):
        raise ZeroDivisionError
    assert not (tmp_path / "a" / "run").exists()


def test_what_was_written_stays(tmp_path):
    with pytest.raises(ZeroDivisionError), runs.claimed(tmp_path / "run") as folder:
        (folder / "journal.jsonl").write_text("")
        raise ZeroDivisionError
    assert (folder / "journal.jsonl").exists()


def test_a_second_run_into_the_folder_is_refused(tmp_path):
    with runs.claimed(tmp_path / "run") as folder:
        with pytest.raises(TrainingError, match="Another process is training in"):
            with runs.claimed(folder):
                pass
        with pytest.raises(TrainingError, match="Another process"), runs.held(folder):
            pass
    with runs.held(folder):
        pass


def test_a_killed_process_holds_nothing(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from homodal.training import runs\n"
    )
    code += "with runs.held(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True)
    assert done.returncode == -9, done.stderr
    with runs.held(tmp_path):
        pass


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot be made: Not a directory"):
        with runs.claimed(tmp_path / "file" / "run"):
            pass


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_is_read_only(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(TrainingError, match="cannot be"):
        with runs.claimed(tmp_path / "run"):
            pass
    with pytest.raises(TrainingError, match="cannot be written"):
        with runs.claimed(tmp_path):
            pass


def test_there_is_no_run(tmp_path):
    with pytest.raises(TrainingError, match="holds no run to resume"):
        runs.load_start(tmp_path)


@pytest.mark.parametrize("name", ["run.json", "recipe.yaml", "preparation.json"])
@pytest.mark.parametrize("text", ["", "{", '{"odd": 1}', "[1]"])
def test_a_damaged_run_is_one_line(folder, name, text):
    (folder / name).write_text(text)
    if (name, text) == ("recipe.yaml", ""):
        pytest.skip("an empty recipe is one of defaults")
    with pytest.raises((TrainingError, RecipeError), match=r"damaged|recipe"):
        runs.load_start(folder)


def test_another_backend_is_named(folder):
    start = json.loads((folder / runs.FILE).read_text()) | {"backend": "abacus"}
    (folder / runs.FILE).write_text(json.dumps(start))
    with pytest.raises(TrainingError, match=r"begun on abacus.*KERAS_BACKEND=abacus"):
        runs.load_start(folder)


def test_a_table_in_memory_is_given_again(table, settings, tmp_path, signal_at):
    given = valid = Table.open(table).arrow
    signal_at(epoch=0, batch=1)
    options = {"settings": settings(), "columns": ["size"], "media_root": table.parent}
    run = api.train(given, valid=valid[:20], out=tmp_path / "run", **options)
    assert not run.finished
    with pytest.raises(TrainingError, match=r"in memory.*homodal\.resume\(folder"):
        api.resume(run.folder)
    with pytest.raises(TrainingError, match="in memory"):
        api.resume(run.folder, given)
    with pytest.raises(TrainingError, match="is not the table that"):
        api.resume(run.folder, given, valid[:19])
    with pytest.raises(TrainingError, match="is not the table that"):
        api.resume(run.folder, given[:-1], valid[:20])
    assert api.resume(run.folder, given, valid[:20]).finished


def test_a_run_begun_by_an_older_version_is_not_resumed_on_trust(folder):
    start = json.loads((folder / runs.FILE).read_text()) | {"fingerprint": "0" * 64}
    (folder / runs.FILE).write_text(json.dumps(start))
    with pytest.raises(TrainingError, match=r"begun by an older homodal.*a new one"):
        api.resume(folder, {"a": [1]})
