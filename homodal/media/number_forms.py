"""The form in which a column writes its numbers, told by the column's own cells.

A single cell may be ambiguous: `1,234` is more than a thousand, or between one and two.
A column seldom is. Where it is, a comma before three digits each time keeps thousands
apart and a point is the decimal sign; the evidence says which way it was read.
"""

import re
from collections import Counter
from dataclasses import dataclass

from homodal.media.numbers import (
    DECIMALS,
    ESSENTIAL,
    THOUSANDS,
    NumberForm,
    take_apart,
    uniform,
)

_RARE_UNIT = 0.1  # of the numbers; a rarer unit is no unit of the column
_FEW_TYPOS = 0.03  # of 50 commas or more, that stand before other than three digits
_ENOUGH = 50
_MOST_SHOWN = 3
_FIRST = 200  # texts; what they are not, the column is not
_ALIKE = str.maketrans("23456789", "1" * 8)  # of digits only a zero is another
_SURELY_PLAIN = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?(e-?[0-9]+)?", re.ASCII)
_THREE_DECIMALS = re.compile(r"\.[0-9]{3}(e.*)?$")
_SINGLE = re.compile(r"([0-9]{1,3})[.,]([0-9]{3})")
_NAMES = {" ": "spaces", "'": "apostrophes", "_": "underscores", ",": "commas"}
_KINDS = (
    ("dates", r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}([T ].*)?"),
    ("times", r"(.* )?[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)?( ?[aApP]\.?[mM]\.?)?"),
    ("IP addresses", r"([0-9]{1,3}\.){3}[0-9]{1,3}"),
    ("versions", r"[vV]?[0-9]+(\.[0-9]+){2,}[\w.+-]*"),
    ("ranges", r"[0-9.,]+ ?(-|to|\.\.) ?[0-9.,]+"),
    ("fractions", r"[0-9]+ ?/ ?[0-9]+"),
)


@dataclass(frozen=True)
class Writing:
    """The form of a column's numbers, and what shows it.

    notes: clauses for a person, `decimal comma in 118 of 120 cells`. kind: what the
    cells look like instead of numbers, or "".
    """

    form: NumberForm
    notes: tuple = ()
    kind: str = ""

    @property
    def options(self):
        """Constructor options that are not the plain form's."""
        options = {"decimal": self.form.decimal, "thousands": self.form.thousands}
        plain = vars(NumberForm())
        changed = {k: v for k, v in options.items() if v != plain[k]}
        return changed | ({"strip": list(self.form.strip)} if self.form.strip else {})

    def clause(self, why):
        """`why` and all that was noted, in one clause."""
        look = (f"they look like {self.kind}",) if self.kind else ()
        return "; ".join((why, *look, *self.notes))


def recognise_form(cells, decimal=None, thousands=None, strip=None):
    """The `Writing` of these cells; options that are not None are kept as they are."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    if (decimal, thousands, strip) == (None, None, None) and _are_plain(texts):
        return Writing(NumberForm())
    texts = list(map(uniform, texts))
    kind = kind_of(texts)
    if kind:
        return Writing(NumberForm(), (), kind)
    told = NumberForm.of("number", decimal, thousands, strip)
    pieces = [each for text in texts if (each := take_apart(text)) is not None]
    units, notes = _units(pieces, None if strip is None else told.strip)
    bodies = [p.body for p in pieces if set(p.affixes) <= set(units)]
    form, separators = _separators(bodies, decimal, thousands)
    form = NumberForm(form.decimal, form.thousands, units)
    return Writing(form, (*separators, *notes))


def kind_of(texts):
    """What texts that consist of digits and signs are, where they are no numbers.

    "dates", "times", "IP addresses", "versions", "ranges", "fractions", "codes with
    leading zeros", "telephone numbers", or "".
    """
    texts = [text for text in texts if text]
    if len(texts) > _FIRST and not kind_of(texts[:_FIRST]):
        return ""
    if not texts:
        return ""
    for name, pattern in _KINDS:
        matches = re.compile(pattern, re.ASCII).fullmatch
        if sum(map(bool, map(matches, texts))) > 0.8 * len(texts):
            return name
    if _are_codes(texts):
        return "codes with leading zeros"
    return "telephone numbers" if _are_telephones(texts) else ""


def _are_plain(texts):
    """True where numbers are surely in the plain form: most columns, and quickly.

    None has a leading zero or a plus, as codes and telephone numbers have; and a point
    before three digits keeps no thousands apart, since another number shows it.
    """
    if not all(map(_SURELY_PLAIN.fullmatch, texts)):
        return False
    three = [text for text in texts if _THREE_DECIMALS.search(text)]
    others = {*texts}.difference(three)
    return (
        not three
        or any(text.lstrip("-").startswith("0") for text in three)
        or any("." in text for text in others)
    )


def _are_codes(texts):
    """True where most have a leading zero and all one length; zip codes, a few."""
    padded = sum(len(t) > 1 and t[0] == "0" and t.isdigit() for t in texts)
    if not padded or not all(t.isascii() and t.isdigit() for t in texts):
        return False
    length = len(texts[0])
    one_length = all(len(text) == length for text in texts)
    return one_length and (padded > len(texts) / 2 or length > 3)


def _are_telephones(texts):
    """True for seven digits or more in every cell, with signs as in `+49 171 …`."""
    digits = [re.sub("[^0-9]", "", text) for text in texts]
    written = all(re.fullmatch(r"\+?[0-9() /.-]+", text) for text in texts)
    if not written or min(map(len, digits)) < 7 or max(map(len, digits)) > 15:
        return False
    marked = sum(t.startswith(("+", "00", "0", "(")) or "-" in t[1:] for t in texts)
    if marked > len(texts) / 2 and not any("." in text for text in texts):
        return len(set(texts)) > len(texts) / 2
    spaced = sum(" " in text for text in texts) > len(texts) / 2
    lengths = set(map(len, digits))
    return spaced and len(texts) > 4 and len(lengths) == 1 and len(set(digits)) > 4


def _units(pieces, told):
    """`(units to strip, notes)`: the commonest, with how many cells have it."""
    counts = Counter(p.affixes for p in pieces)
    bare = counts.pop((), 0)
    units = told
    if units is None:
        units = next(iter(counts.most_common(1)), ((), 0))[0]
        least = 0.5 if set(units) & ESSENTIAL else _RARE_UNIT
        units = units if counts[units] >= least * len(pieces) else ()
    stripped = sum(n for each, n in counts.items() if each and set(each) <= set(units))
    notes = []
    if units:
        names = " and ".join(f"'{unit}'" for unit in units)
        notes.append(f"{names} in {stripped} of {len(pieces)} cells")
        if set(units) & ESSENTIAL:
            notes.append(f"1 {units[-1]} is read as 1")
        if bare:
            notes.append(f"{bare} without a unit")
    others = [(e, n) for e, n in counts.most_common() if not set(e) <= set(units)]
    if others:
        named = ", ".join(f"{n} '{' '.join(e)}'" for e, n in others[:_MOST_SHOWN])
        notes.append(f"mixed units, not read: {named}")
    return tuple(units), tuple(notes)


def _separators(bodies, decimal, thousands):
    """`(NumberForm, notes)` of digits with the signs between them."""
    forms = _candidates(bodies, decimal, thousands)
    shapes = Counter(body.translate(_ALIKE) for body in bodies)
    fitting = {
        form: sum(n for shape, n in shapes.items() if _fits(form, shape))
        for form in forms
    }
    best = max(forms, key=lambda form: fitting[form])  # of equals the first
    note = ""
    single = [match for body in bodies if (match := _SINGLE.fullmatch(body))]
    if decimal is None and thousands is None and single:
        best, note = _ambiguous(best, bodies, single)
    notes = []
    if best.decimal == ",":
        count = sum("," in body and _fits(best, body) for body in bodies)
        notes.append(f"decimal comma in {count} of {len(bodies)} cells")
    if best.thousands:
        count = sum(best.thousands in body and _fits(best, body) for body in bodies)
        name = _NAMES.get(best.thousands, "points")
        notes.append(f"{name} between thousands in {count} of {len(bodies)} cells")
    misfits = [body for body in bodies if best.digits(body) is None]
    if misfits:
        notes.append(f"{len(misfits)} in another form, such as '{misfits[0]}'")
    return best, (*notes, *([note] if note else ()))


def _candidates(bodies, decimal, thousands):
    """The forms that may be; the first are the likelier ones.

    A sign that stands nowhere parts no thousands. A comma that fits as either keeps
    thousands apart.
    """
    decimals = DECIMALS if decimal is None else (decimal,)
    signs = {sign for body in bodies for sign in body if not sign.isdigit()}
    groups = [s for s in THOUSANDS if not s or s in signs]
    groups = groups if thousands is None else [thousands]
    forms = [NumberForm(d, g) for d in decimals for g in groups if d != g]
    plain = NumberForm()
    return sorted(
        forms, key=lambda f: (f != plain, f.decimal == ",", f.thousands != "")
    )


def _fits(form, body):
    return form.digits(body, lenient=False) is not None


def _ambiguous(best, bodies, single):
    """The form, once more, where one sign before three digits is most of what is told.

    single: matches of `1,234` and `1.234`.
    """
    zeros = any(match[1].startswith("0") for match in single)
    if best == NumberForm(",", "") and not zeros:
        commas = sum("," in body for body in bodies)
        odd = commas - len(single)
        if commas >= _ENOUGH and odd < _FEW_TYPOS * commas:
            return NumberForm(".", ","), ""
    if best == NumberForm(".", ",") and all(b.count(",") < 2 for b in bodies):
        if not any("." in body for body in bodies):
            return best, "a comma before three digits each time; decimal=, reads it so"
    if best == NumberForm() and not zeros and _are_grouped(bodies, single):
        why = "points before three digits each time, and none in numbers below 1000"
        return NumberForm(",", "."), f"{why}; decimal=. reads them so"
    return best, ""


def _are_grouped(bodies, single):
    """True where points stand in all numbers from 1000 on, and in no other."""
    below = [body for body in bodies if "." not in body]
    if len(single) + len(below) < len(bodies) or len(single) < 10:
        return False
    return len(below) >= max(2, 0.05 * len(bodies)) and max(map(len, below)) <= 3
