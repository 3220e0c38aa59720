"""Tags of words as spans: what BIO and BIOES tags mean, and which may follow which.

A span is `(type, first word, last word)`. BIO: B begins a span, I goes on with it, O is
outside of any. BIOES: E ends a span and S is one of a single word. Ramshaw and Marcus,
"Text Chunking using Transformation-Based Learning", 1995.
"""

import numpy as np

OUTSIDE = "O"
PREFIXES = {"bio": "BI", "bioes": "BIES"}
_ENDS, _BEGINS = "ES", "BS"  # whatever stands beside them


def parted(tag):
    """`(prefix, type)`: ("B", "city") of "B-city"; ("O", "") of "O"."""
    if tag == OUTSIDE:
        return OUTSIDE, ""
    prefix, _, kind = tag.partition("-")
    return prefix, kind


def fits(tag, scheme):
    """Whether a tag may stand in this scheme."""
    prefix, kind = parted(tag)
    return tag == OUTSIDE or (bool(kind) and prefix in tuple(PREFIXES[scheme]))


def spans_of(tags):
    """The spans of a list of tags, a list in order.

    A tag that goes on with a span that is not there begins it, as CoNLL's script and
    seqeval count (Sang and Buchholz, 2000).
    """
    found = []
    begin, before, open_kind = 0, OUTSIDE, ""
    for place, tag in enumerate([*tags, OUTSIDE]):
        prefix, kind = parted(tag)
        if before != OUTSIDE and _is_over(before, open_kind, prefix, kind):
            found.append((open_kind, begin, place - 1))
            before = OUTSIDE
        if prefix != OUTSIDE and before == OUTSIDE:
            begin = place
        before, open_kind = prefix, kind
    return found


def _is_over(before, kind, prefix, next_kind):
    """Whether the span of a word `before` ends in front of the next word."""
    over = before in _ENDS or prefix in (OUTSIDE, *_BEGINS)
    return over or kind != next_kind


def allowed(tags, scheme):
    """`(first, follows, last)`: `(K,)`, `(K, K)`, `(K,)` bool, of a list of K tags.

    follows[i, j]: tag j may stand after tag i. Everything of "plain" tags may.
    """
    if scheme == "plain":
        ones = np.ones(len(tags), bool)
        return ones, np.ones((len(tags), len(tags)), bool), ones
    split = [parted(tag) for tag in tags]
    first = np.array([_opens(prefix) for prefix, _ in split], bool)
    follows = np.array([[_follows(a, b, scheme) for b in split] for a in split], bool)
    last = np.array([not _unfinished(prefix, scheme) for prefix, _ in split], bool)
    return first, follows.reshape(len(tags), len(tags)), last


def _opens(prefix):
    return prefix == OUTSIDE or prefix in _BEGINS


def _unfinished(prefix, scheme):
    return scheme == "bioes" and prefix in "BI"


def _follows(before, after, scheme):
    if _unfinished(before[0], scheme):
        return after[0] in "IE" and after[1] == before[1]
    if _opens(after[0]):
        return True
    return scheme == "bio" and before[0] in "BI" and before[1] == after[1]


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
