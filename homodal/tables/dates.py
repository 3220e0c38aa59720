"""Dates, timestamps and times of day as tables hold them: texts and Python objects.

A text is read by what it says and not by the computer's language: ISO 8601, a year, a
month and a day with `-`, `/` or `.` between them, 2024年5月31日, English month names,
24 or 12 hours, and zones. Whether a day stands before or after its month is no matter
of one cell: `readings` gives each way that fits, `date_order` counts them.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass

import numpy as np

DATE, TIME, TIMESTAMP = "date", "time", "timestamp"
ORDERS = ("ymd", "dmy", "mdy")
ORDER_NAMES = {"ymd": "year first", "dmy": "day first", "mdy": "month first"}
_EPOCH = datetime.datetime(1970, 1, 1)  # of any clock
_LONGEST = 80  # characters of a text that may be a date
_PIVOT = 69  # two digits from here on are years of the last century, as in POSIX
_YEAR_DIGITS, _COMPACT_DIGITS = 4, (8, 12, 14)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov")
_MONTH_NAMES = (
    "january february march april may june july august september october november "
    "december"
).split()
_FLAGS = re.ASCII | re.IGNORECASE
_NAME = r"(?P<name>[a-z]{3,9})\.?"
_OF_A_DAY = {"day", "first", "week"}  # groups of forms that say more than a month
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DATES = [
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"(?P<year>\d{4})(?P<s>[-/.]) ?(?P<month>\d{1,2})(?P=s) ?(?P<day>\d{1,2})"
        r"(?!\d)\.?",
        r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?"
        r"[日号號일](?: ?\(?(?:星期|周)[一二三四五六日天]\)?)?",
        r"(?P<first>\d{1,2})(?P<s>[-/.]) ?(?P<second>\d{1,2})(?P=s) ?"
        r"(?P<third>\d{4}|\d{2})(?!\d)",
        rf"{_DAY}\.?(?P<s>[ /-]?)(?:of )?{_NAME},?(?P=s)"
        r"(?P<year>\d{4}|\d{2})(?!\d)",
        rf"{_DAY}\.? {_NAME}, (?P<year>\d{{4}})(?!\d)",
        rf"{_NAME}[ -]{_DAY},?[ -](?P<year>\d{{4}})(?!\d)",
        rf"(?P<year>\d{{4}})[ -]{_NAME}[ -]{_DAY}(?!\d)",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        r"(?P<year>\d{4})-?W(?P<week>\d{2})(?:-?(?P<weekday>[1-7]))?(?!\d)",
        r"(?P<year>\d{4})[-/](?P<month>\d{2})(?!\d)",
        r"(?P<year>\d{4}) ?[年년] ?(?P<month>\d{1,2}) ?[月월]",
        rf"{_NAME},?[ -](?P<year>\d{{4}})(?!\d)",
    )
]
_CLOCK = re.compile(
    r"(?P<before>上午|下午)?\s?(?P<hour>\d{1,2})"
    r"(?:[:时時点點](?P<minute>\d{2}))?(?:[:分](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"[时時点點分秒]?(?:\s?(?P<noon>[ap]\.?m\.?))?(?:\s?(?:uhr|h))?"
    r"\s?(?P<zone>Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?|UTC|GMT|[ECMP][SD]T)?"
    r"(?:\[[\w/+-]+\])?(?: \([\w ]+\))?",
    _FLAGS,
)
_COMPACT_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})?([.,]\d+)?(.*)", _FLAGS)
_FRACTION = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]+", re.ASCII)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ", _FLAGS
)
_UNIX_FORM = re.compile(
    r"([a-z]{3}) +(\d{1,2}) ([\d:]+)(?: ([A-Z]{3,4}))? (\d{4})(?: ([+-]\d{4}))?",
    _FLAGS,
)
_HOURS_WEST = {"e": 5, "c": 6, "m": 7, "p": 8}  # of the zones that RFC 5322 names


@dataclass(frozen=True)
class Moment:
    """What one cell says.

    part: date, time or timestamp. clock: date and time as written, without zone; a time
    of day is one of 1970-01-01. offset: of the zone from UTC, or None. padded: False
    for a text that may as well be the number of a version (1.2.24).
    """

    part: str
    clock: datetime.datetime
    offset: datetime.timedelta | None = None
    padded: bool = True

    @property
    def clock_seconds(self):
        """Seconds from 1970-01-01 by the clock as written."""
        return (self.clock - _EPOCH).total_seconds()

    @property
    def seconds(self):
        """Seconds from 1970-01-01 in UTC; a clock without a zone is taken for UTC's."""
        offset = self.offset or datetime.timedelta()
        return self.clock_seconds - offset.total_seconds()


def readings(cell):
    """`{order: Moment}` of a cell, with each of `ORDERS` in which it can be read.

    A text that has one reading has it in every order. Raises `ValueError`.
    """
    moment = _of_object(cell)
    if moment is not None:
        return dict.fromkeys(ORDERS, moment)
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str):
        raise ValueError("no date")
    if _FRACTION.fullmatch(cell):  # most numbers, of which there may be very many
        raise ValueError("no date")
    text = " ".join(unicodedata.normalize("NFKC", cell[: 2 * _LONGEST]).split())
    text = text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text
    if len(text) > _LONGEST:
        raise ValueError("too long for a date")
    found = _readings_of(text)
    if not found:
        raise ValueError("no date")
    return found


def moment_of(cell, order=None):
    """The `Moment` of a cell whose column is read in this order.

    order: None for cells that have one reading only. Raises `ValueError`.
    """
    found = readings(cell)
    if order is None:
        if len(set(found.values())) > 1:
            names = " and as ".join(ORDER_NAMES[each] for each in found)
            raise ValueError(f"can be read as {names}")
        return next(iter(found.values()))
    if order not in found:
        fits = " or ".join(ORDER_NAMES[each] for each in found)
        raise ValueError(f"{fits}, where the column has the {ORDER_NAMES[order]}")
    return found[order]


def is_date(cell):
    """True for a date, a timestamp or a time of day, in whichever order."""
    try:
        return bool(readings(cell))
    except ValueError:
        return False


def _readings_of(text):
    """`{order: Moment}`; empty where the text is no date."""
    text = _WEEKDAY.sub("", text, count=1) if _WEEKDAY.match(text) else text
    if unix := _UNIX_FORM.fullmatch(text):  # May 31 12:00:00 2024
        name, day, clock, zone, year, offset = unix.groups()
        text = f"{name} {day} {year} {clock} {zone or offset or ''}".strip()
    clock = _clock(text)
    if clock is not None:
        return dict.fromkeys(ORDERS, _joined(TIME, _EPOCH, clock))
    if text.isdigit() and len(text) in _COMPACT_DIGITS[1:]:
        text = f"{text[:8]}T{text[8:]}"
    for form in _DATES:
        match = form.match(text)
        if match and (found := _with_clock(match, text[match.end() :])):
            return found
    return _clock_first(text)


def _clock_first(text):
    """Of `12:30 31.05.2024`."""
    clock, _, date = text.partition(" ")
    if ":" not in clock or not date or ":" in date:
        return {}
    return _readings_of(f"{date} {clock}")


def _with_clock(match, rest):
    """Readings of a date and what follows it; empty where that is no time."""
    days = _days(match)
    padded = _padded(match)
    if not rest:
        moments = {o: Moment(DATE, day, None, padded) for o, day in days.items()}
        return moments
    if (
        "day" in match.re.groupindex
        or "first" in match.re.groupindex
        or "week" in match.re.groupindex
    ):
        joined = match[0][-1].isascii()
        clock = _clock(_after_date(rest) if joined else rest.lstrip())
        if clock is not None:
            return {o: _joined(TIMESTAMP, day, clock) for o, day in days.items()}
    return {}


def _after_date(rest):
    """The text of the time; of `T123000Z` with colons."""
    text = rest.lstrip(",:").lstrip()
    if text[:1] in ("T", "t"):
        text = text[1:]
        compact = _COMPACT_CLOCK.fullmatch(text)
        if compact and ":" not in text[:6]:
            hour, minute, second, fraction, zone = compact.groups()
            second = f":{second}{fraction or ''}" if second else ""
            text = f"{hour}:{minute}{second}{zone}"
    elif text == rest:
        return ""  # nothing stands between them
    return text


def _padded(match):
    """Whether a date with dots and a year of two digits has two in each place."""
    parts = match.groupdict()
    if parts.get("s") != "." or len(parts.get("third") or "0000") == _YEAR_DIGITS:
        return True
    return len(parts["first"]) == len(parts["second"]) == 2


def _days(match):
    """`{order: midnight}` of the ways in which the matched digits are a date."""
    parts = match.groupdict()
    if "first" in parts:
        numbers = [parts[key] for key in ("first", "second", "third")]
        found = {}
        for order in ORDERS if len(numbers[0]) == len(numbers[2]) == 2 else ORDERS[1:]:
            year, month, day = (numbers[order.index(letter)] for letter in "ymd")
            midnight = _midnight(year, int(month), int(day))
            if midnight is not None:
                found[order] = midnight
        if len(set(found.values())) == 1 and len(found) > 1:
            return dict.fromkeys(ORDERS, next(iter(found.values())))  # 05/05/2024
        return found
    if parts.get("week"):
        midnight = _of_week(parts)
    else:
        month = _month(parts.get("name") or parts.get("month"))
        midnight = _midnight(parts["year"], month, int(parts.get("day") or 1))
    return {} if midnight is None else dict.fromkeys(ORDERS, midnight)


def _midnight(year, month, day):
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        return datetime.datetime(number, month, day)
    except ValueError:
        return None


def _of_week(parts):
    week, weekday = int(parts["week"]), int(parts["weekday"] or 1)
    try:
        day = datetime.date.fromisocalendar(int(parts["year"]), week, weekday)
    except ValueError:
        return None
    return datetime.datetime.combine(day, datetime.time())


def _month(text):
    """The number of a month that is named or numbered; 0 where there is none."""
    if text.isdigit():
        return int(text)
    name = text.lower()
    for number, known in enumerate(_MONTH_NAMES, 1):
        if name in (known, known[:3], known[:4] if number == 9 else known):
            return number
    return 0


def _clock(text):
    """`(time since midnight, offset or None)` of a text that is a time, else None."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    noon = (parts["noon"] or "").lower()[:1] or {"上午": "a", "下午": "p"}.get(
        parts["before"] or "", ""
    )
    if parts["minute"] is None and not noon and "点" not in text and "时" not in text:
        return None  # a bare number
    hour, minute, second = (int(parts[k] or 0) for k in ("hour", "minute", "second"))
    if noon:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if noon == "p" else 0)
    midnight_next = hour == 24 and not minute and not second
    if (hour > 23 and not midnight_next) or minute > 59 or second > 60:
        return None
    micro = int((parts["fraction"] or "0").ljust(6, "0")[:6])
    since = datetime.timedelta(
        hours=hour, minutes=minute, seconds=second, microseconds=micro
    )
    return since, _offset(parts["zone"])


def _offset(zone):
    """The zone's distance from UTC, or None."""
    if not zone:
        return None
    letters = zone.lower()
    if letters[0] in _HOURS_WEST and letters[-1] == "t" and letters != "gmt":
        hours = _HOURS_WEST[letters[0]] - (letters[1] == "d")
        return -datetime.timedelta(hours=hours)
    sign = re.search(r"([+-])(\d{2}):?(\d{2})?", zone)
    if sign is None:
        return datetime.timedelta()
    distance = datetime.timedelta(hours=int(sign[2]), minutes=int(sign[3] or 0))
    return -distance if sign[1] == "-" else distance


def _joined(part, midnight, clock):
    since, offset = clock
    return Moment(part, midnight + since, offset)


def _of_object(cell):
    """The Moment of a Python, pandas or NumPy object; None for anything else."""
    if isinstance(cell, np.ndarray) and cell.shape == () and cell.dtype.kind == "M":
        cell = cell[()]
    if isinstance(cell, np.datetime64):
        if np.isnat(cell):
            raise ValueError("no date")
        of_days = np.datetime_data(cell.dtype)[0] in ("Y", "M", "W", "D")
        cell = cell.astype("datetime64[D]" if of_days else "datetime64[us]").item()
    if isinstance(cell, datetime.datetime):
        naive = cell.replace(tzinfo=None)
        clock = datetime.datetime.combine(naive.date(), naive.time())  # no pandas
        return Moment(TIMESTAMP, clock, cell.utcoffset())
    if isinstance(cell, datetime.date):
        return Moment(DATE, datetime.datetime.combine(cell, datetime.time()))
    if isinstance(cell, datetime.time):
        clock = datetime.datetime.combine(_EPOCH.date(), cell.replace(tzinfo=None))
        return Moment(TIME, clock, cell.utcoffset())
    return None
