from decimal import Decimal

import numpy as np
import pytest

from homodal.errors import BadCell
from homodal.media import repairs
from homodal.modalities.number import Number


def facts_of(values):
    return Number().learn(iter([np.array(float(value)) for value in values]))


def encode(value, facts):
    return Number().encode(np.array(float(value)), facts).item()


@pytest.mark.parametrize(
    ("cell", "value"),
    [("3.5", 3.5), (" 1e3 ", 1000), ("-.5", -0.5), ("+7.", 7), (2, 2), (True, 1),
     (np.float32(0.5), 0.5), (np.int8(-3), -3), (np.array([4]), 4), ("007", 7)],
)  # fmt: skip
def test_read(cell, value):
    assert Number().read(cell).item() == value


@pytest.mark.parametrize(
    "cell", ["", "abc", "1,5", "1,000", "1_000", "0x10", "1 2", "\u0663", b"1", None,
             [1], np.array([1, 2]), 1j]
)  # fmt: skip
def test_what_is_no_number_is_a_bad_cell(cell):
    with pytest.raises(BadCell, match="not a number"):
        Number().read(cell)


@pytest.mark.parametrize("cell", [float("inf"), float("-inf"), float("nan"), "1e999"])
def test_an_infinite_number_is_a_bad_cell(cell):
    with pytest.raises(BadCell, match="not a finite number"):
        Number().read(cell)


@pytest.mark.parametrize("cell", ["nan", "inf", "Infinity", 10**400])
def test_words_for_no_number_are_bad_cells(cell):
    with pytest.raises(BadCell, match="not a number"):
        Number().read(cell)


def test_training_values_get_mean_zero_and_spread_one():
    values = np.random.default_rng(0).normal(50, 8, 500)
    facts = facts_of(values)
    encoded = [encode(value, facts) for value in values]
    assert np.mean(encoded) == pytest.approx(0, abs=0.02)
    assert np.std(encoded) == pytest.approx(1, abs=0.05)


def test_one_wild_value_changes_little_and_stays_small():
    values = np.random.default_rng(0).normal(50, 8, 500)
    calm, wild = facts_of(values), facts_of([*values, 1e12])
    assert wild["scale"] == pytest.approx(calm["scale"], rel=0.05)
    assert encode(1e12, wild) == 10
    assert encode(-1e300, wild) == -10


@pytest.mark.parametrize("value", [0, 5, -1e300, 1e-300, 0.1])
def test_a_constant_column_is_zero(value):
    facts = facts_of([value] * 7)
    assert encode(value, facts) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(encode(value + 1, facts))


def test_a_column_that_is_nearly_constant_still_tells():
    facts = facts_of([0] * 999 + [1])
    assert encode(1, facts) == 10
    assert encode(0, facts) == pytest.approx(0, abs=0.1)


def test_huge_numbers_do_not_overflow():
    facts = facts_of([1e308, -1e308, 1.5e308])
    assert all(np.isfinite(value) for value in facts.values())
    assert abs(encode(1e308, facts)) < 10
    assert encode(-1.7e308, {"location": 1.7e308, "scale": 1e-300}) == -10


def test_nothing_learned_is_nothing_changed():
    assert encode(3, facts_of([])) == 3


@pytest.mark.parametrize(
    ("cells", "confidence"),
    [([0.5, 1.5, 2.5, 7.25] * 5, 0.9), (["1", "2", "3"] * 9, 0.9), ([0, 1] * 9, 0.55),
     (list(range(20)), 0.3), ([True, False] * 9, 0.3)],
)  # fmt: skip
def test_recognise(cells, confidence):
    assert Number().recognise(cells).confidence == pytest.approx(confidence)


def test_words_are_not_recognised():
    evidence = Number().recognise(["a", "b", "3"])
    assert evidence.confidence < 0.2
    assert evidence.why == "1 of 3 cells are numbers; not a number: 'a'"


def test_numbers_as_people_write_them_are_recognised_with_their_options():
    cells = [f"{value:,.2f} €".translate(str.maketrans(",.", ".,")) for value in
             np.linspace(1, 9000, 60)]  # fmt: skip
    evidence = Number().recognise(cells)
    assert evidence.confidence == pytest.approx(0.95)
    assert evidence.options == {"decimal": ",", "thousands": ".", "strip": ["€"]}
    assert "decimal comma in 60 of 60 cells" in evidence.why
    modality = Number(**evidence.options)
    assert modality.read("1.234,50 €").item() == 1234.5
    with pytest.raises(BadCell, match="in '€': '5 USD'"):
        modality.read("5 USD")


def test_a_percentage_is_the_number_before_the_sign():
    evidence = Number().recognise([f"{n}%" for n in range(0, 90, 3)])
    assert evidence.options == {"strip": ["%"]}
    assert "1 % is read as 1" in evidence.why
    assert Number(strip="%").read("12%").item() == 12


@pytest.mark.parametrize(
    "cells",
    [["010", "020", "030"] * 9, ["2024-01-02", "2024-02-03"] * 9, ["12:30"] * 9,
     ["10.0.0.1", "10.0.0.2"] * 9, ["1.2.3", "1.2.4"] * 9, ["1/2", "3/4"] * 9],
)  # fmt: skip
def test_codes_dates_and_the_like_are_no_numbers(cells):
    evidence = Number().recognise(cells)
    assert evidence.confidence < 0.4
    assert "they look like" in evidence.why


def test_large_whole_numbers_are_counted_as_they_are():
    cells = [2**60 + 3 * n for n in range(40)]
    assert Number().recognise(cells).confidence == pytest.approx(0.9)
    assert Number().recognise([2**60 + n for n in range(40)]).confidence == 0.3


def test_decimal_cells_are_numbers():
    cells = [Decimal(n) / 4 for n in range(40)]
    assert Number().recognise(cells).confidence == pytest.approx(0.9)


def test_a_value_that_is_drawn_in_is_noted():
    with repairs.noted() as notes:
        assert encode(9.9, {"location": 0.0, "scale": 1.0}) == pytest.approx(9.9)
        assert encode(1e6, {"location": 0.0, "scale": 1.0}) == 10
    assert notes == ["beyond ten deviations: 1e+06"]
