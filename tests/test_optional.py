"""A missing package names who needs it and the extra that brings it."""

import json

import pytest

from homodal import optional
from homodal.errors import MissingPackage


def test_an_installed_module_is_returned():
    assert optional.require("json", "a test") is json


def test_a_missing_package_names_caller_and_extra(monkeypatch):
    monkeypatch.setitem(optional.EXTRAS, "no_such_package", "plots")
    with pytest.raises(MissingPackage, match=r"The report needs.*homodal\[plots\]"):
        optional.require("no_such_package.sub", "The report")


def test_a_package_without_an_extra_is_installed_by_its_name():
    with pytest.raises(MissingPackage, match="pip install no_such_package"):
        optional.require("no_such_package", "A test")


def test_an_error_inside_a_package_is_not_hidden(tmp_path, monkeypatch):
    (tmp_path / "halfway.py").write_text("import no_such_package_either")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_package_either"):
        optional.require("halfway", "A test")
