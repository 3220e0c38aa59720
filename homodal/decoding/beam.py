"""The likeliest units, summed over their paths, by a beam of beginnings.

CTC: prefix beam search (Hannun et al., 2014, arXiv:1408.2873). Transducer: at most one
unit a step (Kuang et al., 2022, arXiv:2206.13236). Both take what a language model and
a grammar say when a unit is added.
"""

from math import exp, inf, log1p

import numpy as np

from homodal.decoding.language import END

_UNITS_A_STEP = 12  # the likeliest; others hardly ever belong to the best beginning
_LEAST = -12.0  # log probability of units that are looked at
_NO = -inf


class Guide:
    """What units may come and how welcome they are: a grammar and a language model.

    grammar: a `Grammar` or None; ngrams: `Ngrams` or None, whose log probabilities
    count `weight` times, and `bonus` is added for each unit.
    """

    def __init__(self, grammar=None, ngrams=None, weight=0.5, bonus=0.0):
        self.grammar = grammar
        self.ngrams = ngrams
        self.weight = weight
        self.bonus = bonus

    def start(self):
        """The place before anything was said."""
        return self.grammar.start if self.grammar else ()

    def step(self, place, unit):
        """The place after `unit`; None where it may not come."""
        return self.grammar.step(place, unit) if self.grammar else place

    def complete(self, place):
        """True where a text may end."""
        return self.grammar.complete(place) if self.grammar else True

    def welcome(self, unit, before):
        """What `unit` (or END) after the units `before` adds to a score."""
        if self.ngrams is None:
            return 0.0 if unit == END else self.bonus
        log = self.weight * self.ngrams.log(unit, before)
        return log if unit == END else log + self.bonus


class _Beginning:
    """Units said so far, with the ways they go on. Each is one object."""

    def __init__(self, units, place, extra):
        self.units = units
        self.place = place
        self.extra = extra  # of the guide, summed
        self._next = {}

    def after(self, unit, guide):
        """The beginning that is one unit longer, or None where it may not be."""
        if unit not in self._next:
            place = guide.step(self.place, unit)
            self._next[unit] = None
            if place is not None:
                extra = self.extra + guide.welcome(unit, self.units)
                self._next[unit] = _Beginning((*self.units, unit), place, extra)
        return self._next[unit]


def ctc_beam(logs, guide, width):
    """`(units, log probability)` of the best text of one row.

    logs: log probabilities `(steps, 1 + units)`, blank first. width: beginnings kept.
    """
    root = _Beginning((), guide.start(), 0.0)
    beam = [(root, 0.0, _NO)]  # log probability ending in a blank, and in a unit
    for step in logs:
        ways: dict = {}
        likely, step = _likely(step), step.tolist()
        for one, blank, unit in beam:
            whole = _either(blank, unit)
            _add(ways, one, 0, whole + step[0])
            last = one.units[-1] if one.units else None
            if last is not None:
                _add(ways, one, 1, unit + step[last + 1])
            for new in likely:
                longer = one.after(new, guide)
                if longer is not None:
                    come = blank if new == last else whole
                    _add(ways, longer, 1, come + step[new + 1])
        scored = [(one, *logs_of) for one, logs_of in ways.items()]
        scored.sort(key=lambda w: _either(w[1], w[2]) + w[0].extra, reverse=True)
        beam = scored[:width]
    return _best([(one, _either(b, u)) for one, b, u in beam], guide)


def transducer_beam(sound, said, guide, width):
    """`(units, log probability, [step of each unit])` of the best text of one row.

    sound: logits `(steps, 1 + units)`; said: a function of the units so far to logits
    `(1 + units,)` that are added to them.
    """
    root = _Beginning((), guide.start(), 0.0)
    beam = {root: (0.0, ())}
    for step, heard in enumerate(sound):
        ways: dict = {}
        for one, (log, when) in beam.items():
            logs = heard + said(one.units)
            logs = logs - np.logaddexp.reduce(logs)
            _join(ways, one, log + logs[0], when)
            for new in _likely(logs):
                longer = one.after(new, guide)
                if longer is not None:
                    _join(ways, longer, log + logs[new + 1], (*when, step))
        kept = sorted(ways, key=lambda one: ways[one][0] + one.extra, reverse=True)
        beam = {one: ways[one] for one in kept[:width]}
    units, log = _best([(one, log) for one, (log, _) in beam.items()], guide)
    steps = next(
        (w for one, (_, w) in beam.items() if one.units[: len(units)] == units)
    )
    return units, log, steps[: len(units)]


def _likely(step):
    """Places of the units that are worth a look, from 0."""
    units = step[1:]
    if len(units) > _UNITS_A_STEP:
        places = np.argpartition(-units, _UNITS_A_STEP)[:_UNITS_A_STEP]
    else:
        places = np.arange(len(units))
    return [int(place) for place in places if units[place] > _LEAST]


def _either(one, other):
    """log(exp(one) + exp(other)), of two numbers: NumPy's is slow for so few."""
    high, low = (one, other) if one >= other else (other, one)
    return high if low == _NO else high + log1p(exp(low - high))


def _add(ways, one, kind, log):
    found = ways.setdefault(one, [_NO, _NO])
    found[kind] = _either(found[kind], log)


def _join(ways, one, log, when):
    known = ways.get(one)
    if known is None:
        ways[one] = (log, when)
    else:
        first = known[1] if known[0] >= log else when
        ways[one] = (_either(known[0], log), first)


def _best(beam, guide):
    """The best of the beginnings that may end; else the best, cut where it may."""
    ended = [
        (log + one.extra + guide.welcome(END, one.units), one, log)
        for one, log in beam
        if guide.complete(one.place)
    ]
    if ended:
        _, one, log = max(ended, key=lambda each: each[0])
        return one.units, float(log)
    one, log = beam[0]
    units = one.units
    while units and not guide.complete(_walked(units, guide)):
        units = units[:-1]
    return units, float(log)


def _walked(units, guide):
    place = guide.start()
    for unit in units:
        place = guide.step(place, unit)
    return place
