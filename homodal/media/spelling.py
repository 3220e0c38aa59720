"""Words between spaces as numbers of themselves and of the letters they are made of.

A word is read twice: as a whole, and as its n-grams, three and four letters long with
its beginning and its end marked, so that a word that was never seen is still made of
known pieces (Bojanowski et al., "Enriching Word Vectors with Subword Information",
2017, arXiv:1607.04606; learned here, not hashed). In the n-grams any digit is a 0: all
years look alike. Number 0 is padding and 1 is what is too rare to be learned.
"""

import json
from collections import Counter
from functools import lru_cache

import numpy as np

from homodal.media import words
from homodal.media.tokens import PADDING, UNKNOWN

PIECES = 20  # n-grams of a word that are kept
_SIZES = (3, 4)
_DIGITS = str.maketrans("123456789", "000000000")


def parted(text, lower=False):
    """The cleaned words of a raw text, one for each of `text.split()`.

    Cleaning may part a word (a spaced accent) or leave nothing of it; it stays one.
    """
    return cleaned(text.split(), lower)


def cleaned(parts, lower=False):
    """The same of words that stand in a list, one for each."""
    found = (words.clean(each, lower).replace(" ", "") for each in parts)
    return [word or UNKNOWN for word in found]


def train(texts, vocabulary, min_count):
    """JSON of the numbers of words and n-grams in `texts`, words with spaces between.

    At most `vocabulary` words and as many n-grams; words that occur `min_count` times,
    and n-grams that so many different words have.
    """
    counts = Counter(word for text in texts for word in text.split(" "))
    shared = Counter(gram for word in counts for gram in set(ngrams(word)))
    return json.dumps(
        {
            "words": _commonest(counts, vocabulary, min_count),
            "ngrams": _commonest(shared, vocabulary, min_count),
        },
        ensure_ascii=False,
    )


def ngrams(word):
    """The word's n-grams, the short ones first, at most `PIECES`.

    >>> ngrams("in7")
    ['<in', 'in0', 'n0>', '<in0', 'in0>']
    """
    marked = f"<{word}>".translate(_DIGITS)
    found = [
        marked[begin : begin + size]
        for size in _SIZES
        for begin in range(len(marked) - size + 1)
    ]
    return found[:PIECES]


def encode(text, spelling, most):
    """Numbers of the first `most` words, int32 `(words, 1 + PIECES)`.

    Each row is the word's own number, then those of its known n-grams, then padding.
    """
    known, pieces = _loaded(spelling)
    found = text.split(" ")[:most]
    numbers = np.zeros((len(found), 1 + PIECES), np.int32)
    for row, word in zip(numbers, found, strict=True):
        own = [pieces[gram] for gram in ngrams(word) if gram in pieces]
        row[0] = known.get(word, 1)
        row[1 : 1 + len(own)] = own
    return numbers


def size(spelling):
    """How many numbers there are, with padding and unknown."""
    known, pieces = _loaded(spelling)
    return 2 + len(known) + len(pieces)


def spelled(numbers, spelling):
    """The words that rows of `encode` stand for, a list of str."""
    names = list(_loaded(spelling)[0])
    known = [PADDING, UNKNOWN, *names]
    return [known[number] for number in np.asarray(numbers)[:, 0]]


def _commonest(counts, most, min_count):
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [name for name, count in ranked[:most] if count >= min_count]


@lru_cache(maxsize=8)
def _loaded(spelling):
    """`({word: number}, {n-gram: number})`; n-grams are numbered after the words."""
    saved = json.loads(spelling)
    known = {word: 2 + i for i, word in enumerate(saved["words"])}
    first = 2 + len(known)
    return known, {gram: first + i for i, gram in enumerate(saved["ngrams"])}
