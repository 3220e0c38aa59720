import os

import pytest

from homodal.commands.options import check_folder, quieten
from homodal.errors import TableError


def test_a_file_in_no_folder_is_refused_before_the_work(tmp_path):
    check_folder(None)
    check_folder(tmp_path / "a.json")
    with pytest.raises(TableError, match=r"no folder .*nowhere' for 'a\.json'"):
        check_folder(tmp_path / "nowhere" / "a.json")


def test_the_users_own_choice_stays(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    quieten()
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
