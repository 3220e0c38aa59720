"""Numbers as people write them: separators, signs and units around the digits.

One column writes its numbers in one form: a `NumberForm`. A cell in another form is a
bad cell with a reason, and never misread. `media.number_forms` recognises the form.

Understood in every form: U+2212 and dashes as a minus, a minus behind the number,
(5) for -5, full-width digits, `1.2E+3`, `1.2 × 10^3`.
"""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import numpy as np

from homodal.errors import BadCell
from homodal.media import repairs
from homodal.media.files import shown
from homodal.media.options import choice

DECIMALS = (".", ",")
THOUSANDS = ("", ",", ".", " ", "'", "_")
_LONGEST = 200  # characters of a number with its unit
PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)

_SAME = (
    {chr(0xFF01 + n): chr(0x21 + n) for n in range(94)}  # full-width ASCII
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63", "-")
    | dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006", " ")
    | dict.fromkeys("\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " ")
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u200e\u200f\u061c\ufeff", "")  # marks of direction
    | {"\uffe5": "\u00a5", "\uffe1": "\u00a3", "\uffe0": "\u00a2", "\uffe6": "\u20a9"}
)
_UNIFORM = str.maketrans(_SAME)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER = re.compile(r" ?[x×·*] ?10 ?(?:\^ ?([+-]?[0-9]+)|([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+))")

_SIGNS = "$€£¥₹₩₽₺₫₪₱฿₴₦₵₡₸₲₭₮₼₾元円圓￠¢"
# of ISO 4217, and how they are shortened; before a number or behind it
_CODES = (
    "AED ARS AUD BDT BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP GEL GHS HKD "
    "HUF IDR ILS INR IRR ISK JOD JPY KES KRW KWD KZT LKR MAD MXN MYR NGN NOK NZD OMR "
    "PEN PHP PKR PLN QAR RMB RON RSD RUB SAR SEK SGD THB TND TRY TWD UAH USD UYU UZS "
    "VND XAF XOF ZAR Rs Rs. Re RM Rp kr kr. Kč zł Ft Fr Fr. лв руб руб. р. ден"
).split()
_DOLLARS = "US A AU C CA NZ HK S SG R NT MX".split()
CURRENCIES = frozenset([*_SIGNS, *_CODES, *(f"{land}$" for land in _DOLLARS)])
# Without it the number is another one
ESSENTIAL = frozenset(
    "% ‰ pct percent pp bp bps k K M m mn mln mio Mio Mio. bn B b Mrd Mrd. tn T tsd "
    "Tsd. thousand million billion trillion lakh crore cr Cr L dozen "
    "千 万 百万 億 亿 兆".split()
)
_CURRENCY = "|".join(re.escape(c) for c in sorted(CURRENCIES, key=len, reverse=True))
# No unit: of the clock, of an order, of a month (a date), of a part of something
_NO_UNIT = re.compile(
    r"(?i)[ap]\.?m\.?|st|nd|rd|th|of|to|and|or|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
)
_PIECES = re.compile(
    rf"""(?P<sign>[+-]?)\ *
    (?P<prefix>{_CURRENCY}|)\ *
    (?P<inner>[+-]?)\ *
    (?P<body>[0-9]+(?:[.,'_\ ][0-9]+)*[.,]?|[.,][0-9]+)
    (?P<exponent>(?:[eE][+-]?[0-9]+)?)\ *
    (?P<suffix>(?:
        [^\s0-9.,:;/\\|()\[\]{{}}<>=+*\#&@!?~^_-]
        [^0-9:;|,()\[\]{{}}<>=]{{0,19}}?
        (?:(?<=\w)\^?-?[23]|/100\ ?km)?
    )?)\ *
    (?P<behind>-?)""",
    re.VERBOSE,
)
_SEPARATOR = re.compile("[^0-9]")
_BRACKETS = re.compile(r"([^0-9()]*)\(([^()]*)\)([^0-9()]*)")


class Pieces(NamedTuple):
    """What stands in a cell: a number's sign, digits and exponent, and what is around.

    body: the digits with their separators; affixes: prefix and suffix, where given.
    """

    negative: bool
    body: str
    exponent: str
    affixes: tuple


@dataclass(frozen=True)
class NumberForm:
    """How a column writes its numbers.

    decimal: "." or ","; thousands: the sign between groups of digits, or ""; strip:
    currencies and units around the number, which it has in every cell. A space stands
    for every kind of space.
    """

    decimal: str = "."
    thousands: str = ""
    strip: tuple = ()

    @classmethod
    def of(cls, part, decimal=None, thousands=None, strip=None, kind="modality"):
        """The form that the options of a part name; None is the plain one.

        Raises `PartError` for an option that cannot be.
        """
        strip = [strip] if isinstance(strip, str) else strip or ()
        return _form_of(part, decimal, thousands, tuple(map(str, strip)), kind)

    def read(self, cell):
        """The number of a cell, a float. Raises `BadCell`.

        Text is read in this form. A unit that a cell lacks is noted among `repairs`;
        "%" and the like are never lacking in text.
        """
        if isinstance(cell, str):
            return _finite(self._read_text(cell), cell)
        if isinstance(cell, np.ndarray) and cell.size == 1:
            cell = cell.item()
        if isinstance(cell, Decimal):
            cell = _of_decimal(cell)
        if not isinstance(cell, (bool, int, float, np.number)):
            raise BadCell(f"not a number: {shown(cell)}")
        value = _finite(cell, cell)
        if essential := [each for each in self.strip if each in ESSENTIAL]:
            repairs.note(f"a number without '{essential[0]}': {value:g}")
        return value

    def digits(self, body, lenient=True):
        """The digits of a body with a decimal point, as `float` reads them, or None.

        lenient: also groups of thousands that are not this form's, where they cannot
        be misread: two groups or more, or a decimal sign behind them.
        """
        match = _body(self.decimal, self.thousands).fullmatch(body)
        if match is None and lenient and not self.thousands:
            match = _grouped(self.decimal).fullmatch(body)
            if match and match["fraction"] is None:
                match = match if len(_SEPARATOR.findall(body)) > 1 else None
        if match is None:
            return None
        whole = _SEPARATOR.sub("", match["whole"])
        return f"{whole or '0'}.{match['fraction'] or '0'}"

    def example(self):
        """A number in this form, to show: `1.234,5`."""
        return f"1{self.thousands}234{self.decimal}5"

    def _read_text(self, text):
        digits = self._plain_digits(text)
        if digits is not None:
            return float(digits)
        pieces = take_apart(text)
        if pieces is None:
            raise BadCell(f"not a number: {shown(text)}")
        self._check_affixes(pieces, text)
        digits = self.digits(pieces.body)
        if digits is None:
            raise BadCell(f"not a number in the form {self.example()}: {shown(text)}")
        value = float(digits + pieces.exponent)
        return -value if pieces.negative else value

    def _plain_digits(self, text):
        """What most cells are, quickly: digits, and each unit at one of their ends.

        None where a longer look must tell.
        """
        text = text.strip()
        if len(text) > _LONGEST:
            return None
        for unit in self.strip:
            if text.startswith(unit):
                text = text[len(unit) :].lstrip()
            elif text.endswith(unit):
                text = text[: -len(unit)].rstrip()
            else:
                return None
        match = _whole_cell(self.decimal, self.thousands).fullmatch(text)
        if match is None:
            return None
        sign, whole, fraction, exponent = match.groups(default="")
        if self.thousands:
            whole = whole.replace(self.thousands, "")
        return f"{sign}{whole or '0'}.{fraction or '0'}{exponent}"

    def _check_affixes(self, pieces, text):
        strange = [each for each in pieces.affixes if each not in self.strip]
        if strange and not self.strip:
            raise BadCell(f"not a number without a unit: {shown(text)}")
        if strange:
            raise BadCell(f"not a number in '{self.strip[0]}': {shown(text)}")
        lacking = [each for each in self.strip if each not in pieces.affixes]
        for each in lacking:
            if each in ESSENTIAL:
                raise BadCell(f"not a number with '{each}': {shown(text)}")
        if lacking and not pieces.affixes:
            repairs.note(f"a number without '{lacking[0]}'")


@cache
def _form_of(part, decimal, thousands, strip, kind):
    decimal = "." if decimal is None else uniform(str(decimal))
    thousands = "" if thousands is None else str(thousands).translate(_UNIFORM)
    choice(part, "decimal", decimal, DECIMALS, kind)
    choice(part, "thousands", thousands, THOUSANDS, kind)
    if decimal == thousands:
        others = [sign for sign in THOUSANDS if sign != decimal]
        choice(part, "thousands", thousands, others, kind)
    return NumberForm(decimal, thousands, tuple(map(uniform, strip)))


def take_apart(text):
    """The `Pieces` of a text that is one number with its units, or None."""
    text = uniform(text)
    if len(text) > _LONGEST:
        return None
    plain = PLAIN.fullmatch(text)
    if plain:
        return Pieces(text[0] == "-", plain[1], plain[2] or "", ())
    text = _POWER.sub(lambda m: f"e{(m[1] or m[2]).translate(_RAISED)}", text)
    brackets = _BRACKETS.fullmatch(text)
    if brackets:
        text = "".join(brackets.groups())
    match = _PIECES.fullmatch(text)
    if match is None or _NO_UNIT.fullmatch(match["suffix"]):
        return None
    signs = [sign for sign in match.group("sign", "inner", "behind") if sign]
    if len(signs) + bool(brackets) > 1:
        return None
    negative = bool(brackets) or "-" in signs
    affixes = tuple(each.strip() for each in match.group("prefix", "suffix") if each)
    return Pieces(negative, match["body"], match["exponent"], affixes)


def uniform(text):
    """The text with one sign for all spaces, dashes, apostrophes, wide characters."""
    if not text.isascii():
        text = text.translate(_UNIFORM)
    return text.strip()


def _finite(number, cell):
    try:
        value = float(number)
    except (OverflowError, TypeError):  # a huge int; a complex number
        raise BadCell(f"not a number: {shown(cell)}") from None
    if not math.isfinite(value):
        raise BadCell(f"not a finite number: {shown(cell)}")
    return value


def _of_decimal(cell):
    try:
        return float(cell)
    except ValueError:  # a signalling NaN
        raise BadCell(f"not a finite number: {cell}") from None


@cache
def _body(decimal, thousands):
    """Digits with a decimal sign, and groups as in the West or in India."""
    point, group = re.escape(decimal), re.escape(thousands)
    whole = "[0-9]*"
    if thousands:
        west = f"[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+"
        india = f"[1-9][0-9]?(?:{group}[0-9]{{2}})*{group}[0-9]{{3}}"
        whole = f"{whole}|{west}|{india}"
    return re.compile(f"(?P<whole>{whole})(?:{point}(?P<fraction>[0-9]*))?")


@cache
def _whole_cell(decimal, thousands):
    """A number with its sign and exponent, and nothing else; a digit at the front."""
    body = _body(decimal, thousands).pattern
    return re.compile(f"(?=[+-]?[0-9])([+-]?){body}([eE][+-]?[0-9]+)?", re.ASCII)


@cache
def _grouped(decimal):
    """Digits in groups that any sign but the decimal one keeps apart."""
    groups = "".join(sign for sign in THOUSANDS if sign != decimal)
    west = f"[1-9][0-9]{{0,2}}(?P<west>[{groups}])[0-9]{{3}}(?:(?P=west)[0-9]{{3}})*"
    india = f"[1-9][0-9]?(?P<india>[{groups}])(?:[0-9]{{2}}(?P=india))*[0-9]{{3}}"
    fraction = f"(?:{re.escape(decimal)}(?P<fraction>[0-9]*))?"
    return re.compile(f"(?P<whole>{west}|{india}){fraction}")
