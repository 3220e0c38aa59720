"""An n-gram model of units: how likely a unit is after the few before it.

Interpolated Witten-Bell: p(u | h) = (n(h u) + t(h) p(u | h')) / (n(h) + t(h)), with n
counts, t(h) how many different units followed h, and h' the history without its oldest
unit; at the root every unit is equally likely. Witten and Bell, 1991.
"""

import json
import math
from collections import Counter, defaultdict
from functools import lru_cache

END = -1  # stands for the end of a text, and for what was before its start


def count(texts, order):
    """Counts of all runs of up to `order` units of `texts`, as compact JSON.

    texts: lists of int. The JSON is `{"history": [unit, times, unit, times, ...]}`,
    histories as numbers with spaces between them.
    """
    counts: defaultdict[tuple, Counter] = defaultdict(Counter)
    for text in texts:
        padded = (END, *text, END)
        for place in range(1, len(padded)):
            for length in range(min(order, place + 1)):
                counts[padded[place - length : place]][padded[place]] += 1
    flat = {
        " ".join(map(str, history)): [n for p in sorted(after.items()) for n in p]
        for history, after in sorted(counts.items())
    }
    return json.dumps(flat, separators=(",", ":"))


class Ngrams:
    """log p(unit | units before), natural; see `count` for the JSON."""

    def __init__(self, text, order, units):
        self.order = order
        self._even = 1 / (units + 1)
        self._after = {}
        for history, flat in json.loads(text).items():
            key = tuple(int(number) for number in history.split())
            self._after[key] = dict(zip(flat[::2], flat[1::2], strict=True))
        self._known = lru_cache(maxsize=200_000)(self._probability)

    def log(self, unit, before):
        """Of `unit` (or END) after the tuple `before`."""
        history = ((END, *before) if len(before) < self.order else before)[
            len(before) + (len(before) < self.order) - self.order + 1 :
        ]
        return math.log(self._known(unit, history if self.order > 1 else ()))

    def _probability(self, unit, history):
        lower = self._probability(unit, history[1:]) if history else self._even
        after = self._after.get(history)
        if not after:
            return lower
        kinds, total = len(after), sum(after.values())
        return (after.get(unit, 0) + kinds * lower) / (total + kinds)


@lru_cache(maxsize=8)
def opened(text, order, units):
    """The `Ngrams` of a JSON, made once."""
    return Ngrams(text, order, units)
