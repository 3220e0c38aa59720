import os

import pytest

from homodal.commands import options
from homodal.commands.options import check_folder
from homodal.errors import RecipeError, TableError
from homodal.tables.addresses import ALLOW_REMOTE


def test_a_file_in_no_folder_is_refused_before_the_work(tmp_path):
    check_folder(None)
    check_folder(tmp_path / "a.json")
    with pytest.raises(TableError, match=r"no folder .*nowhere' for 'a\.json'"):
        check_folder(tmp_path / "nowhere" / "a.json")


def test_names_and_settings():
    assert options.names_of("a, b") == ["a", "b"]
    assert options.names_of(None) is None
    assert options.settings_of(["a.b=1=2", "c="]) == {"a.b": "1=2", "c": ""}
    assert options.settings_of(None) == {}
    assert options.varied_of(["x=1,2"]) == {"x": ["1", "2"]}
    with pytest.raises(RecipeError, match=r"--set a says no value.*KEY=VALUE"):
        options.settings_of(["a"])


def test_shares():
    assert options.shares_of("0.25, 0.5") == [0.25, 0.5]
    assert options.shares_of(None) == []
    for text in ("1.5", "half"):
        with pytest.raises(RecipeError, match="--removed is wrong"):
            options.shares_of(text)


def test_addresses_are_opened_only_if_somebody_says_so(monkeypatch):
    monkeypatch.setenv(ALLOW_REMOTE, "0")
    options._allow_remote(False)
    assert os.environ[ALLOW_REMOTE] == "0"
    options._allow_remote(True)
    assert os.environ[ALLOW_REMOTE] == "1"
