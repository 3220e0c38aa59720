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


def test_without_an_explanation_there_is_no_section():
    assert worth.contributions(None) == []


def test_a_set_of_columns_has_its_shorter_name():
    every = ["a", "b", "c", "d"]
    assert worth.shown(every, every) == "all columns"
    assert worth.shown(["a", "b", "d"], every) == "without c"
    assert worth.shown(["a", "b"], every) == "a + b"
