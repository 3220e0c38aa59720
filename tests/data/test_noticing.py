"""Each rule on its own, and just beside what it names."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homodal.data.noticing import (
    constant,
    copies,
    identifies,
    no_input,
    numbers_rows,
    refuse_missing,
    refuse_unreadable,
)
from homodal.data.recognition import input_column
from homodal.data.schema import Column
from homodal.errors import ColumnError
from homodal.media.names import name_or_cell
from homodal.tables.table import Table


def test_constant():
    assert constant(["a", "a"])
    assert not constant(["a"])
    assert not constant(["a", "b"])
    assert not constant([b"a", b"a"])
    assert constant([date(2024, 5, 31)] * 3)


def test_arrays_are_constants_and_copies_by_their_content():
    rows = [np.ones(3), np.arange(3.0)] * 12
    table = Table.open(
        {"same": [[1.0, 2.0]] * 24, "copy": rows, "label": ["a", "b"] * 12}
    )
    same, copy = (Column(name, "input", "vector") for name in ("same", "copy"))
    assert no_input(table, same, "label").startswith("constant: every cell is")
    assert no_input(table, copy, "label").startswith("a copy of the target 'label'")
    other = Table.open({"copy": rows, "label": ["a"] * 3 + ["b"] * 21})
    assert no_input(other, copy, "label") is None


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
    assert copies(["x", " y", "x ", "y"] * 6, answers)
    assert copies([1, 2] * 12, ["1.0", "2"] * 12)
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


HEIC = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + bytes(40)
DRAWING = b'<?xml version="1.0"?>\n<svg width="1"></svg>'


def files_of(folder, *contents):
    names = [f"{number}.jpg" for number in range(len(contents))]  # the name says little
    for name, content in zip(names, contents, strict=True):
        (folder / name).write_bytes(content)
    return Table.open({"x": names}, folder), names


def test_files_that_nothing_reads_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("homodal.media.kinds.has_heif", lambda: False)
    table, names = files_of(tmp_path, HEIC, HEIC, DRAWING, b"\xff\xd8\xff")
    with pytest.raises(ColumnError) as error:
        refuse_unreadable(table, "x", names)
    text = str(error.value)
    assert "Nothing here reads 3 of 4 files tried in column 'x'" in text
    assert "a HEIC picture, 2 times" in text
    assert "pip install 'homodal[heic]'" in text
    refuse_unreadable(table, "x", [*names, names[-1], names[-1]])  # half of them


def test_columns_of_other_things_are_not_refused(tmp_path):
    table, names = files_of(tmp_path, b"%PDF-1.7", b"PK\3\4", b"hello <b>", b"")
    refuse_unreadable(table, "x", names)
    for cells in (["a cat; a dog"], [1.5], [[1.0, 2.0]], ["../x"], [b"MThd"[:2]]):
        refuse_unreadable(table, "x", cells)


def test_recognition_says_it_before_it_takes_them_for_identifiers(tmp_path):
    table, _ = files_of(tmp_path, *[DRAWING + bytes([65 + i]) for i in range(8)])
    with pytest.raises(ColumnError, match=r"a drawing \(SVG\), 8 times"):
        input_column(table, "x", {"modality": "auto"})


def _copies_of_all(cells, answers):
    pairs = [
        (name_or_cell(cell), name_or_cell(answer))
        for cell, answer in zip(cells, answers, strict=True)
        if cell is not None and answer is not None
    ]
    different = set(pairs)
    if len(pairs) < 20 or len(different) < 2:
        return False
    if all(cell == answer for cell, answer in different):
        return True
    values, truths = ({pair[side] for pair in different} for side in (0, 1))
    one_to_one = len(different) == len(values) == len(truths)
    return one_to_one and 2 * len(different) <= len(pairs)


_FEW = st.sampled_from(["a", "b", "1", " 1.0", 1, 2.5, None])


@settings(deadline=None, max_examples=200)
@given(st.lists(_FEW, min_size=18, max_size=30), st.data())
def test_copies_are_told_early_as_late(cells, data):
    each = st.dictionaries(_FEW, _FEW, min_size=3)
    renamed = data.draw(each)
    for answers in (cells, [renamed.get(cell, cell) for cell in cells]):
        assert copies(cells, answers) == _copies_of_all(cells, answers)
