"""Date cells: a date, a timestamp or a time of day in; position and cycles out."""

import datetime
import math
import zoneinfo
from collections import Counter

import numpy as np

from homodal.contracts import Evidence, Modality
from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.media.files import shown, try_each
from homodal.media.options import choice
from homodal.plain.features import Flat
from homodal.tables import dates
from homodal.tables.date_order import order_evidence
from homodal.tables.dates import DATE, TIME, TIMESTAMP

_DAY_SECONDS = 86_400
_EPOCH = datetime.datetime(1970, 1, 1)
_UNITS = {"seconds": 1, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
_YEARS = range(1000, 3000)  # that make a text a date; others are read where told
_TAIL = 0.01  # of the training values on each side, apart from which others are far
_SLACK = 0.5  # of the span of the training dates, on each side of it
_CYCLES = {DATE: 3, TIMESTAMP: 4, TIME: 1}  # year, month, week, day; of the day only


class Date(Modality):
    """Dates, timestamps and times of day, as a position in time and as cycles.

    part: date, timestamp or time; auto: a timestamp, whose cells may lack the time.
    order: of the digits where no name and no four-digit year at the front says it: ymd,
        dmy (31.05.2024) or mdy (05/31/2024); auto: a cell with two readings is bad.
    zone: cells with a zone are brought to this one, e.g. Europe/Berlin, and clocks
        without a zone are taken for its own; null keeps each clock as it is written.
    unix: none, or what numbers count from 1970 in UTC: seconds, milliseconds,
        microseconds or nanoseconds.

    A position is by UTC, a cycle by the clock on the wall: what happens at eight in the
    morning happens at eight in every zone.
    """

    block = "table"
    repeats = True

    def __init__(self, part="auto", order="auto", zone=None, unix="none"):
        self.part = choice("date", "part", part, ("auto", DATE, TIMESTAMP, TIME))
        self.order = choice("date", "order", order, ("auto", *dates.ORDERS))
        self.zone = _zone_name(zone)
        self.unix = choice("date", "unix", unix, ("none", *_UNITS))

    def recognise(self, cells):
        order = order_evidence(cells)
        own = order.order if self.order == "auto" else self.order
        moments, reason = try_each(cells, lambda cell: self._recognised(cell, own))
        share = len(moments) / max(1, len(cells))
        why = f"{len(moments)} of {len(cells)} cells are dates or times"
        if share < 0.9 or not moments:
            why = f"{why}; {reason}" if reason else why
            return Evidence(0.3 * share, why, self._options_if_told(cells, own))
        part = _part_of(moments)
        if part is None:
            return Evidence(0.3, f"{why}, some of them times of day without a date")
        options = {"part": part} | ({"order": order.order} if order.order else {})
        confidence = 0.97 * share
        why = f"{len(moments)} of {len(cells)} cells are {_in_words(part, moments)}"
        if order.why and not order.order:
            options["order"], confidence = "dmy", 0.9 * share
            why += f"; {order.why}: day first is assumed (or tell order: mdy)"
        elif order.why:
            why += f"; {order.why}"
        zoned = sum(moment.offset is not None for moment in moments)
        if zoned:
            why += f"; {zoned} with a zone: positions by UTC, cycles by the local clock"
        return Evidence(confidence, why, options)

    def _options_if_told(self, cells, order):
        """Options of a column that is told to be of dates, whatever it looks like."""
        moments, _ = try_each(
            cells, lambda cell: self._moment(cell, order, any_order=order is None)
        )
        part = _part_of(moments) if moments else None
        return {} if part is None else {"part": part}

    def read(self, cell):
        """Float64 `(3,)`: seconds from 1970 in UTC, by the clock, and 1 with a time."""
        order = None if self.order == "auto" else self.order
        moment = self._in_zone(self._moment(cell, order))
        if moment.part == TIME and self.part != TIME:
            raise BadCell(f"a time of day without its date: {shown(cell)}")
        if self.part == TIME:
            if moment.part == DATE:
                raise BadCell(f"a date without a time of day: {shown(cell)}")
            if moment.part == TIMESTAMP:
                repairs.note(f"the date is left out: {shown(cell)}")
            since = moment.clock_seconds % _DAY_SECONDS
            return np.array([since, since, 1.0])
        timed = moment.part == TIMESTAMP and self.part != DATE
        clock = moment.clock_seconds
        if self.part == DATE:
            if clock % _DAY_SECONDS:
                repairs.note(f"the time of day is left out: {shown(cell)}")
            clock -= clock % _DAY_SECONDS
            return np.array([clock, clock, 0.0])
        return np.array([moment.seconds, clock, float(timed)])

    def learn(self, arrays):
        """Facts: location and scale in seconds; low and high, what is near training's.

        A few dates far outside of the others (9999-12-31) take no part in the range.
        """
        values = np.array([array[0] for array in arrays], np.float64)
        if self.part == TIME or not len(values):
            full = {"location": _DAY_SECONDS / 2, "scale": _DAY_SECONDS / math.sqrt(12)}
            return full | {"low": 0.0, "high": float(_DAY_SECONDS)}
        first, last = np.quantile(values, [_TAIL, 1 - _TAIL])
        span = last - first or np.ptp(values)
        low = max(values.min(), first - span)
        high = min(values.max(), last + span)
        near = np.clip(values, low, high)
        slack = max(_SLACK * (high - low), _DAY_SECONDS)
        return {
            "location": float(near.mean()),
            "scale": float(near.std()) or float(_DAY_SECONDS),
            "low": float(low - slack),
            "high": float(high + slack),
        }

    def encode(self, array, facts):
        """Float32 `(1, 1 + 2 cycles)`: deviations from the mean; sine, cosine of each.

        Cycles are year, month, week and day, of a date the first three, of a time of
        day the last; a timestamp that lacks its time has zeros for the day.
        """
        seconds, clock, timed = array.tolist()
        near = min(max(seconds, facts["low"]), facts["high"])
        if near != seconds:
            side = "later" if seconds > near else "earlier"
            day = (_EPOCH + datetime.timedelta(seconds=clock)).date()
            repairs.note(f"{side} than the dates of training, drawn in: {day}")
        features = [(near - facts["location"]) / facts["scale"]]
        for cycle in self._cycles(clock):
            angle = 2 * math.pi * cycle
            features += [math.sin(angle), math.cos(angle)]
        if self._part == TIMESTAMP and not timed:
            features[-2:] = [0.0, 0.0]
        return np.array([features], np.float32)

    def shape(self, facts):
        return (1, 1 + 2 * _CYCLES[self._part])

    def figures(self, array):
        """The day, or the hour of a time of day."""
        if self.part == TIME:
            return {"hour": array[1].item() / 3600}
        day = _EPOCH + datetime.timedelta(seconds=array[1].item())
        return {"date": day.date().isoformat()}

    def plain(self, facts):
        return Flat()

    def example(self, folder, rng):
        second = int(rng.integers(0, 3 * 365 * _DAY_SECONDS))
        moment = datetime.datetime(2021, 1, 1) + datetime.timedelta(seconds=second)
        return moment.isoformat(sep=" ")

    @property
    def _part(self):
        return TIMESTAMP if self.part == "auto" else self.part

    def _recognised(self, cell, order):
        """The Moment of a cell that says of itself that it is one.

        order: None takes whichever fits.
        """
        if isinstance(cell, (bool, int, float)) and self.unix == "none":
            raise BadCell(f"a number, and no date: {shown(cell)}")
        if isinstance(cell, str) and cell.strip().isdigit() and self.unix == "none":
            raise BadCell(f"a number, unless it is told to be a date: {shown(cell)}")
        moment = self._moment(cell, order, any_order=order is None)
        odd = moment.clock.year not in _YEARS and moment.clock.year != 9999
        if isinstance(cell, str) and moment.part != TIME and (odd or not moment.padded):
            raise BadCell(f"not surely a date: {shown(cell)}")
        return moment

    def _moment(self, cell, order, any_order=False):
        """The Moment of a cell; any_order: whichever, where there are several."""
        if self.unix != "none" and not isinstance(cell, (datetime.date, np.datetime64)):
            return _of_unix(cell, _UNITS[self.unix])
        try:
            if any_order:
                return next(iter(dates.readings(cell).values()))
            return dates.moment_of(cell, order)
        except (ValueError, OverflowError) as why:
            raise BadCell(f"{why}: {shown(cell)}") from None

    def _in_zone(self, moment):
        if self.zone is None or moment.part == DATE:
            return moment
        zone = zoneinfo.ZoneInfo(self.zone)
        try:
            if moment.offset is None:
                offset = moment.clock.replace(tzinfo=zone).utcoffset()
                return dates.Moment(moment.part, moment.clock, offset)
            utc = (moment.clock - moment.offset).replace(tzinfo=datetime.UTC)
            local = utc.astimezone(zone)
        except OverflowError:
            raise BadCell(f"too near the end of all dates: {moment.clock}") from None
        clock = local.replace(tzinfo=None)
        return dates.Moment(moment.part, clock, local.utcoffset())

    def _cycles(self, clock):
        """Where the clock stands in the year, month, week and day, from 0 to 1."""
        moment = _EPOCH + datetime.timedelta(seconds=clock)
        day = (clock % _DAY_SECONDS) / _DAY_SECONDS
        if self._part == TIME:
            return [day]
        leap = moment.year % 4 == 0 and (moment.year % 100 or moment.year % 400 == 0)
        year = (moment.timetuple().tm_yday - 1 + day) / (366 if leap else 365)
        month = (moment.day - 1 + day) / _days_of_month(moment)
        week = (moment.weekday() + day) / 7
        return [year, month, week, day][: _CYCLES[self._part]]


def _days_of_month(moment):
    if moment.month == 12:
        return 31
    return (moment.replace(day=1, month=moment.month + 1) - moment.replace(day=1)).days


def _part_of(moments):
    """What a column of these holds; None where times of day stand among dates."""
    kinds = Counter(moment.part for moment in moments)
    if kinds[TIME]:
        return TIME if kinds[TIME] == len(moments) else None
    midnights = all(moment.clock.time() == datetime.time() for moment in moments)
    zoned = any(moment.offset for moment in moments)
    return DATE if midnights and not zoned else TIMESTAMP


def _in_words(part, moments):
    clocks = sorted(moment.clock for moment in moments)
    if part == TIME:
        first, last = (f"{clock:%H:%M}" for clock in (clocks[0], clocks[-1]))
        return f"times of day, {first} to {last}"
    first, last = (clock.date().isoformat() for clock in (clocks[0], clocks[-1]))
    return f"{part}s, {first} to {last}"


def _of_unix(cell, unit):
    try:
        value = float(cell)
        clock = _EPOCH + datetime.timedelta(seconds=value / unit)
    except (TypeError, ValueError, OverflowError):
        raise BadCell(f"not a unix time: {shown(cell)}") from None
    return dates.Moment(TIMESTAMP, clock, datetime.timedelta())


def _zone_name(zone):
    if zone is None:
        return None
    try:
        return zoneinfo.ZoneInfo(zone).key
    except (zoneinfo.ZoneInfoNotFoundError, TypeError, ValueError, OSError):
        raise PartError(
            "Option 'zone' of modality 'date' is wrong",
            expected="null, or a zone of the IANA list, e.g. Europe/Berlin",
            got=repr(zone),
        ) from None
