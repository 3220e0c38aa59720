import numpy as np
import pytest

from homodal.media.lists import listed


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (["a", 1], ["a", 1]),
        (("a",), ["a"]),
        (np.array([0, 1], "uint8"), [0, 1]),
        ('["a", "b]"]', ["a", "b]"]),
        ("['a', \"b's\"]", ["a", "b's"]),
        (" [0 1\n 0] ", [0, 1, 0]),
        ("[0. 1.]", [0, 1]),
        ("[ 1.5 -2e3]", [1.5, -2000]),
        ("[]", []),
        ("[True, False]", [True, False]),
    ],
)
def test_a_list_in_each_way_that_tables_write_one(cell, wanted):
    assert listed(cell) == wanted


@pytest.mark.parametrize(
    "cell",
    ["[sic]", "[1", "a, b", "[a] and [b]", "[__import__('os')]", 3, None, np.eye(2)],
)
def test_what_is_no_list(cell):
    assert listed(cell) is None
    assert listed("[" * 50_000 + "]" * 50_000) is None
