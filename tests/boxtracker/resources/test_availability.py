"""The days on which a work order's containers can be delivered, against the rule as written."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.boxtracker.availability import bookable_days
from boxapis.boxtracker.work_orders import Availability, WorkOrder

START = date(2024, 1, 1)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def written(day: date) -> str:
    """A day as the portal writes it."""
    return f"{MONTHS[day.month - 1]} {day.day:02d}, {day.year}"


def order(rows: list[list[Any]], **fields: Any) -> WorkOrder:
    """An order with a table of open and closed containers."""
    table = Availability(
        columns=("Date", "20-open", "30-Closed"),
        rows=tuple(tuple(map(str, row)) for row in rows),
        latest_text=fields.pop("latest_text", None),
    )
    return WorkOrder(availability=table, **fields)


counts = st.lists(st.integers(-1, 6), max_size=20)
small = st.integers(0, 4)


@given(
    opened=counts,
    buffer=st.none() | small,
    quantity=st.integers(1, 5),
    first=st.none() | small,
    last=st.none() | st.integers(5, 20),
)
def test_the_rule(
    opened: list[int], buffer: int | None, quantity: int, first: int | None, last: int | None
) -> None:
    """A day is open if what is there less the quantity is greater than the buffer, in the range."""
    days = [START + timedelta(days=number) for number in range(len(opened))]
    rows = [[written(day), number, 0] for day, number in zip(days, opened, strict=True)]
    bounds = [None if edge is None else START + timedelta(days=edge) for edge in (first, last)]
    texts = [None if edge is None else written(edge) for edge in bounds]
    blank = order(rows, asset_buffer=buffer, earliest_text=texts[0], latest_text=texts[1])
    expected = [
        day
        for day, number in zip(days, opened, strict=True)
        if number - quantity > (buffer or 0)
        and (bounds[0] is None or day >= bounds[0])
        and (bounds[1] is None or day <= bounds[1])
    ]
    assert list(blank.days("20-OPEN", quantity)) == expected
    assert blank.days("30-closed", quantity) == blank.days("40-Open") == ()


ROW = [[written(START), 3, 3]]
HELD = {"id": 55, "order_type": "Delivery", "quantity": 2, "size": "20", "type": "Open"}


@pytest.mark.parametrize(
    ("fields", "asset", "quantity", "is_open"),
    [
        (HELD, "20-Open", 4, True),
        (HELD, "20-Open", 5, False),
        (HELD, "30-Closed", 3, False),
        ({**HELD, "id": 0}, "20-Open", 3, False),
        ({**HELD, "order_type": "Switch"}, "20-Open", 3, False),
    ],
    ids=["changed", "too many", "another class", "new", "another type"],
)
def test_what_the_order_has(
    fields: dict[str, Any], asset: str, quantity: int, *, is_open: bool
) -> None:
    """What a delivery has taken of the class is counted when it is changed."""
    assert bool(order(ROW, **fields).days(asset, quantity)) is is_open


def test_what_cannot_be_read() -> None:
    """Days and numbers that cannot be read are left out, as are short rows; days come once."""
    rows: list[list[Any]] = [
        ["Friday", 9, 9],
        ["Jan 05, 2024", "many", 9],
        ["Jan 06, 2024"],
        [],
        ["2024-01-08", "9", 0],
        ["Jan 07, 2024", 9, 0],
        ["Jan 07, 2024", 9, 0],
    ]
    assert order(rows).days("20-open") == (date(2024, 1, 7), date(2024, 1, 8))
    assert WorkOrder().days("20-open") == ()
    assert order(ROW, earliest_text="soon").days("20-open") == (START,)


def test_weekdays() -> None:
    """Days on which no jobs are taken are left out; the head of the days is no class."""
    rows = [[f"2024-01-0{number}", 1] for number in range(1, 8)]
    columns = ("Date", "20-open")
    open_on = {0, 1}
    found = bookable_days(
        columns, rows, "20-open", above=0, is_open=lambda day: day.weekday() in open_on
    )
    assert found == (date(2024, 1, 1), date(2024, 1, 2))
    assert bookable_days(columns, rows, "date", above=0) == ()
