"""Progress is silent when nobody watches and loses no item when somebody does."""

import sys

from homodal import progress


def test_quiet_when_not_a_terminal(capsys):
    assert list(progress.track(iter("abc"), "Reading", 3)) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_every_item_comes_through_a_bar(monkeypatch):
    monkeypatch.setattr(progress, "_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(progress.track(range(5), "Reading [red]", 5)) == [0, 1, 2, 3, 4]
