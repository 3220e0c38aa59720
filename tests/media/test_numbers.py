import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.media.numbers import NumberForm, take_apart

GERMAN = NumberForm(",", ".")
FRENCH = NumberForm(",", " ")
SWISS = NumberForm(".", "'")
ENGLISH = NumberForm(".", ",")
PERCENT = NumberForm(strip=("%",))
DOLLARS = NumberForm(".", ",", ("$",))


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        (NumberForm(), "12.5", 12.5),
        (NumberForm(), " 1.2E+3 ", 1200),
        (NumberForm(), "1.2\u2009×\u200910^3", 1200),
        (NumberForm(), "3·10⁻²", 0.03),
        (NumberForm(), "\u22125", -5),
        (NumberForm(), "–5.5", -5.5),
        (NumberForm(), "(5)", -5),
        (NumberForm(), "5-", -5),
        (NumberForm(), "+5", 5),
        (NumberForm(), "１２．５", 12.5),
        (NumberForm(), Decimal("1.25"), 1.25),
        (NumberForm(), "1,234.5", 1234.5),  # which cannot be misread
        (NumberForm(), "1,234,567", 1234567),
        (NumberForm(","), "1.234,5", 1234.5),
        (GERMAN, "1.234,50", 1234.5),
        (GERMAN, "1.234", 1234),
        (GERMAN, "1234,5", 1234.5),
        (GERMAN, "-1.234.567", -1234567),
        (FRENCH, "1 234,50", 1234.5),
        (FRENCH, "1\u00a0234,50", 1234.5),
        (FRENCH, "1\u202f234,50", 1234.5),
        (SWISS, "1'234.50", 1234.5),
        (SWISS, "1\u2019234\u2019567", 1234567),
        (ENGLISH, "12,34,567.5", 1234567.5),  # in India
        (NumberForm(".", "_"), "1_234", 1234),
        (PERCENT, "12.5%", 12.5),
        (PERCENT, "12.5 ％", 12.5),
        (PERCENT, "(3%)", -3),
        (DOLLARS, "$1,234.50", 1234.5),
        (DOLLARS, "-$1,234", -1234),
        (DOLLARS, "$-1,234", -1234),
        (DOLLARS, "$(1,234.50)", -1234.5),
        (NumberForm(strip=("€",)), "12.50 €", 12.5),
        (NumberForm(strip=("CHF",)), "CHF 12.50", 12.5),
        (NumberForm(strip=("¥",)), "￥300", 300),
        (NumberForm(strip=("元",)), "300元", 300),
        (NumberForm(strip=("kg",)), "12 kg", 12),
        (NumberForm(strip=("kg",)), 12, 12),
        (NumberForm(strip=("m²",)), "3.5 m²", 3.5),
        (NumberForm(strip=("°C",)), "−20\u00a0°C", -20),
        (NumberForm(strip=("L/100 km",)), "5.5 L/100 km", 5.5),
        (NumberForm(strip=("$", "USD")), "$5 USD", 5),
    ],
)
def test_a_number_in_its_form(form, cell, value):
    assert form.read(cell) == value


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        (NumberForm(), "1,5"),
        (NumberForm(), "1,234"),  # more than a thousand, or between one and two
        (NumberForm(), "1 234"),
        (NumberForm(), "1_000"),
        (NumberForm(), "1.2.3"),
        (NumberForm(), "1,23,45"),
        (NumberForm(), "--5"),
        (NumberForm(), "(-5)"),
        (NumberForm(), "5-6"),
        (NumberForm(), "12 kg"),
        (NumberForm(), "$5"),
        (NumberForm(), "12:30"),
        (NumberForm(), "1/2"),
        (NumberForm(), "2024-01-02"),
        (NumberForm(), "5 of 6"),
        (NumberForm(), "\u0663"),
        (NumberForm(), "1" * 500),
        (GERMAN, "1.5"),
        (GERMAN, "1,234.50"),
        (GERMAN, "1.23,5"),
        (ENGLISH, "1.234,50"),
        (ENGLISH, "1,5"),
        (FRENCH, "1 23"),
        (PERCENT, "0.12"),
        (DOLLARS, "€5"),
        (NumberForm(strip=("kg",)), "12 g"),
        (NumberForm(strip=("k",)), "950"),
        (NumberForm(), "12th"),
        (NumberForm(), "12 PM"),
    ],
)
def test_a_cell_in_another_form_is_bad_and_never_misread(form, cell):
    with pytest.raises(BadCell, match="not a number"):
        form.read(cell)


@pytest.mark.parametrize(
    "cell", ["1e999", "-1e999", math.inf, -math.inf, math.nan, Decimal("Infinity")]
)
def test_what_is_not_finite_is_bad(cell):
    with pytest.raises(BadCell, match="not a finite number"):
        NumberForm().read(cell)


@pytest.mark.parametrize("cell", [Decimal("sNaN"), True + 1j, None, b"1", [1], "inf"])
def test_what_is_no_number_is_bad(cell):
    with pytest.raises(BadCell, match="not a"):
        NumberForm().read(cell)


def test_a_unit_that_a_cell_lacks_is_noted():
    with repairs.noted() as notes:
        assert NumberForm(strip=("kg",)).read("12") == 12
        assert NumberForm(strip=("kg",)).read(12) == 12
        assert PERCENT.read(0.12) == 0.12
        assert DOLLARS.read("$5") == 5
    assert notes == ["a number without 'kg'", "a number without '%': 0.12"]


def test_the_reason_names_the_form_and_the_unit():
    with pytest.raises(BadCell, match=r"in the form 1\.234,5: '1\.5'"):
        GERMAN.read("1.5")
    with pytest.raises(BadCell, match=r"in 'kg': '12 g'"):
        NumberForm(strip=("kg",)).read("12 g")


def test_options_that_cannot_be_are_refused():
    for options in ({"decimal": ";"}, {"thousands": "x"}, {"thousands": "."}):
        with pytest.raises(PartError, match="Expected one of"):
            NumberForm.of("number", **options)
    form = NumberForm.of("number", ",", "\u202f", "EUR")
    assert form == NumberForm(",", " ", ("EUR",))


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text):
    for form in (NumberForm(), GERMAN, FRENCH, PERCENT, DOLLARS):
        try:
            assert math.isfinite(form.read(text))
        except BadCell as why:
            assert 5 < len(str(why)) < 160


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_as_python_writes_it_is_read_as_it_is(value):
    for form in (NumberForm(), ENGLISH, SWISS):
        assert form.read(repr(value)) == value
        assert form.read(np.float64(value)) == value


def test_no_text_takes_long():
    for text in ("1 " * 99, "(" * 200, "1,234" * 40, "9" * 199 + "x", "$" * 200):
        take_apart(text)
