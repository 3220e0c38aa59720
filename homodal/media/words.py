"""Words: Unicode text made uniform, in time linear in its length.

- NFKC: full-width letters, ligatures and the like become their plain forms (Chinese
  and Japanese text mixes both widths; the difference says nothing about the meaning)
- control and invisible format characters, NUL and lone surrogates become a space, save
  the joiners that emoji, Persian and the Indic scripts are written with; those that may
  stand within a word (soft hyphens, marks of direction, word joiners) go without one
- any run of white space becomes one space
"""

import re
import unicodedata
from functools import cache
from tempfile import TemporaryDirectory

from homodal.optional import require

# Normalisation sorts each run of combining marks in quadratic time: keep runs short.
# A piece ends between a letter's last mark and the next letter, unless somebody piled
# up more marks than any language does
_PIECE = 256
_MOST_MARKS = 64
_JOINERS = "\u200c\u200d"
_TAGS = range(0xE0020, 0xE0080)  # in flags of regions
_WITHIN_WORDS = {0xAD, 0x61C, 0x180E, 0xFEFF, 0x200E, 0x200F, *range(0x2060, 0x2065)}
_HAN = (
    "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_KANA = "\u3040-\u30ff"
_UNITS = re.compile(f"[{_HAN}{_KANA}]|[^\\s{_HAN}{_KANA}]+")
_HAN_RUN = re.compile(f"[{_HAN}]+")


def clean(text, lower=False):
    """`text` with its Unicode made uniform, and in lower case if asked for.

    >>> clean("\\uff28i\\t\\x00 world ")
    'Hi world'
    """
    if not text.isascii():
        text = "".join(unicodedata.normalize("NFKC", p) for p in _pieces(text))
    if not text.isprintable():
        text = text.translate(_SPACES)
    text = " ".join(text.split())
    return text.lower() if lower else text


def count_words(text):
    """Words in a cleaned text; two Chinese or Japanese characters count as one word.

    >>> count_words("a cat"), count_words("响油鳝丝")
    (2, 2)
    """
    found = _UNITS.findall(text)
    single = sum(1 for unit in found if _is_east_asian(unit))
    return len(found) - single + (single + 1) // 2


def segmented(text):
    """A text with spaces between its Chinese words, found by jieba.

    >>> segmented("我爱北京")  # doctest: +SKIP
    '我 爱 北京'
    """
    cut = _dictionary().lcut
    return _HAN_RUN.sub(lambda run: f" {' '.join(cut(run[0]))} ", text).strip()


def _pieces(text):
    start = 0
    while start < len(text):
        end = start + _PIECE
        last = end + _MOST_MARKS
        while end < min(last, len(text)) and unicodedata.combining(text[end]):
            end += 1
        yield text[start:end]
        start = end


class _Spaces(dict):
    """`str.translate` table: unwanted characters to a space or to nothing."""

    def __missing__(self, code):
        if code in _WITHIN_WORDS:
            self[code] = None
            return None
        letter = chr(code)
        wanted = letter in _JOINERS or code in _TAGS
        unwanted = unicodedata.category(letter) in {"Cc", "Cf", "Cs"} and not wanted
        self[code] = " " if unwanted else code
        return self[code]


_SPACES = _Spaces()
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


def sets_words_apart(texts):
    """True when the words of these texts stand apart, so that each can be a unit.

    Not so in Chinese, Japanese, Thai, Lao, Burmese and Khmer; nor in Korean, whose
    words carry their endings.
    """
    letters = sum(letter.isalpha() for text in texts for letter in text)
    unspaced = sum(len(_UNSPACED.findall(text)) for text in texts)
    return unspaced <= 0.1 * letters


def _is_east_asian(unit):
    return len(unit) == 1 and (_HAN_RUN.match(unit) or "\u3040" <= unit <= "\u30ff")


@cache
def _dictionary():
    jieba = require("jieba", "segment: jieba of a text column")
    jieba.setLogLevel("ERROR")  # it reports the loading of its dictionary otherwise
    dictionary = jieba.Tokenizer()
    # Its cache is a marshal file in the shared temporary folder, where anybody may have
    # put one; a folder of our own makes it build the dictionary anew (under a second)
    with TemporaryDirectory() as folder:
        dictionary.tmp_dir = folder
        dictionary.initialize()
    return dictionary
