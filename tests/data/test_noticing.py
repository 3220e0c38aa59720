"""Each rule on its own, and just beside what it names."""

import pytest

from homodal.data.noticing import (
    constant,
    copies,
    identifies,
    no_input,
    numbers_rows,
    refuse_missing,
)
from homodal.data.schema import Column
from homodal.errors import ColumnError
from homodal.tables.table import Table


def test_constant():
    assert constant(["a", "a"])
    assert not constant(["a"])
    assert not constant(["a", "b"])
    assert not constant([b"a", b"a"])


def test_identifies():
    assert identifies(["a1", "a2", "a3", "a4", "a5"])
    assert not identifies(["a1", "a2", "a3", "a4", "a4"])
    assert not identifies(["a 1", "a 2", "a 3", "a 4", "a 5"])
    assert not identifies(["a1", "a2"])


def test_numbers_rows():
    assert numbers_rows([str(number) for number in range(39, 19, -1)])
    assert not numbers_rows([*range(19), 20])
    assert not numbers_rows([*range(20), 3])
    assert not numbers_rows([number + 0.5 for number in range(19)])


def test_copies():
    answers = ["x", "y"] * 12
    assert copies(["1", "2"] * 12, answers)
    assert not copies(["1", "2"] * 11 + ["2", "2"], answers)
    assert not copies(["1", "2", "3", "2"] * 6, answers)
    assert not copies(["1", "2"] * 5, answers[:10])
    assert copies([None, "2", "1", "2"] * 6 + ["1", "2"], [*answers, "x", "y"])


def test_a_constant_with_gaps_may_tell_something():
    table = Table.open({"flag": ["yes", None] * 12, "label": list("ab") * 12})
    assert no_input(table, Column("flag", "input", "category"), "label") is None


@pytest.mark.parametrize(("bad", "refused"), [(5, False), (6, True)])
def test_most_paths_must_lead_to_files(tmp_path, bad, refused):
    (tmp_path / "a.png").write_bytes(b"x")
    cells = ["a.png"] * (10 - bad) + ["b.png"] * bad
    table = Table.open({"face": cells}, tmp_path)
    if refused:
        with pytest.raises(ColumnError, match="6 of 10 paths"):
            refuse_missing(table, "face", cells, media=False)
    else:
        refuse_missing(table, "face", cells, media=False)


def test_addresses_and_prose_are_no_paths(tmp_path):
    table = Table.open({"face": ["x"]}, tmp_path)
    refuse_missing(table, "face", ["https://a.example/b.png"] * 10, media=True)
    refuse_missing(table, "face", ["a sentence of words"] * 10, media=False)
