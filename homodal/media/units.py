"""Units of what is said: characters, subwords or words, and back to text.

A text is cleaned, its words parted by one space. Of characters the space is a unit like
any other. A subword or word that begins a word starts with the mark "▁" (as in
SentencePiece; Kudo and Richardson, 2018, arXiv:1808.06226), so that units joined are
the text again.
"""

from collections import Counter
from functools import lru_cache

from homodal.media import tokens

MARK = "\u2581"
KINDS = ("character", "subword", "word")


def learn(texts, kind, most, min_count=1):
    """The units of `texts` (a list of cleaned str), sorted: at most about `most`.

    Of the rarest ones, those seen in fewer than `min_count` places are left out.
    Subwords are merged by byte-pair encoding; single letters are always among them.
    """
    counts: Counter[str] = Counter()
    if kind == "character":
        for text in texts:
            counts.update(text)
    else:
        words: Counter[str] = Counter()
        for text in texts:
            words.update(text.split())
        pieces = None
        if kind == "subword":
            trained = tokens.train(sorted(texts), "subword", most, 1)
            pieces = set(tokens.vocabulary(trained))
        for word, times in words.items():
            for unit in [MARK + word] if pieces is None else _longest(word, pieces):
                counts[unit] += times
    ranked = sorted(counts, key=lambda unit: (-counts[unit], unit))
    return sorted(unit for unit in ranked[:most] if counts[unit] >= min_count)


def encode(text, vocabulary, kind):
    """Places in `vocabulary` (a tuple of units) of a cleaned text, a list of int.

    What no unit stands for is left out.
    """
    places = _places(vocabulary)
    if kind == "character":
        found = text
    elif kind == "word":
        found = [MARK + word for word in text.split()]
    else:
        found = [unit for word in text.split() for unit in _covering(word, places)]
    return [places[unit] for unit in found if unit in places]


def parted(units):
    """Lists of places within `units`, one list a word: spaces are in none.

    units: a list of str.
    """
    words: list[list[int]] = [[]]
    for place, unit in enumerate(units):
        if unit == " " or unit.startswith(MARK):
            words.append([])
        if unit != " ":
            words[-1].append(place)
    return [word for word in words if word]


def spelled(units):
    """The letters of a word's units."""
    return "".join(units).replace(MARK, "")


@lru_cache(maxsize=32)
def _places(vocabulary):
    return {unit: place for place, unit in enumerate(vocabulary)}


def _longest(word, pieces):
    """The units of a word by longest match; a letter is always a piece."""
    found, begin = [], 0
    while begin < len(word):
        end = len(word)
        while end > begin + 1 and word[begin:end] not in pieces:
            end -= 1
        found.append((MARK if begin == 0 else "") + word[begin:end])
        begin = end
    return found


def _covering(word, places):
    """The same by the units themselves: the mark belongs to the first one."""
    rest, found = MARK + word, []
    while rest and rest != MARK:
        end = len(rest)
        while end > 1 and rest[:end] not in places:
            end -= 1
        if rest[:end] in places:
            found.append(rest[:end])
        elif rest.startswith(MARK):  # no unit begins so: its letter is left out
            end = 2
        rest = rest[end:]
    return found
