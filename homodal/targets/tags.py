"""Tag cells: one tag for each word of a text."""

from collections import Counter

import numpy as np

from homodal.contracts import UNLABELLED, UNSEEN, Evidence, Target
from homodal.errors import BadCell, PartError, TargetError, one_of
from homodal.media import spans
from homodal.media.files import shown, try_each
from homodal.media.lists import listed
from homodal.media.names import name_of
from homodal.media.tag_schemes import Seen, recognise_scheme

_FEW_PLAIN = 0.2  # different tags by words; above, the words are a text's own
_MOST_STEPS = 4096
_PLAIN = "plain"
_SCHEMES = (*spans.LETTERS, _PLAIN)
_SHOWN = 3  # odd tags that a message names


class Tags(Target):
    """A tag for each word of a text, such as "O B-city I-city".

    scheme: bio (IOB2), iob1, io, bioes, bilou, bmes, bmewo, or plain for tags that mark
    no spans (parts of speech). form: how a tag is written, such as "B-type", "type-B",
    "B_type", "b-type", "B" (no type) or "type" (no letter). Both are found from the
    data where they are not told. of: the text column whose words are tagged; the only
    one, if it is not told. A cell is a text with a tag for each word, or a list of
    names or of whole numbers, also one that is written as JSON or Python writes it; an
    answer is such a text, in the scheme and form of the training rows.
    """

    head = "tag"
    of_words = True

    def __init__(self, scheme=None, form=None, of=None):
        for option, value, known in (
            ("scheme", scheme, _SCHEMES),
            ("form", form, spans.FORMS),
        ):
            if value is not None and value not in known:
                raise PartError(
                    f"Unknown {option} of target 'tags'",
                    expected=one_of(known),
                    got=value,
                )
        self.scheme = scheme
        self.form = form
        self.of = of

    def recognise(self, cells):
        rows, reason = try_each(cells, _tags_of)
        if len(rows) < len(cells) or not rows:
            why = f"{len(rows)} of {len(cells)} cells are tags"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        words = Counter(tag for tags in rows for tag in tags)
        several = sum(len(tags) > 1 for tags in rows) / len(rows)
        why = f"{len(words)} different tags in {words.total() / len(rows):.1f} words"
        if self.scheme != _PLAIN:
            seen = recognise_scheme(rows, self.scheme, self.form)
            if seen is not None:
                return _spans_seen(seen, why, several)
        repeated = len(words) <= max(_FEW_PLAIN * words.total(), 2)
        sure = 0.3 if repeated and several > 0.5 else 0.1
        return Evidence(sure, why, {"scheme": _PLAIN})

    def read(self, cell):
        """The tags with a space between, a str."""
        tags = _tags_of(cell)
        if self.scheme != _PLAIN:
            for tag in tags:
                if not spans.fits(tag, self._scheme, self._form):
                    raise BadCell(
                        f"'{tag}' is no tag of {self._described} "
                        "(scheme: plain takes any)"
                    )
        return " ".join(tags)

    @property
    def marks_spans(self) -> bool:
        """Whether the tags mark spans, which are found by `spans_of`."""
        return self.scheme != _PLAIN

    def spans_of(self, tags: list[str]) -> list:
        """The spans of a row's tags: `(type, first word, last word)`, in order."""
        return spans.spans_of(tags, self._scheme, self._form)

    @property
    def _scheme(self):
        return self.scheme or "bio"

    @property
    def _form(self):
        return self.form or spans.FORM

    @property
    def _described(self):
        return Seen(self._scheme, self._form, Counter()).describe()

    def learn(self, values):
        """Facts: tags in order; steps, the longest row's words; common, the likeliest.

        common: O where spans are marked, else the tag of the most words.
        """
        counts: Counter = Counter()
        steps = 0
        for value in values:
            tags = value.split(" ")
            counts.update(tags)
            steps = max(steps, len(tags))
        if len(counts) < 2:
            raise TargetError(
                "The tags are all alike" if counts else "The target has no answers",
                expected="two tags or more in the training rows",
                got=", ".join(counts) or "none",
                do="Name another column as the target, or fill this one",
            )
        common = max(sorted(counts), key=counts.__getitem__)
        return {
            "tags": sorted(counts),
            "steps": min(steps, _MOST_STEPS),
            "common": spans.outside(self._form) if self.marks_spans else common,
        }

    def classes_in(self, value: str) -> tuple[str, ...]:
        return tuple(value.split(" "))

    def encode(self, value, facts):
        """Places of the tags, int32 `(steps,)`; -1 past the last and where unseen."""
        known = {tag: place for place, tag in enumerate(facts["tags"])}
        encoded = np.full(facts["steps"], UNSEEN, np.int32)
        tags = value.split(" ")[: facts["steps"]]
        encoded[: len(tags)] = [known.get(tag, UNSEEN) for tag in tags]
        return encoded

    def blank(self, facts):
        return np.full(facts["steps"], UNLABELLED, np.int32)

    def decode(self, logits, facts):
        """tags: the best sequence that the scheme allows; confidence: of each word.

        logits: float `(rows, words, tags + 1)`, the last one for "there is no word". An
        answer has as many tags as the row has words. confidence: the probability of
        each word's tag, a list a row.
        """
        logits = np.asarray(logits, np.float64)
        words = (logits.argmax(axis=2) < len(facts["tags"])).sum(axis=1)
        logits = logits[:, : words.max(initial=0)]
        scores = logits[..., :-1]
        scores = scores - scores.max(axis=2, keepdims=True, initial=-np.inf)
        scores = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
        scheme = self._scheme if self.marks_spans else _PLAIN
        rules = spans.allowed(facts["tags"], scheme, self._form)
        paths = spans.best_path(scores, words, *rules)
        sure = np.exp(np.take_along_axis(scores, paths[..., None], axis=2))[..., 0]
        return {
            "tags": [
                " ".join(facts["tags"][place] for place in path[:count])
                for path, count in zip(paths, words, strict=True)
            ],
            "confidence": [
                own[:count].tolist() for own, count in zip(sure, words, strict=True)
            ],
        }

    def nothing(self, facts):
        return {"tags": [], "confidence": []}

    def guess(self, facts):
        """One tag; whoever scores it gives it to every word of the row."""
        return facts["common"]

    def scores(self, facts):
        if not self.marks_spans:
            return ("word_accuracy", "exact")
        return ("f1", "precision", "recall", "word_accuracy", "exact")


def _spans_seen(seen, why, several):
    """Evidence of a scheme; the tags that it does not have are named."""
    usual = 0.97 if seen.form not in ("B", "b", "type") else 0.9
    usual = 0.75 if seen.form == "type" else usual
    why = f"{seen.describe()}: {why}"
    if seen.misfits:
        odd = ", ".join(f"'{tag}'" for tag, _ in seen.misfits.most_common(_SHOWN))
        count = seen.misfits.total()
        why += f"; {count} of the words have a tag that is not of it, such as {odd}"
    options = {"scheme": seen.scheme}
    if seen.form != spans.FORM:
        options["form"] = seen.form
    return Evidence(usual if several > 0.5 else 0.3, why, options)


def _tags_of(cell):
    """The tags of a cell, a list of str."""
    found = listed(cell)
    if found is not None:
        tags = [each if isinstance(each, str) else _number_name(each) for each in found]
        if any(len(tag.split()) != 1 for tag in tags):
            raise BadCell(f"a tag is empty or has spaces: {shown(str(cell))}")
        tags = [tag.strip() for tag in tags]
    elif isinstance(cell, str):
        tags = cell.split()
    else:
        raise BadCell(f"not a text of tags: {shown(cell)}")
    if not tags:
        raise BadCell("no tags")
    return tags


def _number_name(tag):
    """The number of a tag as its name."""
    name = name_of(tag) if isinstance(tag, (int, float)) else ""
    if not name.lstrip("-").isdigit():
        raise BadCell(f"not a tag: {shown(tag)}")
    return name
