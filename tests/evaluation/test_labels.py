import pytest

from homodal.evaluation.labels import cut, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("joy", "joy"),
        ("快乐 😀", "快乐 😀"),
        ("a\nb\x1b[31m", "a\\nb\\x1b[31m"),
        ("\u202eabc", "\\u202eabc"),  # right-to-left override: reverses what follows
        ("\ud800", "\\ud800"),  # half a letter, which no encoding can write
        (7, "7"),
    ],
)
def test_hidden_letters_are_escaped(text, shown):
    assert printable(text) == shown


def test_an_encoding_without_the_letters_gets_escapes():
    assert printable("快é", "ascii") == "\\u5feb\\xe9"


def test_emoji_families_stay_whole():
    family = "👩\u200d👧"
    assert printable(family) == family


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("a longer label", "a long..."),
        ("快乐悲伤愤怒", "快乐悲..."),
    ],
)
def test_cut_counts_terminal_cells(text, expected):
    assert cut(text, 9) == expected
