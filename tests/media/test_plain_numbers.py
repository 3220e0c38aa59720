"""Many numbers at once are what each is by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homodal.media.files import try_each
from homodal.media.numbers import NumberForm
from homodal.media.plain_numbers import plain_numbers, read_all

ODD = [
    *("1", "-2.5", "+3", ".5", "5.", "1e3", "1E-3", " 7 ", "\u00a08", "1_000", "٣"),
    *("", "x", "nan", "inf", "1e999", "1e-400", "1e300", "1,5", "−4", "1e", "."),
    *("9" * 250, "0." + "3" * 150, "0.1", "2.2250738585072014e-308", "\ud800"),
    "179769313486231580793728971405301e276",
]
TEXTS = st.one_of(
    st.text(alphabet="0123456789.-+eE ", max_size=8),
    st.floats(allow_nan=False).map(repr),
    st.integers(-(10**25), 10**25).map(str),
)


def check(cells):
    together = plain_numbers(cells)
    alone = np.concatenate([plain_numbers([cell]) for cell in cells])
    slow = np.concatenate([plain_numbers([cell, None])[:1] for cell in cells])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(together, slow)


def test_odd_texts():
    check(ODD)
    check(ODD[:-2])  # without half a character


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=20))
def test_any_texts(cells):
    check(cells)
    found = [float(cell) for cell in cells if " " not in cell and _is_float(cell)]
    several = plain_numbers([c for c in cells if " " not in c and _is_float(c)])
    np.testing.assert_array_equal(several, np.array(found))


def _is_float(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


@pytest.mark.parametrize(
    "form", [NumberForm(), NumberForm(",", "."), NumberForm(".", ",")]
)
@pytest.mark.parametrize(
    "cells",
    [
        ["1", "2.5"],
        ["1", "x", "y"],
        [1.5, 2.0],
        [1, True],
        ["1.234"],
        [1.0, np.inf],
        [],
    ],
)
def test_read_all_is_each_of_them(form, cells):
    numbers, reason = read_all(cells, form)
    assert (list(numbers), reason) == try_each(cells, form.read)
