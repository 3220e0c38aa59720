"""The encoding of a text file: told, marked in the file, or else UTF-8."""

import codecs
import re
from collections.abc import Callable
from typing import IO

from homodal.errors import TableError, did_you_mean

Opener = Callable[[], IO[bytes]]
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# for the hint only, which names one of each
_GUESSES = ("gb18030", "big5", "shift_jis"), ("cp1251", "cp1252")
_LATIN = 0x24F  # the last of its letters
_COMMON = (
    "utf-8 utf-16 latin-1 cp1252 cp1251 cp437 gb18030 big5 shift_jis euc-kr koi8-r"
)


def encoding_of(opened: Opener, told: str | None = None) -> str:
    """The encoding of a file: the one told, else as its first bytes say.

    A byte order mark wins over `utf-8` and `utf-16-le`, which leave it in the text.
    """
    with opened() as file:
        start = file.read(4)
    marked = next((e for mark, e in _MARKS if start.startswith(mark)), None)
    if marked and (told is None or codecs.lookup(told).name.startswith("utf")):
        return marked
    return told or "utf-8"


def check_encoding(name: str | None) -> str | None:
    """`name`, an encoding that Python knows. Raises `TableError` with a near name."""
    try:
        known = name is None or codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        known = False
    if not known:
        raise TableError(
            f"There is no encoding '{name}'",
            expected="the name of one, such as utf-8, cp1252, gb18030, shift_jis",
            do=did_you_mean(name, _COMMON.split()),
        )
    return name


def wrong_encoding(
    name: str, number: int, line: bytes, error: UnicodeDecodeError
) -> TableError:
    """Names the line, and the encodings in which its bytes are letters."""
    readings = []
    for encodings in _GUESSES:
        texts = [(each, text) for each in encodings if (text := _decoded(line, each))]
        readings += sorted(texts, key=lambda one: _mixed(one[1]))[:1]
    readings.sort(key=lambda one: _mixed(one[1]))
    guess = readings[0][0] if readings else "latin1"
    wrong = line[error.start : error.start + 4]
    hint = ", ".join(f"in {each} it reads {text[:40]!r}" for each, text in readings)
    return TableError(
        f"'{name}', line {number} is not UTF-8 text (bytes {wrong!r})"
        + (f"; {hint}" if hint else ""),
        do=f"Say its encoding: --encoding {guess}; or save it as UTF-8, e.g. "
        f"iconv -f {guess} -t utf-8 old.csv > new.csv",
    )


def explained(opened: Opener, name: str, encoding: str) -> TableError | None:
    """The error of the first line that is no text of this encoding; None without."""
    if encoding.startswith("utf-8"):
        with opened() as file:
            for number, line in enumerate(file, 1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError as error:
                    return wrong_encoding(name, number, line, error)
        return None
    with opened() as file:
        content = file.read()
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        return TableError(
            f"'{name}', line {before.count(chr(10)) + 1} is not {encoding} text "
            f"({error})",
            do="Name another encoding: --encoding NAME",
        )
    return None


def _mixed(text):
    """True where one letter of another script stands in a Latin word: `cafй`."""
    words = re.findall(r"[^\W\d_]+", text)
    return any(
        word[0].isascii() and sum(ord(letter) > _LATIN for letter in word) == 1
        for word in words
    )


def _decoded(line, encoding):
    try:
        text = line.decode(encoding).strip()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
