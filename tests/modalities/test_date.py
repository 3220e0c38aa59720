"""Dates are recognised with evidence, read with care and kept near the training's."""

import datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homodal.errors import BadCell, PartError
from homodal.media import repairs
from homodal.modalities.date import Date

DAYS = [datetime.date(2023, 1, 1) + datetime.timedelta(days=3 * n) for n in range(100)]
EPOCH = datetime.datetime(1970, 1, 1)


def seconds(*moment):
    return (datetime.datetime(*moment) - EPOCH).total_seconds()


def facts_of(cells, **options):
    reader = Date(**options)
    return reader.learn(iter([reader.read(cell) for cell in cells]))


def encoded(cell, facts, **options):
    """`(values, notes)` of one cell."""
    reader = Date(**options)
    with repairs.noted() as notes:
        values = reader.encode(reader.read(cell), facts)
    return values[0], notes


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("%Y-%m-%d", {"part": "date"}),
        ("%d.%m.%Y", {"part": "date", "order": "dmy"}),
        ("%d/%m/%Y", {"part": "date", "order": "dmy"}),
        ("%m/%d/%Y", {"part": "date", "order": "mdy"}),
        ("%m/%d/%y %I:%M %p", {"part": "timestamp", "order": "mdy"}),
        ("%Y年%m月%d日", {"part": "date"}),
        ("%B %d, %Y", {"part": "date"}),
        ("%Y-%m-%dT%H:%M:%SZ", {"part": "timestamp"}),
        ("%H:%M", {"part": "time"}),
        ("%Y-%m", {"part": "date"}),
    ],
)
def test_a_column_is_recognised_with_its_part_and_order(form, options):
    moments = [datetime.datetime.combine(d, datetime.time(d.day % 24)) for d in DAYS]
    evidence = Date().recognise([moment.strftime(form) for moment in moments])
    assert evidence.confidence > 0.95 and evidence.options == options
    assert evidence.why.startswith("100 of 100 cells are ")


def test_evidence_says_the_range_and_what_told_the_order():
    evidence = Date().recognise([day.strftime("%d/%m/%y") for day in DAYS])
    assert "dates, 2023-01-01 to 2023-10-25; day first" in evidence.why
    both = Date().recognise(["01/02/2024", "03/04/2024", "05/06/2024"])
    assert both.options["order"] == "dmy" and 0.85 < both.confidence < 0.95
    assert "day first is assumed (or tell order: mdy)" in both.why


def test_objects_of_midnight_are_dates_and_zones_are_said():
    midnights = [datetime.datetime.combine(day, datetime.time()) for day in DAYS]
    assert Date().recognise(midnights).options == {"part": "date"}
    zoned = [m.replace(hour=8, tzinfo=datetime.UTC) for m in midnights]
    evidence = Date().recognise(zoned)
    assert evidence.options == {"part": "timestamp"}
    assert "100 with a zone: positions by UTC" in evidence.why


@pytest.mark.parametrize(
    "cells",
    [
        [str(2000 + n) for n in range(24)],
        list(range(2000, 2024)),
        [20240101 + n for n in range(28)],
        [str(20240101 + n) for n in range(28)],
        [1_700_000_000 + n for n in range(30)],
        [f"1.{n}.{n % 5}" for n in range(30)],
        [f"{3 + n % 2}.{n % 12 + 1}.{n % 9 + 10}" for n in range(30)],
        [f"0171-{n:04d}-{n:02d}" for n in range(10, 30)],
        [f"0{150 + n}-05-1{n % 9}" for n in range(30)],
        [f"INV-2024-05-{n:02d}" for n in range(30)],
        ["2024-05-31", "red", "green", "blue"],
        ["16:9", "4:3"],
        ["2024-05-31"] * 5 + ["12:30"] * 5,
    ],
    ids=lambda cells: str(cells[0]),
)
def test_numbers_years_versions_and_codes_are_no_dates(cells):
    assert Date().recognise(cells).confidence < 0.5


def test_digits_that_are_told_to_be_dates_are_read():
    cells = [int(f"{day:%Y%m%d}") for day in DAYS]
    assert Date().recognise(cells).options == {"part": "date"}
    assert Date().recognise(list(map(str, cells))).options == {"part": "date"}
    assert Date(part="date").read(20240531)[0] == seconds(2024, 5, 31)
    assert Date().recognise(["1.2.3", "1.10.2", "red"]).options == {}


def test_a_cell_is_read_as_utc_and_as_the_clock_on_the_wall():
    array = Date().read("2024-05-31T08:00:00+02:00")
    assert array.tolist() == [seconds(2024, 5, 31, 6), seconds(2024, 5, 31, 8), 1]
    array = Date(zone="America/New_York").read("2024-05-31T08:00:00+02:00")
    assert array.tolist() == [seconds(2024, 5, 31, 6), seconds(2024, 5, 31, 2), 1]
    array = Date(zone="Europe/Berlin").read("2024-01-31 08:00")
    assert array.tolist() == [seconds(2024, 1, 31, 7), seconds(2024, 1, 31, 8), 1]
    assert Date().read("2024-05-31").tolist()[2] == 0
    assert Date(part="time").read("2024-05-31 08:00").tolist() == [28800, 28800, 1]


@pytest.mark.parametrize(
    ("cell", "options", "why"),
    [
        ("05/31/2024", {"order": "dmy"}, "month first, where the column has the day"),
        ("05/06/2024", {}, "day first and as month first: '05/06/2024'"),
        ("12:30", {"part": "date"}, "a time of day without its date: '12:30'"),
        ("2024-05-31", {"part": "time"}, "a date without a time of day"),
        ("soon", {}, "no date: 'soon'"),
        (1_700_000_000, {}, "no date: 1700000000"),
        ("soon", {"unix": "seconds"}, "not a unix time"),
        (1e300, {"unix": "seconds"}, "not a unix time"),
        (datetime.timedelta(1), {}, "no date"),
        (np.datetime64("NaT"), {}, "no date"),
    ],
)
def test_what_cannot_be_read_is_bad_with_a_reason(cell, options, why):
    with pytest.raises(BadCell, match=why):
        Date(**options).read(cell)


@pytest.mark.parametrize(
    ("unix", "cell"),
    [
        ("seconds", 1717144200),
        ("seconds", "1717144200"),
        ("milliseconds", 1717144200000),
        ("microseconds", 1717144200e6),
        ("nanoseconds", 1717144200 * 10**9),
    ],
)
def test_unix_times_are_read_where_they_are_told(unix, cell):
    assert Date(unix=unix).read(cell)[0] == seconds(2024, 5, 31, 8, 30)
    assert Date(unix=unix).recognise([cell] * 9).options == {"part": "timestamp"}


def test_options_that_are_wrong_are_refused():
    for options in ({"zone": "Mars/Olympus"}, {"zone": 3}, {"order": "ydm"}):
        with pytest.raises(PartError, match="is wrong"):
            Date(**options)


def test_a_position_is_standardised_and_cycles_close():
    facts = facts_of(DAYS, part="date")
    positions = [encoded(day, facts, part="date")[0][0] for day in DAYS]
    assert np.mean(positions) == pytest.approx(0, abs=1e-5)
    assert np.std(positions) == pytest.approx(1, abs=1e-5)
    last, _ = encoded("2023-12-31", facts, part="date")
    first, _ = encoded("2023-01-01", facts, part="date")
    assert np.abs(last[1:5] - first[1:5]).max() < 0.25  # the year and the month
    monday, sunday, again = (
        encoded(f"2023-05-{day:02d}", facts, part="date")[0][5:] for day in (1, 7, 8)
    )
    np.testing.assert_allclose(monday, again, atol=1e-6)
    assert np.abs(monday - sunday).max() > 0.1


def test_hours_are_a_cycle_and_a_missing_time_is_none():
    facts = facts_of(["2023-01-01 06:00", "2023-03-01 18:00"])
    morning, _ = encoded("2023-02-01 06:00", facts)
    np.testing.assert_allclose(morning[7:], [1, 0], atol=1e-6)
    without, notes = encoded("2023-02-01", facts)
    assert without[7:].tolist() == [0, 0] and not notes
    facts = facts_of(["06:00", "18:00"], part="time")
    noon, _ = encoded("12:00", facts, part="time")
    np.testing.assert_allclose(noon, [0, 0, -1], atol=1e-6)


def test_a_date_far_from_trainings_is_drawn_in_and_said():
    facts = facts_of(DAYS, part="date")
    last, notes = encoded(DAYS[-1] + datetime.timedelta(days=9), facts, part="date")
    assert not notes
    for cell in ("2031-01-01", "9999-12-31"):
        late, notes = encoded(cell, facts, part="date")
        assert notes == [f"later than the dates of training, drawn in: {cell}"]
        assert last[0] <= late[0] < 4
    _, notes = encoded("0001-01-01", facts, part="date")
    assert notes == ["earlier than the dates of training, drawn in: 0001-01-01"]


def test_a_date_that_stands_for_never_does_not_squeeze_the_others():
    facts = facts_of([*DAYS, "9999-12-31"], part="date")
    spread = [encoded(day, facts, part="date")[0][0] for day in (DAYS[0], DAYS[-1])]
    assert spread[1] - spread[0] > 1
    few = facts_of(["2023-01-01"] * 200 + ["2024-01-01"], part="date")
    values, notes = encoded("2024-01-01", few, part="date")
    assert values[0] > 1 and not notes


def test_a_time_of_day_is_not_lost_in_silence():
    facts = facts_of(DAYS, part="date")
    values, notes = encoded("2023-05-01 17:00", facts, part="date")
    assert notes == ["the time of day is left out: '2023-05-01 17:00'"]
    np.testing.assert_array_equal(values, encoded("2023-05-01", facts, part="date")[0])
    _, notes = encoded("2023-05-01 17:00", facts_of([], part="time"), part="time")
    assert notes == ["the date is left out: '2023-05-01 17:00'"]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.datetimes(), st.sampled_from(["date", "timestamp", "time", "auto"]))
def test_any_datetime_is_encoded_within_bounds(moment, part):
    facts = facts_of([f"{day} 12:00" for day in DAYS], part=part)
    values, _ = encoded(moment, facts, part=part)
    assert values.shape == Date(part=part).shape(facts)[1:]
    assert np.isfinite(values).all() and np.abs(values[1:]).max() <= 1
    assert abs(values[0]) < 4
