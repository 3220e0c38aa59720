"""The plain spelling of what is said: words as error rates are measured.

- lower case, without punctuation; a word keeps what its script writes inside of it
- apostrophes of all kinds between letters are one, and so are hyphens
- U+02BB and U+02BC are letters (Hawaiian, Ukrainian, Uzbek) and stay at the edge of a
  word; so does the mark of the Uzbek o‘ and g‘
- joiners of Persian and of the Indic scripts, the Catalan middle dot and the Hebrew
  gershayim stay within words; soft hyphens and the Arabic tatweel are only looks
"""

import re
import unicodedata

from homodal.media.words import clean

_LATIN = "a-z\u00df-\u024f\u1e00-\u1eff"
_HEBREW = "\u05d0-\u05ea"
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u2032\u00b4`\u05f3"), "'")
_LETTERS = re.compile("(?<=\\w)[\u02bb\u02bc](?=\\w)")  # are written as one, too
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u05be\u058a\u1806"), "-")
_JOINERS, _GERSHAYIM, _MIDDLE_DOT = "\u200c\u200d", "\u05f4", "\u00b7"
_VIRAMA = 9  # its combining class

# o‘ and g‘ at the end of a word; after ‚ a German quotation ends so
_UZBEK = re.compile("(?<![\u201a\\w])(\\w*[og])\u2018(?!\\w)", re.IGNORECASE)
_DOTS = re.compile("(?<=l)[\u2027\u2219\u22c5\u2022](?=l)")
_NO_DOT = re.compile(f"(?<![{_LATIN}]){_MIDDLE_DOT}|{_MIDDLE_DOT}(?![{_LATIN}])")
_QUOTES = re.compile(f'(?<=[{_HEBREW}])["{_GERSHAYIM}](?=[{_HEBREW}])')
_DASHES = re.compile("-{2,}")
_STRAY = re.compile("(?:^|(?<= ))[\u0300-\u036f]+")  # marks of Latin without a letter
_INSIDE = {"'", "-", _MIDDLE_DOT, _GERSHAYIM, *_JOINERS}


def plain(text: str) -> str:
    """Lower-case words a space apart; empty where there is none.

    >>> plain("Don’t co\\u2011operate -- ‘yet’!")
    "don't co-operate yet"
    """
    text = _UZBEK.sub("\\1\u02bb", text.replace("\u00b4", "'"))
    text = clean(text).lower().replace("i\u0307", "i").replace("\u0640", "")
    text = _QUOTES.sub(_GERSHAYIM, _DOTS.sub(_MIDDLE_DOT, text))
    text = text.translate(_APOSTROPHES | _HYPHENS)
    text = _DASHES.sub(" ", _NO_DOT.sub(" ", text))
    text = "".join(letter if _is_spoken(letter) else " " for letter in text)
    text = _STRAY.sub("", _joined(text))
    words = (word.strip("'-" + _GERSHAYIM) for word in text.split())
    return _LETTERS.sub("'", " ".join(filter(None, words)))


def _is_spoken(letter):
    return letter in _INSIDE or unicodedata.category(letter)[0] in "LNM"


def _joined(text):
    """Without the joiners that join nothing."""
    if not any(joiner in text for joiner in _JOINERS):
        return text
    letters = []
    for place, letter in enumerate(text):
        if letter not in _JOINERS or _joins(text, place):
            letters.append(letter)
    return "".join(letters)


def _joins(text, place):
    """Whether a joiner stands within a word, or makes a chillu of its last letter."""
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if not before or not _is_letter(before):
        return False
    is_chillu = text[place] == "\u200d" and unicodedata.combining(before) == _VIRAMA
    return is_chillu or (bool(after) and _is_letter(after))


def _is_letter(letter):
    return unicodedata.category(letter)[0] in "LM"
