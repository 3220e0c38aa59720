"""Several pictures in one cell: lists, texts, gaps, damage."""

import json

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image as Pillow

from homodal.checks.check import check
from homodal.checks.page import page
from homodal.data.preparation import PreparedColumn
from homodal.data.schema import recognise
from homodal.data.store import ABSENT, BAD, OK, REPAIRED, stored
from homodal.errors import BadCell, ColumnError, PartError
from homodal.media import repairs
from homodal.modalities.images import Images
from homodal.recipe import Recipe
from homodal.tables.contents import shared_content
from homodal.tables.table import Table

SIZE = {"height_px": 8, "width_px": 8, "channels": 1}


@pytest.fixture
def folder(tmp_path):
    for grey in range(10):
        Pillow.new("L", (8, 8), 20 * grey).save(tmp_path / f"{grey}.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "1.png").read_bytes()[:45])
    return tmp_path


def column(**options):
    return PreparedColumn("x", "x", "images", SIZE | options, {"name": "cnn"})


def greys(found, row):
    array = found.array(row)
    return None if array is None else (array[:, 0, 0, 0] // 20).tolist()


def test_one_cell_in_all_its_spellings(folder):
    cells = ["3.png;4.png", "3.png | 4.png", '["3.png", "4.png"]', "3.png\n4.png;"]
    found = stored(Table.open({"x": cells}, folder), column(), folder / "cache")
    assert [greys(found, row) for row in range(4)] == [[3, 4]] * 4
    content = [(folder / f"{n}.png").read_bytes() for n in (3, 4)]
    lists = {
        "names": [["3.png", "4.png"], [], ["5.png", None], None],
        "bytes": [content, [], [(folder / "5.png").read_bytes()], None],
        "both": [
            [{"bytes": None, "path": "3.png"}, {"bytes": content[1], "path": None}],
            None,
            [{"bytes": None, "path": "5.png"}],
            None,
        ],
    }
    for cells in lists.values():
        table = Table.open(pa.table({"x": cells}), folder)
        found = stored(table, column(), folder / "cache")
        assert found.status.tolist() == [OK, ABSENT, OK, ABSENT]
        assert [greys(found, 0), greys(found, 2)] == [[3, 4], [5]]


def test_a_file_may_have_a_separator_in_its_name(folder):
    (folder / "a;b.png").write_bytes((folder / "7.png").read_bytes())
    table = Table.open({"x": ["a;b.png", "1.png;2.png"]}, folder)
    found = stored(table, column(), folder / "cache")
    assert [greys(found, 0), greys(found, 1)] == [[7], [1, 2]]


def test_pictures_that_cannot_be_read_are_counted(folder):
    cells = ["1.png;gone.png;2.png", "gone.png;torn.png", "../out.png;3.png"]
    cells += ["1.png;2.png;3.png;4.png"]
    found = stored(Table.open({"x": cells}, folder), column(most=3), folder / "cache")
    assert found.status.tolist() == [REPAIRED, BAD, REPAIRED, REPAIRED]
    assert [greys(found, row) for row in (0, 2, 3)] == [[1, 2], [3], [1, 2, 3]]
    assert "pictures cannot be read: 1 of 3, no such file" in found.reasons[0]
    assert "no such file" in found.reasons[1]
    assert "outside the media folder" in found.reasons[2]
    assert found.reasons[3] == "only the first 3 pictures: of 4"


def test_a_changed_picture_is_read_again(folder):
    table = Table.open({"x": ["1.png;2.png"]}, folder)
    stored(table, column(), folder / "cache")
    Pillow.new("L", (8, 8), 180).save(folder / "2.png")
    assert greys(stored(table, column(), folder / "cache"), 0) == [1, 9]


def test_a_column_is_recognised_where_a_cell_has_several(folder):
    recipe = Recipe(target="y")
    rows = [f"{n}.png;{(n + 1) % 10}.png;{(n + 2) % 10}.png" for n in range(10)]
    labels = ["a", "b"] * 5
    table = Table.open({"x": rows, "y": labels}, folder)
    [seen] = recognise(table, recipe).inputs
    assert seen.modality == "images" and seen.options == SIZE | {"most": 3}
    assert "30 of 30 pictures in 10 cells open, at most 3 in one" in seen.why
    single = Table.open({"x": [row[:5] for row in rows], "y": labels}, folder)
    assert recognise(single, recipe).inputs[0].modality == "image"
    lost = Table.open({"x": [f"no/{row}" for row in rows], "y": labels}, folder)
    with pytest.raises(ColumnError, match="10 of 10 paths tried in column 'x'"):
        recognise(lost, recipe)


def test_shared_pictures_keep_rows_together(folder):
    (folder / "copy.png").write_bytes((folder / "2.png").read_bytes())
    cells = ["1.png;2.png", "3.png;copy.png", "4.png;5.png"]
    cells += [f"{n}.png" for n in range(6, 10)]
    keys = shared_content(Table.open({"x": cells}, folder), ["x"])
    assert keys[0] == keys[1] != () and set(keys[2:]) == {()}


def test_they_are_checked_and_drawn(folder):
    cells = ["1.png;2.png", "3.png;gone.png", "1.png;2.png", "torn.png;gone.png"]
    found = check(Table.open({"x": cells}, folder), settings={"columns.x": "images"})
    seen = found.inspection.seen["x"]
    assert seen.status.tolist() == [OK, REPAIRED, OK, BAD]
    assert seen.figures["pictures"] == [2, 1, 2, None]
    assert seen.digests[0] == seen.digests[2] != seen.digests[1]
    assert page(found).count("<img") >= 4


def test_an_array_of_pictures_and_nothing_at_all():
    array = np.arange(3 * 64, dtype=np.uint8).reshape(3, 8, 8, 1)
    np.testing.assert_array_equal(Images(**SIZE).read(array), array)
    with pytest.raises(BadCell, match="no picture in the cell"):
        Images().read([])
    with repairs.noted() as notes:
        assert len(Images(**SIZE, most=2).read(array)) == 2
    assert notes == ["only the first 2 pictures: of 3"]


@pytest.mark.parametrize("options", [{"most": 0}, {"channels": 2}, {"width_px": 0}])
def test_wrong_options_are_named(options):
    with pytest.raises(PartError, match=f"'{next(iter(options))}' of modality"):
        Images(**options)


def test_json_of_other_things_is_a_name(folder):
    for cell in ("[1", json.dumps({"a": 1}), "[" * 9):
        table = Table.open({"x": [cell, "1.png"]}, folder)
        assert stored(table, column(), folder / "cache").status.tolist() == [BAD, OK]
