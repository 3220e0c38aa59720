import sys
import unicodedata

import pytest

from homodal.errors import MissingPackage
from homodal.media import words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  a \t b\n\nc ", "a b c"),
        ("\uff28\uff45\uff4c\uff4c\uff4f\uff0c", "Hello,"),
        ("\ufb01ne", "fine"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\x00b\x07c", "a b c"),
        ("\x1b[31mred", "[31mred"),
        ("a\ud800b", "a b"),
        ("\ufeffa\u200bb\u202ec", "a b c"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\u0646\u06cc\u200c\u062e\u0648", "\u0646\u06cc\u200c\u062e\u0648"),
        ("\u3000\u00a0", ""),
        ("", ""),
    ],
)
def test_clean(text, cleaned):
    assert words.clean(text) == cleaned


def test_lower_case_does_not_ask_for_the_locale():
    assert words.clean("TITLE \u0130 \u00c9", lower=True) == "title i\u0307 \u00e9"


def test_cleaning_twice_changes_nothing():
    text = "\uff21\ufb03 \u1e9b\u0323 \ufdfa \u2460"
    assert words.clean(words.clean(text)) == words.clean(text)


def test_a_million_characters_are_cut_into_small_pieces(monkeypatch):
    longest = 0
    normalize = unicodedata.normalize

    def watching(form, piece):
        nonlocal longest
        longest = max(longest, len(piece))
        return normalize(form, piece)

    monkeypatch.setattr(words.unicodedata, "normalize", watching)
    text = "\u0301\u0327" * 500_000  # the worst case of a normalisation that sorts
    assert len(words.clean(text)) == len(text)
    assert longest <= 320  # so the work is linear in the length


def test_pieces_do_not_part_a_letter_from_its_marks():
    text = "e\u0301" * 1000
    for shift in range(3):
        padded = "x" * shift + text
        assert words.clean(padded) == unicodedata.normalize("NFC", padded)


@pytest.mark.parametrize(
    ("text", "count"),
    [("a cat sat", 3), ("\u54cd\u6cb9\u9cdd\u4e1d", 2), ("30 \u5206\u949f", 2), ("", 0),
     ("\u3042\u3044\u3046", 2), ("wi-fi", 1)],
)  # fmt: skip
def test_count_words(text, count):
    assert words.count_words(text) == count


def test_chinese_words_are_parted_and_others_left():
    pytest.importorskip("jieba")
    text = "\u6211\u7231\u5317\u4eac\u5929\u5b89\u95e8, hello world"
    parted = words.segmented(text).split()
    assert "\u5317\u4eac" in parted
    assert parted[-2:] == ["hello", "world"]
    assert "".join(parted) == text.replace(" ", "")


def test_without_jieba_the_message_names_the_extra(monkeypatch):
    words._dictionary.cache_clear()
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(MissingPackage, match=r"segment: jieba .* 'homodal\[chinese\]'"):
        words.segmented("\u6211")
