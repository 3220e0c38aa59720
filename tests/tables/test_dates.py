"""Dates are read as they are written, and never what only looks like one."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homodal.tables import dates
from homodal.tables.dates import ORDERS, is_date, moment_of, readings

NOON = datetime.datetime(2024, 5, 31, 12, 30, 15)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-05-31",
        " 2024-5-31 ",
        "2024/05/31",
        "2024.05.31",
        "2024. 5. 31.",
        "31.05.2024",
        "31.5.2024",
        "05/31/2024",
        "31/05/2024",
        "31-05-2024",
        "2024年5月31日",
        "2024年05月31日 星期五",
        "２０２４年５月３１日",
        "2024년 5월 31일",
        "31 May 2024",
        "31st of May, 2024",
        "31. May 2024",
        "31-May-2024",
        "31-MAY-24",
        "31May2024",
        "May 31, 2024",
        "May 31st 2024",
        "Friday, May 31, 2024",
        "2024 May 31",
        "2024-May-31",
        "2024-W22-5",
        "2024W225",
        "20240531",
        20240531,
        datetime.date(2024, 5, 31),
        np.datetime64("2024-05-31"),
    ],
)
def test_a_date_is_read_in_any_form(cell):
    moment = next(iter(readings(cell).values()))
    assert moment.part == "date" and moment.clock == datetime.datetime(2024, 5, 31)
    assert moment.offset is None


@pytest.mark.parametrize(
    "cell",
    [
        "2024-05-31 12:30:15",
        "2024-05-31T12:30:15",
        "20240531T123015",
        "20240531123015",
        "31.05.2024 12:30:15",
        "12:30:15 31.05.2024",
        "5/31/2024 12:30:15 PM",
        "5/31/2024, 12:30:15 p.m.",
        "May 31, 2024 12:30:15pm",
        "Fri May 31 12:30:15 2024",
        "31-May-2024 12:30:15.000",
        "2024年5月31日12时30分15秒",
        "2024/5/31 下午12:30:15",
        NOON,
        pd.Timestamp(NOON),
    ],
)
def test_a_timestamp_is_read_in_any_form(cell):
    moment = next(iter(readings(cell).values()))
    assert moment.part == "timestamp" and moment.clock == NOON


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("2024-05-31T12:30:15Z", 0),
        ("2024-05-31 12:30:15+02:00", 2),
        ("2024-05-31T12:30:15-0500", -5),
        ("2024-05-31 12:30:15 UTC", 0),
        ("Fri, 31 May 2024 12:30:15 GMT", 0),
        ("Fri, 31 May 2024 12:30:15 EDT", -4),
        ("Fri May 31 12:30:15 2024 -0700", -7),
        ("[31/May/2024:12:30:15 +0200]", 2),
        ("2024-05-31 12:30:15 +05:30", 5.5),
        ("2024-05-31T12:30:15+02:00[Europe/Berlin]", 2),
        ("Fri May 31 2024 12:30:15 GMT+0200 (Central European Summer Time)", 2),
        (NOON.replace(tzinfo=datetime.UTC), 0),
        (pd.Timestamp(NOON, tz="Asia/Tokyo"), 9),
    ],
)
def test_a_zone_is_kept_beside_the_clock(cell, hours):
    moment = next(iter(readings(cell).values()))
    assert moment.clock == NOON
    assert moment.clock_seconds - moment.seconds == 3600 * hours


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("06:30", "06:30"),
        ("6:30 pm", "18:30"),
        ("12 am", "00:00"),
        ("12:05 a.m.", "00:05"),
        ("4 PM", "16:00"),
        ("12:30 Uhr", "12:30"),
        ("上午9:05", "09:05"),
        ("9时30分", "09:30"),
        (datetime.time(23, 59), "23:59"),
    ],
)
def test_a_time_of_day_is_read(cell, clock):
    moment = next(iter(readings(cell).values()))
    assert moment.part == "time" and f"{moment.clock:%H:%M}" == clock


@pytest.mark.parametrize(
    "cell",
    [
        "2024",
        2024,
        "20240532",
        1716900000,
        "1.2.3",
        "1.10.2",
        "10.0.0.1",
        "+49 171 5551234",
        "0171-5551234",
        "2024-13-01",
        "2024-02-30",
        "31/02/2024",
        "2023-02-29",
        "25:00",
        "12:60",
        "13:00 pm",
        "16:9",
        "1/2",
        "A-2024-05-31",
        "2024-05-31-7",
        "2024-05-311",
        "2024-05-3112:00",
        "Maybe 31, 2024",
        "May",
        "",
        True,
        1.5,
        None,
        b"2024-05-31",
        "2024-05-31 " * 20,
    ],
)
def test_what_is_no_date_is_none(cell):
    assert not is_date(cell)


def test_two_digits_of_a_year_are_of_this_century_or_the_last():
    years = {t: moment_of(t, "dmy").clock.year for t in ("31.12.68", "31.12.69")}
    assert list(years.values()) == [2068, 1969]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    day=st.dates(datetime.date(1970, 1, 1), datetime.date(2068, 12, 31)),
    form=st.sampled_from(
        [
            ("%Y-%m-%d", None),
            ("%d.%m.%Y", "dmy"),
            ("%m/%d/%Y", "mdy"),
            ("%d/%m/%y", "dmy"),
            ("%y-%m-%d", "ymd"),
            ("%d %B %Y", None),
            ("%b %d, %Y", None),
            ("%G-W%V-%u", None),
            ("%Y年%m月%d日", None),
        ]
    ),
    clock=st.times(),
    with_clock=st.sampled_from(["", " %H:%M:%S.%f", " %I:%M:%S %p"]),
)
def test_a_date_that_is_written_is_read_back(day, form, clock, with_clock):
    wanted = datetime.datetime.combine(day, clock)
    text = wanted.strftime(form[0] + with_clock)
    if "%f" not in with_clock:
        wanted = wanted.replace(microsecond=0)
    if not with_clock:
        wanted = datetime.datetime.combine(day, datetime.time())
    moment = moment_of(text, form[1])
    assert moment.clock == wanted
    assert moment.part == ("timestamp" if with_clock else "date")


def test_a_cell_of_another_order_is_refused():
    with pytest.raises(ValueError, match="month first, where the column has the day"):
        moment_of("05/26/2024", "dmy")
    with pytest.raises(ValueError, match="can be read as day first and as month first"):
        moment_of("05/06/2024")
    assert moment_of("06/06/2024").clock == datetime.datetime(2024, 6, 6)
    assert set(readings("2024-05-06")) == set(ORDERS)


@pytest.mark.parametrize("whole", ["0", "-1", "+12", "123", "2024", "20240531"])
@pytest.mark.parametrize("fraction", ["", "0", "05", "531", "1230", "20240531"])
def test_numbers_with_a_fraction_are_no_dates(whole, fraction):
    text = f"{whole}.{fraction}"
    assert is_date(text) == bool(dates._readings_of(text))
