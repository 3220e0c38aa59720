"""Many cells at once are what each is by itself."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homodal.data.reading import read_cell, read_many, reads_many
from homodal.errors import BadCell
from homodal.modalities.number import Number

FACTS = {"location": 1.5, "scale": 0.7}
ODD = [
    *("1", "-2.5", "+3", ".5", "5.", "1e3", "1E-3", " 7 ", "\u00a08", "1_000", "٣"),
    *("", "x", "nan", "inf", "1e999", "1,5", "1,234", "−4", "(5)", "12%", "0x10"),
    *(0, 1, -7, 2**70, 10**400, True, False, 1.5, -0.0, 1e300, float("inf")),
    *(np.float32(2.5), np.int64(3), np.array(4.0), [1.0], None, BadCell("no file")),
    "9" * 250,
]
CELLS = st.one_of(
    st.none(),
    st.floats(allow_nan=False),
    st.integers(),
    st.text(alphabet="0123456789.,-+eE %\u2212", max_size=8),
    st.floats(allow_nan=False).map(repr),
)


def check(reader, cells):
    for facts, encoded in ((None, False), (FACTS, True)):
        found = read_many(reader, facts, cells, encoded)
        for place, cell in enumerate(cells):
            status, array, reason = read_cell(reader, facts, cell, encoded)
            assert found.status[place] == status
            assert found.reasons.get(place, "") == reason
            if array is not None:
                assert found.arrays.dtype == array.dtype
                np.testing.assert_array_equal(found.arrays[place], array)


@pytest.mark.parametrize("options", [{}, {"thousands": ","}])
def test_odd_cells(options):
    reader = Number(**options)
    assert reads_many(reader)
    check(reader, ODD)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CELLS, max_size=20))
def test_any_cells(cells):
    check(Number(), cells)


def test_numbers_in_another_form_are_read_one_by_one():
    assert not reads_many(Number(decimal=","))
    assert not reads_many(Number(strip=["kg"]))
