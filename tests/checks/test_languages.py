"""Scripts are told for sure, languages by their commonest words."""

import pytest

from homodal.checks.languages import guess


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("what is the name of it", "English"),
        ("der Hund und die Katze", "German"),
        ("le chat est sur la table", "French"),
        ("这是一道菜", "Chinese"),
        ("これは漢字です", "Japanese"),
        ("안녕하세요", "Korean"),
        ("Привет, мир", "Cyrillic script"),
        ("grinning face", "Latin script"),
        ("123 ?!", "no letters"),
        ("ABC 这是一道菜", "Chinese"),
    ],
)
def test_guess(text, wanted):
    assert guess(text) == wanted


def test_a_long_text_is_read_at_its_start_only():
    assert guess("the cat is in the house " * 100 + "这" * 10**6) == "English"
