"""Two tables with one fingerprint are one table, down to the bytes of their files."""

import numpy as np
import pyarrow as pa
import pytest

from homodal.tables.absent import AbsentWords
from homodal.tables.fingerprint import fingerprint, is_current
from homodal.tables.table import Table


def of(columns, root=None):
    return fingerprint(Table.open(columns, root))


def test_large_arrays_differ_by_one_number():
    arrays = np.zeros((3, 40, 40, 3), np.uint8)
    other = arrays.copy()
    other[1, 20, 20, 1] = 1  # where NumPy's repr shows dots
    column, changed = pa.array(arrays.tolist()), pa.array(other.tolist())
    assert of(pa.table({"x": column})) == of(pa.table({"x": column}))
    assert of(pa.table({"x": column})) != of(pa.table({"x": changed}))


@pytest.mark.parametrize(
    "one, other",
    [
        ({"x": [1, 2]}, {"x": [2, 1]}),
        ({"x": [1, 2]}, {"y": [1, 2]}),
        ({"x": [1, 2]}, {"x": [1.0, 2.0]}),
        ({"x": ["1", "2"]}, {"x": [1, 2]}),
        ({"x": ["ab", "c"]}, {"x": ["a", "bc"]}),
        ({"x": [["ab"], ["c"]]}, {"x": [["a"], ["bc"]]}),
        ({"x": [["a", "b"]]}, {"x": [["a, b"]]}),
        ({"x": [b"ab", b"c"]}, {"x": [b"a", b"bc"]}),
        ({"x": [[0.5, 1.5]]}, {"x": [[0.5, 1.25]]}),
        ({"x": [[1, None]]}, {"x": [[None, 1]]}),
        ({"x": [None, "a"]}, {"x": ["a", None]}),
        ({"x": [1], "y": [2]}, {"x": [2], "y": [1]}),
    ],
)
def test_what_makes_tables_differ(one, other):
    assert of(one) != of(other)
    assert of(one) == of(dict(one))


def test_rows_in_other_chunks_are_the_same_rows():
    table = pa.table({"x": list(range(10)), "y": [str(n) for n in range(10)]})
    chunks = pa.concat_tables([table.slice(0, 3), table.slice(3)])
    assert of(table) == of(chunks)


@pytest.mark.parametrize("cells", [["a.png", "b.png"], ["a.png;b.png"] * 2])
def test_the_content_of_files_counts_and_their_time_does_not(tmp_path, cells):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"one")
    before = of({"x": cells}, tmp_path)
    (tmp_path / "b.png").write_bytes(b"one")
    assert of({"x": cells}, tmp_path) == before
    (tmp_path / "b.png").write_bytes(b"two")  # of the same size
    assert of({"x": cells}, tmp_path) != before
    (tmp_path / "b.png").unlink()
    assert of({"x": cells}, tmp_path) != before


def test_lists_of_files(tmp_path):
    (tmp_path / "a.png").write_bytes(b"one")
    before = of({"x": [["a.png", "b.png"]]}, tmp_path)
    (tmp_path / "b.png").write_bytes(b"two")
    assert of({"x": [["a.png", "b.png"]]}, tmp_path) != before


def test_files_outside_the_folder_are_not_opened(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out.png").write_bytes(b"one")
    before = of({"x": ["../out.png"]}, tmp_path / "in")
    (tmp_path / "out.png").write_bytes(b"two")
    assert of({"x": ["../out.png"]}, tmp_path / "in") == before


def test_words_that_count_as_absent_are_cells_here():
    table = Table.open({"x": ["NA", "a"]})
    settled = table.with_absent(AbsentWords(frozenset({"NA"})))
    assert settled.cells("x") == [None, "a"]
    assert fingerprint(settled) == fingerprint(table)


def test_what_older_versions_wrote_is_told_from_it():
    assert is_current(of({"x": [1]}))
    assert not is_current("0" * 64)
