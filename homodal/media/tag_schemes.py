"""Which scheme a column's tags are of, and how they are written: by all of its rows."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from homodal.media import spans

_MOST_ROWS = 2000  # whose order of tags is looked at
_MOST_WORDS = 0.9  # of the words, that have a tag of the scheme
_MOST_TAGGED = 0.8  # of the words that are not outside
_MOST_BARE = 0.9  # of the rows that keep to the scheme, where a tag is one letter
_LEAST_OUTSIDE = 0.2  # of the words, where tags are types without a letter
_FEW_TYPES = 0.2  # different types by words; above, they are a text's own words
_ANY_LETTER = frozenset("OBIESLUMW")


class Seen(NamedTuple):
    """The scheme and form of a column; `misfits`: other tags, and how often each is."""

    scheme: str
    form: str
    misfits: Counter

    def describe(self) -> str:
        """ "BIO", "IOB1 written like 'type-B'"."""
        name = self.scheme.upper()
        return name if self.form == spans.FORM else f"{name} written like '{self.form}'"


def recognise_scheme(
    rows: list[list[str]], scheme: str | None = None, form: str | None = None
) -> Seen | None:
    """The scheme that (nearly) all tags are of, or None.

    rows: the tags of each. scheme, form: what is named already. Of the schemes that
    have the letters, it is the one to which most rows keep.
    """
    counts = Counter(tag for tags in rows for tag in tags)
    if len(counts) < 2:
        return None
    forms = [form] if form else spans.FORMS
    likely = [each for each in forms if _may_be(counts, each)]
    # of equals the earlier stays in front: FORMS begin with what is usual
    for each in sorted(likely, key=lambda form: -_share(counts, form)):
        seen = _seen(rows, counts, scheme, each)
        if seen is not None:
            return seen
    return None


def _seen(
    rows: list[list[str]], counts: Counter, scheme: str | None, form: str
) -> Seen | None:
    few = rows[:_MOST_ROWS]
    scheme = scheme or _likeliest(few, _schemes_of(form), form)
    misfits = Counter(
        {t: n for t, n in counts.items() if not spans.fits(t, scheme, form)}
    )
    tagged = counts.total() - counts[spans.outside(form)]
    if misfits.total() > (1 - _MOST_WORDS) * counts.total():
        return None
    if misfits.total() > (1 - _MOST_TAGGED) * tagged:
        return None
    if form in ("B", "b"):
        kept = sum(spans.is_allowed(tags, scheme, form) for tags in few)
        if kept < _MOST_BARE * len(few):
            return None
    return Seen(scheme, form, misfits)


def _may_be(counts: Counter, form: str) -> bool:
    """Whether some tag but the one outside is written in this form."""
    outside = spans.outside(form)
    if form == "type":
        enough = counts[outside] >= _LEAST_OUTSIDE * counts.total()
        few = len(counts) <= max(_FEW_TYPES * counts.total(), 2)
        return enough and few and any(len(tag) > 1 for tag in counts)
    return any(tag != outside and _is_of(tag, form) for tag in counts)


def _is_of(tag: str, form: str) -> bool:
    return spans.letter_and_type(tag, form)[0] in _ANY_LETTER


def _share(counts: Counter, form: str) -> float:
    """How many of the words have a tag in this form; types alone come last."""
    if form == "type":
        return 0.0
    return sum(n for tag, n in counts.items() if _is_of(tag, form)) / counts.total()


def _schemes_of(form: str) -> Iterable[str]:
    return ("io",) if form == "type" else ("io", *spans.LETTERS)


def _likeliest(rows: list[list[str]], schemes: Iterable[str], form: str) -> str:
    """The scheme to which most rows keep; of equals that of most tags, or the first."""

    def kept(scheme: str) -> tuple[int, int]:
        words = sum(spans.fits(tag, scheme, form) for tags in rows for tag in tags)
        return sum(spans.is_allowed(tags, scheme, form) for tags in rows), words

    return max(schemes, key=kept)
