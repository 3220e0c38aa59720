from types import SimpleNamespace

from homodal.evaluation.report import worth
from homodal.evaluation.report.sections import measured


def said(elements):
    return " ".join("".join(each.itertext()) for each in elements)


def test_the_section_says_what_was_found(findings):
    found = findings.explanation
    text = said(worth.contributions(found))
    assert f"measured on {found.rows:,} rows" in text
    assert measured(found.emap["interaction"]) in text
    for name in found.columns:
        assert name in text
    for label in found.by_class:
        assert label in text


def test_shapley_values_of_a_class_have_intervals_and_stand_out_if_sure():
    sure = {"value": 0.3, "low": 0.2, "high": 0.41}
    luck = {"value": -0.004, "low": -0.02, "high": 0.01}
    found = SimpleNamespace(
        columns=["face", "sound"], by_class={"joy": {"face": sure, "sound": luck}}
    )
    elements = worth._by_class(found)
    cells = list(elements[1].iter("td"))
    assert cells[1].find("b").text == "+0.300" and cells[2].find("b") is None
    assert "+0.20 to +0.41" in said(elements)
    assert "\u22120.02 to +0.01" in said(elements)


def test_without_an_explanation_there_is_no_section():
    assert worth.contributions(None) == []


def test_a_set_of_columns_has_its_shorter_name():
    every = ["a", "b", "c", "d"]
    assert worth.shown(every, every) == "all columns"
    assert worth.shown(["a", "b", "d"], every) == "without c"
    assert worth.shown(["a", "b"], every) == "a + b"
