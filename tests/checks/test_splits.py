"""What stands on two sides of a split that the table names."""

import numpy as np
import pytest
from PIL import Image

from homodal.checks.check import check
from homodal.checks.page import page
from homodal.tables.table import Table

ROWS = 30


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    for row in range(ROWS):
        small = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8))
        small.resize((32, 32), Image.Resampling.BICUBIC).save(tmp_path / f"{row}.png")
    (tmp_path / "3.png").write_bytes((tmp_path / "25.png").read_bytes())
    (tmp_path / "4.png").write_bytes((tmp_path / "5.png").read_bytes())
    Image.open(tmp_path / "7.png").resize((40, 36)).save(tmp_path / "28.png")
    return Table.open(
        {
            "picture": [f"{row}.png" for row in range(ROWS)],
            "speaker": [f"s{row // 4}" + " " * (row % 2) for row in range(ROWS)],
            "part": ["train"] * 20 + ["Val"] * 5 + ["TEST"] * 5,
            "label": ["ab"[row % 2] for row in range(ROWS)],
        },
        tmp_path,
    )


def found(table, **settings):
    settings = {f"columns.{name}": role for name, role in settings.items()}
    checked = check(table, target="label", settings=settings)
    return checked, {f.kind: f for f in checked.findings}


def test_media_and_groups_in_two_parts(table):
    checked, kinds = found(table, part="split", speaker="group")
    same = kinds["same-in-two-splits"]
    assert same.severity == "error" and same.columns == ("picture",)
    assert same.rows == (4, 26) and same.pairs == ((4, 26),)
    assert same.evidence == ("row 4 (train), row 26 (test)",)
    near = kinds["near-in-two-splits"]
    assert near.pairs == ((8, 29),) and near.severity == "warning"
    torn = kinds["group-in-two-splits"]
    assert torn.columns == ("speaker",) and torn.severity == "error"
    assert torn.evidence == ("'s6' in test and valid",)
    assert torn.rows == (25, 26, 27, 28)
    assert "split-column" not in kinds
    assert "row 8 · b | row 29 · a" in page(checked)


def test_a_split_that_nobody_named_is_noticed(table):
    _, kinds = found(table)
    noticed = kinds["split-column"]
    assert noticed.columns == ("part",) and "20 train, 5 valid, 5 test" in noticed.what
    assert "--set columns.part=split" in noticed.do
    assert kinds["same-in-two-splits"].rows == (4, 26)
    assert "group-in-two-splits" not in kinds  # nobody said that it is one


def test_a_column_called_split_that_is_none(table):
    columns = {name: table.cells(name) for name in ("picture", "label")}
    columns["split"] = [f"side {row % 3}" for row in range(ROWS)]
    _, kinds = found(Table.open(columns, table.root))
    assert not {"split-column", "same-in-two-splits"} & set(kinds)
