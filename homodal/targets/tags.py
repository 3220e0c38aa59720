"""Tag cells: one tag for each word of a text."""

from collections import Counter

import numpy as np

from homodal.contracts import UNLABELLED, UNSEEN, Evidence, Target
from homodal.errors import BadCell, PartError, TargetError, one_of
from homodal.media import spans
from homodal.media.files import shown, try_each

_FEW_PLAIN = 0.2  # different tags by words; above, the words are a text's own
_MOST_STEPS = 4096
_SCHEMES = (*spans.PREFIXES, "plain")


class Tags(Target):
    """A tag for each word of a text, such as "O B-city I-city".

    scheme: bio, bioes, or plain for tags that mark no spans (parts of speech). of: the
    text column whose words are tagged; the only one, if it is not told. A cell is a
    text with a tag for each word, or a list; an answer is such a text.
    """

    head = "tag"
    of_words = True

    def __init__(self, scheme="bio", of=None):
        if scheme not in _SCHEMES:
            raise PartError(
                "Unknown scheme of target 'tags'", expected=one_of(_SCHEMES), got=scheme
            )
        self.scheme = scheme
        self.of = of

    def recognise(self, cells):
        found, reason = try_each(cells, _parted)
        if len(found) < len(cells) or not found:
            why = f"{len(found)} of {len(cells)} cells are tags"
            return Evidence(0.0, f"{why}; {reason}" if reason else why)
        words = Counter(tag for tags in found for tag in tags)
        several = sum(len(tags) > 1 for tags in found) / len(found)
        why = f"{len(words)} different tags in {words.total() / len(found):.1f} words"
        for scheme in spans.PREFIXES:
            if all(spans.fits(tag, scheme) for tag in words) and len(words) > 1:
                sure = 0.97 if several > 0.5 else 0.3
                return Evidence(sure, f"{scheme.upper()}: {why}", {"scheme": scheme})
        repeated = len(words) <= max(_FEW_PLAIN * words.total(), 2)
        sure = 0.3 if repeated and several > 0.5 else 0.1
        return Evidence(sure, why, {"scheme": "plain"})

    def read(self, cell):
        """The tags with a space between, a str."""
        tags = _parted(cell)
        if self.scheme != "plain":
            for tag in tags:
                if not spans.fits(tag, self.scheme):
                    raise BadCell(f"'{tag}' is no tag of {self.scheme.upper()}")
        return " ".join(tags)

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
            "common": common if self.scheme == "plain" else spans.OUTSIDE,
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
        rules = spans.allowed(facts["tags"], self.scheme)
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
        if self.scheme == "plain":
            return ("word_accuracy", "exact")
        return ("f1", "precision", "recall", "word_accuracy", "exact")


def _parted(cell):
    """The tags of a cell, a list of str."""
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if isinstance(cell, (list, tuple)) and all(isinstance(tag, str) for tag in cell):
        tags = [tag for each in cell for tag in each.split()]
        if len(tags) != len(cell):
            raise BadCell(f"a tag is empty or has spaces: {shown(str(cell))}")
    elif isinstance(cell, str):
        tags = cell.split()
    else:
        raise BadCell(f"not a text of tags: {shown(cell)}")
    if not tags:
        raise BadCell("no tags")
    return tags
