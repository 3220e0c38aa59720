import pytest

from homodal.evaluation.report.card import model_card, plain


def test_the_card_says_what_the_report_says(findings):
    text = model_card(findings)
    accuracy = findings.evaluation.scores["accuracy"]["value"]
    assert f"{accuracy:.3f}" in text
    for title in ("## Columns", "## Certainty", "## Findings", "## Use and limits"):
        assert title in text
    for column in findings.model.columns:
        assert f"| {column} |" in text


def test_nothing_of_a_users_is_markup(findings):
    assert "<script>" not in model_card(findings).replace("\\<", "")


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a|b", "a\\|b"),
        ("*a*", "\\*a\\*"),
        ("[x](y)", "\\[x\\](y)"),
        ("a\nb", "a\\\\nb"),
    ],
)
def test_marks_are_escaped(text, shown):
    assert plain(text) == shown
