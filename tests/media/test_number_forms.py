import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homodal.errors import BadCell
from homodal.media.number_forms import kind_of, recognise_form
from homodal.media.numbers import NumberForm

RNG = np.random.default_rng(0)
VALUES = [float(v) for v in np.round(RNG.uniform(1, 30_000, 120), 2)]
_SWAP = str.maketrans(",.", ".,")


def english(value, digits=2):
    return f"{value:,.{digits}f}"


LOCALES = {
    "english": (lambda v: f"{v:,.2f}", {"thousands": ","}),
    "german": (
        lambda v: f"{v:,.2f}".translate(_SWAP),
        {"decimal": ",", "thousands": "."},
    ),
    "comma": (lambda v: f"{v:.2f}".replace(".", ","), {"decimal": ","}),
    "french": (
        lambda v: f"{v:,.2f}".replace(",", "\u202f").replace(".", ","),
        {"decimal": ",", "thousands": " "},
    ),
    "swiss": (lambda v: f"{v:,.2f}".replace(",", "’"), {"thousands": "'"}),
    "space": (lambda v: f"{v:,.0f}".replace(",", "\u00a0"), {"thousands": " "}),
    "whole": (lambda v: f"{v:,.0f}", {"thousands": ","}),
    "dollars": (lambda v: f"${v:,.2f}", {"thousands": ",", "strip": ["$"]}),
    "euros": (
        lambda v: f"{v:,.2f} €".translate(_SWAP),
        {"decimal": ",", "thousands": ".", "strip": ["€"]},
    ),
    "codes": (lambda v: f"CHF {v:.2f}", {"strip": ["CHF"]}),
    "percent": (lambda v: f"{v:.1f}%", {"strip": ["%"]}),
    "unit": (lambda v: f"{v:.1f} kg", {"strip": ["kg"]}),
    "area": (lambda v: f"{v:.1f} m²", {"strip": ["m²"]}),
    "plain": (lambda v: f"{v:.2f}", {}),
    "three": (lambda v: f"{v / 1000:.3f}", {}),  # `1.234`, a point as in most tables
    "scientific": (lambda v: f"{v:.3E}", {}),
    "minus": (lambda v: f"{v - 9000:.2f}".replace("-", "\u2212"), {}),
    "brackets": (lambda v: f"({v:.2f})", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", LOCALES)
def test_the_form_is_recognised_and_reads_every_cell(name):
    write, options = LOCALES[name]
    writing = recognise_form([write(value) for value in VALUES])
    assert writing.options == options
    for value in VALUES:
        writing.form.read(write(value))


@given(
    st.sampled_from(["english", "german", "comma", "french", "swiss", "dollars",
                     "euros", "codes", "plain"]),
    st.lists(st.decimals(-10**9, 10**9, places=2), min_size=1),
)  # fmt: skip
def test_any_numbers_in_any_locale_are_read_back_or_bad(name, values):
    """A form that few cells leave open may refuse a cell; it misreads none."""
    write, _ = LOCALES[name]
    cells = [write(float(value)) for value in values]
    form = recognise_form(cells).form
    for cell, value in zip(cells, values, strict=True):
        assert form.read(cell) == float(value)


def test_the_evidence_counts_the_cells():
    cells = [f"{v:.1f}".replace(".", ",") for v in VALUES[:118]] + ["1.5", "2.5"]
    writing = recognise_form(cells)
    assert writing.options == {"decimal": ","}
    assert writing.notes[:2] == (
        "decimal comma in 118 of 120 cells",
        "2 in another form, such as '1.5'",
    )
    with pytest.raises(BadCell):
        writing.form.read("1.5")


def test_a_comma_before_three_digits_each_time_keeps_thousands_apart():
    writing = recognise_form(["1,234", "12,345", "5,678"])
    assert writing.form == NumberForm(".", ",")
    assert "three digits each time" in writing.notes[-1]
    assert recognise_form(["1,234", "1,5"]).form == NumberForm(",")
    assert recognise_form(["1,234", "0,125"]).form == NumberForm(",")
    assert recognise_form(["1,234", "1,234,567"]).form == NumberForm(".", ",")
    assert recognise_form(["1,234", "999.5"]).form == NumberForm(".", ",")


def test_one_typing_error_among_many_does_not_turn_thousands_into_fractions():
    cells = [f"{v:,.0f}" for v in VALUES if v > 1000]
    form = recognise_form([*cells, "1,5"]).form
    assert form == NumberForm(".", ",")
    with pytest.raises(BadCell):
        form.read("1,5")


def test_points_are_decimal_unless_the_column_shows_that_they_are_not():
    assert recognise_form(["1.234", "2.345"] * 20).form == NumberForm()
    assert recognise_form(["1.234.567", "2.345"]).form == NumberForm(",", ".")
    grouped = [f"{v:,.0f}".replace(",", ".") for v in RNG.uniform(10, 9000, 200)]
    writing = recognise_form(grouped)
    assert writing.form == NumberForm(",", ".")
    assert "decimal=. reads them so" in writing.notes[-1]
    assert recognise_form([*grouped, "0.125"]).form == NumberForm()


def test_what_is_told_wins():
    cells = ["1,234", "2,345"]
    assert recognise_form(cells, decimal=",").form == NumberForm(",")
    assert recognise_form(cells, thousands="").form == NumberForm(",")
    told = recognise_form(["5 kg", "6 kg"], strip=[])
    assert told.form == NumberForm()
    assert "mixed units, not read: 2 'kg'" in told.notes


def test_mixed_units_are_named_and_not_mixed():
    writing = recognise_form(["$5"] * 97 + ["€6", "€7", "12"])
    assert writing.form.strip == ("$",)
    assert writing.notes == (
        "'$' in 97 of 100 cells",
        "1 without a unit",
        "mixed units, not read: 2 '€'",
    )
    assert recognise_form(["5"] * 99 + ["5%"]).form.strip == ()


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("codes with leading zeros", ["010", "020", "007", "100"]),
        ("codes with leading zeros", ["02134", "90210", "10001", "60614"]),
        ("telephone numbers", ["+49 171 1234567", "+49 30 901820", "+1 555 0100"]),
        ("telephone numbers", ["612 345 678", "698 765 432", "611 222 333",
                               "677 888 999", "644 555 666"]),
        ("telephone numbers", ["555-123-4567", "555-765-4321"]),
        ("dates", ["2024-01-02", "2024-11-30"]),
        ("dates", ["1/2/2024", "30/11/2024"]),
        ("dates", ["2024-01-02 10:00", "2024-11-30T10:00:05Z"]),
        ("times", ["12:30", "9:05 PM"]),
        ("IP addresses", ["192.168.100.101", "10.0.0.1"]),
        ("versions", ["1.2.3", "v1.10.0-rc1"]),
        ("fractions", ["1/2", "3/4"]),
        ("ranges", ["1-5", "6-10"]),
        ("", ["1", "22", "333"]),
        ("", ["05", "5", "12"]),
        ("", ["1 234", "12 345", "123 456", "9 999", "1 000 000"]),
        ("", ["-1.5", "2.5"]),
        ("", ["1234567", "2345678"]),
        ("", []),
    ],
)  # fmt: skip
def test_digits_that_are_no_numbers(kind, cells):
    assert kind_of(cells) == kind


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.one_of(
            st.from_regex(
                r"-?[0-9]{1,7}(\.[0-9]{1,5})?(e-?[0-9]{1,2})?", fullmatch=True
            ),
            st.from_regex(r"0?\.[0-9]{3}|[1-9][0-9]{0,2}\.[0-9]{3}", fullmatch=True),
            st.integers(-(10**12), 10**12).map(str),
        ),
        max_size=15,
    )
)
def test_plain_columns_are_told_quickly_as_slowly(texts):
    quick = recognise_form(texts)
    with_a_space = [f"{text} " for text in texts]  # which only the slow way takes off
    assert recognise_form(with_a_space) == quick
