"""The same content under two names is the same content."""

from homodal.tables.contents import shared_content
from homodal.tables.table import Table


def test_equal_files_under_other_names(tmp_path):
    for row in range(40):
        (tmp_path / f"{row}.bin").write_bytes(b"x" * 50 + bytes([row]))
    (tmp_path / "7.bin").write_bytes((tmp_path / "3.bin").read_bytes())
    cells = [f"{row}.bin" for row in range(40)]
    cells[20], cells[21] = "gone.bin", None
    cells[30] = cells[31]
    table = Table.open({"file": cells, "other": ["x"] * 40}, tmp_path)
    keys = shared_content(table, ["file"])
    assert keys[3] == keys[7] != () and keys[30] == keys[31] != ()
    assert {row for row, key in enumerate(keys) if key} == {3, 7, 30, 31}


def test_bytes_in_cells():
    cells = [b"one", b"two", b"one", None] + [bytes([65 + row]) for row in range(30)]
    keys = shared_content(Table.open({"file": cells}), ["file"])
    assert keys[0] == keys[2] != () and keys[1] == keys[3] == ()


def test_a_placeholder_binds_nothing(tmp_path):
    (tmp_path / "none.png").write_bytes(b"grey")
    table = Table.open({"file": ["none.png"] * 40}, tmp_path)
    assert shared_content(table, ["file"]) == [()] * 40
