"""A table that is read while Keras is imported: the same session, the same errors."""

import subprocess
import sys

import pytest

import homodal
from homodal.commands.ahead import session_ahead
from homodal.demo import data_folder
from homodal.errors import ColumnError, TableError, TrainingError

TABLE = data_folder() / "train.csv"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HOMODAL_CACHE", str(tmp_path / "cache"))


def test_reading_a_table_loads_neither_keras_nor_a_backend(tmp_path):
    program = (
        "import sys, homodal.commands.ahead as ahead\n"
        "from homodal.training.session import open_session\n"
        "from homodal.recipe import Recipe\n"
        "from homodal.tables.table import Table\n"
        "recipe = Recipe(target='label')\n"
        f"open_session(Table.open({str(TABLE)!r}), recipe, only=['word', 'picture'])\n"
        "print({'keras', 'tensorflow', 'jax', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.stdout == "set()\n", done.stderr


def test_training_goes_on_with_what_was_opened(tmp_path):
    asked = {
        "target": "label",
        "columns": ["word", "ink"],
        "settings": {"training.epochs": 1, "encoder": "{name: cnn, width: 8}"},
        "out": tmp_path / "run",
    }
    session = session_ahead(TABLE, **asked)
    assert [c.name for c in session.preparation.columns] == ["word", "ink"]
    run = homodal.train(TABLE, **asked, session=session)
    assert run.model.preparation is session.preparation
    again = homodal.train(TABLE, **asked | {"out": tmp_path / "again"})
    assert run.evaluation == again.evaluation
    assert (run.folder / "split.csv").read_text() == (
        again.folder / "split.csv"
    ).read_text()


def test_errors_are_those_of_training(tmp_path):
    with pytest.raises(TableError, match="nowhere"):
        session_ahead(tmp_path / "nowhere.csv", target="label")
    with pytest.raises(ColumnError, match="lable"):
        session_ahead(TABLE, target="lable")
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="already holds"):
        session_ahead(TABLE, target="label", out=tmp_path)
