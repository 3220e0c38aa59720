"""Tags of words as spans: what the tags of a scheme mean, and which may follow which.

A span is `(type, first word, last word)`. Inside this file a prefix is one of B (begins
a span), I (goes on with it), E (ends it), S (a span of a single word) and O (outside of
any), whatever letters a scheme writes them with.

bio: B begins every span (IOB2). iob1: I begins it, and B only where it touches one of
its type (CoNLL-2003). io: I alone; spans of one type that touch are one. bioes, bilou,
bmes and bmewo also mark the last word and the single one. Ramshaw and Marcus, "Text
Chunking using Transformation-Based Learning", 1995; Sang and Veenstra, "Representing
Text Chunks", 1999; Ratinov and Roth, 2009 (BILOU).

A form is how a column writes one tag, shown with B and the word "type": `B-type`,
`type-B`, `B_type`, `b-type`, `B` (no type), `type` (no letter: scheme io).
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

OUTSIDE = "O"
FORM = "B-type"
LETTERS = {
    "bio": {"B": "B", "I": "I"},
    "iob1": {"B": "B", "I": "I"},
    "io": {"I": "I"},
    "bioes": {"B": "B", "I": "I", "E": "E", "S": "S"},
    "bilou": {"B": "B", "I": "I", "L": "E", "U": "S"},
    "bmes": {"B": "B", "M": "I", "E": "E", "S": "S"},
    "bmewo": {"B": "B", "M": "I", "E": "E", "W": "S"},
}
SEPARATORS = "-_:./|"
FORMS = (
    *(f"B{sign}type" for sign in SEPARATORS),
    *(f"type{sign}B" for sign in SEPARATORS),
    *(f"b{sign}type" for sign in SEPARATORS),
    *(f"type{sign}b" for sign in SEPARATORS),
    "B",
    "b",
    "type",
)
UNTYPED = "_"  # the type of spans that have none
_CLOSED = frozenset(
    name for name, letters in LETTERS.items() if "E" in letters.values()
)
_ENDS, _BEGINS = "ES", "BS"  # whatever stands beside them


def outside(form: str = FORM) -> str:
    """The tag of a word outside of any span, as a form writes it."""
    return "o" if "b" in form else OUTSIDE


def letter_and_type(tag: str, form: str = FORM) -> tuple[str, str]:
    """`(letter, type)` of a tag in a form, the letter in upper case.

    ("B", "city") of "B-city"; ("O", "") of "O"; ("", "") of what has no letter.
    """
    if tag == outside(form):
        return OUTSIDE, ""
    if form == "type":
        return "I", tag
    lower = "b" in form
    if form in ("B", "b"):
        letter, kind = tag, UNTYPED
    else:
        sign = form.replace("type", "")[1 if form[0] in "Bb" else 0]
        if form[0] in "Bb":
            letter, _, kind = tag.partition(sign)
        else:
            kind, _, letter = tag.rpartition(sign)
    known = len(letter) == 1 and letter.islower() == lower and kind
    return (letter.upper(), kind) if known else ("", "")


def written(letter: str, kind: str, form: str = FORM) -> str:
    """The tag of a letter and a type in a form: what `letter_and_type` reads."""
    if letter == OUTSIDE:
        return outside(form)
    if form == "type":
        return kind
    letter = letter.lower() if "b" in form else letter
    return form.replace("B", "b").replace("b", letter, 1).replace("type", kind)


@lru_cache(maxsize=65_536)
def parted(tag: str, scheme: str = "bioes", form: str = FORM) -> tuple[str, str]:
    """`(prefix, type)`; `("", "")` of a tag that the scheme does not have."""
    letter, kind = letter_and_type(tag, form)
    if letter == OUTSIDE:
        return OUTSIDE, ""
    prefix = LETTERS[scheme].get(letter, "")
    return (prefix, kind) if prefix else ("", "")


def fits(tag: str, scheme: str, form: str = FORM) -> bool:
    """Whether a tag may stand in this scheme."""
    return parted(tag, scheme, form)[0] != ""


def spans_of(tags, scheme: str = "bioes", form: str = FORM) -> list:
    """The spans of a list of tags, a list in order.

    A tag that goes on with a span that is not there begins it, as CoNLL's script and
    seqeval count (Sang and Buchholz, 2000). So does every tag of iob1 and io.
    """
    spans = []
    begin, before, open_kind = 0, OUTSIDE, ""
    for place, tag in enumerate([*tags, outside(form)]):
        prefix, kind = parted(tag, scheme, form)
        prefix = prefix or OUTSIDE
        if before != OUTSIDE and _is_over(before, open_kind, prefix, kind):
            spans.append((open_kind, begin, place - 1))
            before = OUTSIDE
        if prefix != OUTSIDE and before == OUTSIDE:
            begin = place
        before, open_kind = prefix, kind
    return spans


def _is_over(before, kind, prefix, next_kind):
    """Whether the span of a word `before` ends in front of the next word."""
    over = before in _ENDS or prefix in (OUTSIDE, *_BEGINS)
    return over or kind != next_kind


def allowed(tags, scheme: str, form: str = FORM):
    """`(first, follows, last)`: `(K,)`, `(K, K)`, `(K,)` bool, of a list of K tags.

    follows[i, j]: tag j may stand after tag i. Everything of "plain" tags may.
    """
    if scheme == "plain":
        ones = np.ones(len(tags), bool)
        return ones, np.ones((len(tags), len(tags)), bool), ones
    split = [parted(tag, scheme, form) for tag in tags]
    first = np.array([_follows((OUTSIDE, ""), each, scheme) for each in split], bool)
    follows = np.array([[_follows(a, b, scheme) for b in split] for a in split], bool)
    last = np.array([_follows(each, (OUTSIDE, ""), scheme) for each in split], bool)
    return first, follows.reshape(len(tags), len(tags)), last


def is_allowed(tags, scheme: str, form: str = FORM) -> bool:
    """Whether a row of tags keeps to the scheme."""
    row = [(OUTSIDE, ""), *(parted(t, scheme, form) for t in tags), (OUTSIDE, "")]
    return all(_follows(a, b, scheme) for a, b in pairwise(row))


@lru_cache(maxsize=65_536)
def _follows(before, after, scheme):
    """Whether `after` may stand behind `before`, each `(prefix, type)`.

    Before the first word, and after the last one, it is as if a word outside stood.
    """
    if not before[0] or not after[0]:
        return False
    same = before[1] == after[1]
    if scheme in _CLOSED:
        if before[0] in "BI":
            return after[0] in "IE" and same
        return after[0] not in "IE"
    if scheme == "bio":
        return after[0] != "I" or (before[0] in "BI" and same)
    # iob1, io: a span begins with I; B parts two of one type
    return after[0] != "B" or (before[0] in "BI" and same)


def best_path(scores, lengths, first, follows, last):
    """The best allowed sequence of each row: int `(rows, T)`, Viterbi's.

    scores: `(rows, T, K)`, what each tag is worth at each word; lengths: `(rows,)`
    words of each row, the rest of its path is 0; first, follows, last: of `allowed`. A
    row that no sequence is allowed for takes the best tag of each word.
    """
    rows, steps, classes = scores.shape
    if not rows or not steps:
        return np.zeros((rows, steps), np.int64)
    total = np.where(first, scores[:, 0], -np.inf)
    groups, group_of = np.unique(follows, axis=1, return_inverse=True)
    members = [np.flatnonzero(group) for group in groups.T]
    group_of = group_of.reshape(-1)
    back = np.zeros((rows, steps, classes), np.int32)
    back[:] = np.arange(classes)  # past its end a row stays where it is
    for step in range(1, steps):
        best, place = _best_before(total, members)
        going = (step < lengths)[:, None]
        moved = best[:, group_of] + scores[:, step]
        back[:, step] = np.where(going, place[:, group_of], back[:, step])
        total = np.where(going, moved, total)
    path = np.zeros((rows, steps), np.int64)
    ended = np.where(last, total, -np.inf)
    tag = ended.argmax(axis=1)
    for step in range(steps - 1, -1, -1):
        path[:, step] = tag
        tag = np.take_along_axis(back[:, step], tag[:, None], axis=1)[:, 0]
    lost = np.isneginf(ended.max(axis=1))
    path[lost] = scores[lost].argmax(axis=2)
    return np.where(np.arange(steps) < np.asarray(lengths)[:, None], path, 0)


def _best_before(total, members):
    """For each set of tags its best in `total`, `(rows, sets)`, and which that is."""
    best = np.full((len(total), len(members)), -np.inf)
    place = np.zeros((len(total), len(members)), np.int32)
    for number, tags in enumerate(members):
        if len(tags):
            own = total[:, tags]
            best[:, number] = own.max(axis=1)
            place[:, number] = tags[own.argmax(axis=1)]
    return best, place
