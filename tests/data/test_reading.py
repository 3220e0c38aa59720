"""One cell: a status, an array where there is one, and what there is to say of it."""

import numpy as np
import pytest

from homodal.data.reading import (
    ABSENT,
    BAD,
    OK,
    REPAIRED,
    cells_of,
    locate,
    read_cell,
    reader_of,
    usable,
)
from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.media.excerpts import Excerpt
from homodal.modalities.number import Number
from homodal.tables.table import Table

FACTS = {"location": 1.0, "scale": 2.0}


class Mending(Number):
    def read(self, cell):
        repairs.note("mended")
        repairs.note("mended")
        repairs.note("twice")
        return super().read(cell)


def test_the_four_statuses():
    assert read_cell(Number(), FACTS, None) == (ABSENT, None, "")
    assert read_cell(Number(), FACTS, BadCell("why")) == (BAD, None, "why.")
    assert read_cell(Number(), FACTS, "many")[0] == BAD
    status, array, reason = read_cell(Number(), FACTS, "5")
    assert (status, array.tolist(), reason) == (OK, [2.0], "")
    status, array, reason = read_cell(Mending(), FACTS, "5")
    assert (status, array.tolist(), reason) == (REPAIRED, [2.0], "mended; twice")
    assert read_cell(Mending(), FACTS, "many")[0] == BAD


def test_before_facts_are_learned_the_array_is_as_read():
    status, array, _ = read_cell(Number(), None, "5", encoded=False)
    assert (status, array.item(), array.dtype) == (OK, 5.0, np.float64)


def test_usable_are_the_cells_with_an_array():
    status = np.array([OK, ABSENT, BAD, REPAIRED], np.int8)
    assert usable(status).tolist() == [True, False, False, True]


def test_a_reader_takes_the_options_that_are_its_own():
    reader = reader_of("image", {"height_px": 5, "encoder": "cnn", "wide": 1})
    assert reader.height_px == 5
    with pytest.raises(PartError, match="There is no modality"):
        reader_of("smell", {})


def test_a_cell_that_cannot_be_located_says_why(tmp_path):
    table = Table.open({"x": ["a"]}, media_root=tmp_path)
    reader = reader_of("image", {})
    assert locate(table, reader, None) is None
    assert locate(table, reader, "a.png") == tmp_path / "a.png"
    assert "outside" in str(locate(table, reader, "../a.png"))
    assert locate(table, Number(), "../a.png") == "../a.png"


def test_cells_come_with_what_stands_beside_them(tmp_path):
    table = {"face": ["a.png", None, "../b.png", "c.png"]}
    table["place"] = ["1 2 3 4", "", "5", None]
    opened = Table.open(table, media_root=tmp_path)
    reader = reader_of("image", {"box": "place"})
    first, absent, bad, last = cells_of(opened, reader, "face")
    assert first == Excerpt(tmp_path / "a.png", {"place": "1 2 3 4"})
    assert absent is None and isinstance(bad, BadCell)
    assert last == Excerpt(tmp_path / "c.png", {"place": None})
    assert cells_of(opened, reader, "face", [3]) == [last]
    plain = cells_of(opened, reader_of("image", {}), "face", [0])
    assert plain == [tmp_path / "a.png"]


def test_a_table_without_the_column_beside_has_bad_cells_only(tmp_path):
    """Never the whole picture in place of the part that the model was trained on."""
    opened = Table.open({"face": ["a.png", None]}, media_root=tmp_path)
    bad, absent = cells_of(opened, reader_of("image", {"box": "place"}), "face")
    assert "no column 'place'" in str(bad) and absent is None
