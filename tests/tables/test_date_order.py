"""The order of day and month is told by the cells of a column, or left open."""

import datetime

import pytest

from homodal.tables.date_order import order_evidence

DAYS = [
    datetime.date(2024, 1, 1) + datetime.timedelta(days=n) for n in range(0, 366, 5)
]
LATE = sum(day.day > 12 for day in DAYS)


@pytest.mark.parametrize(
    ("form", "order", "why"),
    [
        ("%d/%m/%Y", "dmy", f"day first in {LATE} of 74 cells, the others fit both"),
        ("%m/%d/%Y", "mdy", f"month first in {LATE} of 74 cells, the others fit both"),
        ("%d.%m.%y", "dmy", "day first, which makes the years 2024"),
        ("%y-%m-%d", "ymd", "year first, which makes the years 2024"),
        ("%m/%d/%y", "mdy", "month first"),
        ("%Y-%m-%d", None, ""),
        ("%d %b %Y", None, ""),
    ],
)
def test_the_order_of_a_column_is_told_by_its_cells(form, order, why):
    evidence = order_evidence([day.strftime(form) for day in DAYS])
    assert evidence.order == order
    assert evidence.why.startswith(why) and bool(evidence.why) == bool(why)


def test_cells_that_fit_both_orders_are_decided_by_their_form_or_not_at_all():
    monthly = [f"01/{month:02d}/2024" for month in range(1, 13)]
    assert order_evidence(monthly).order == "dmy"
    assert order_evidence([f"{c[3:5]}/01/2024" for c in monthly]).order == "mdy"
    assert order_evidence(["3.4.2024", "5.6.2024"]).order == "dmy"
    undecided = order_evidence(["3/4/2024", "5/6/2024", "nothing", "5/5/2024"])
    assert undecided.order is None and "2 cells can be read" in undecided.why


def test_a_column_of_two_orders_names_both():
    evidence = order_evidence(["13/04/2024", "05/26/2024", "21/2/2024", "1/2/2024"])
    assert evidence.order == "dmy"
    assert evidence.why == (
        "day first in 2 of 4 cells, month first in 1, the others fit both"
    )
