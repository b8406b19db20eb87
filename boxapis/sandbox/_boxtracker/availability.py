"""Days that can be booked: open weekdays, and the containers that are left on each.

The rule is written anew from the vendor's manual and clients, and not taken from the library's
client: a class of containers can be had on a day while enough remain above the buffer.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.data import DAY_FORMAT
from boxapis.sandbox._boxtracker.refusals import (
    CLOSED_WEEKDAY,
    DATE_BLACKED_OUT,
    DATE_IS_TODAY,
    TOO_MANY_OUT,
    Refusal,
)
from boxapis.sandbox._boxtracker.state import BoxTrackerState

ASSETS: Final = ("20-Open", "30-Open")
ASSET_BUFFER: Final = 1
OPEN_WEEKDAYS: Final = (0, 1, 1, 1, 1, 1, 0)  # from Sunday on

_BOOKABLE_DAYS: Final = 14
_STOCK: Final = MappingProxyType({"20-open": 6, "30-open": 4})
_EMPTY_YARD: Final = 4  # on the fifth day that can be booked, every container is out


def today(state: BoxTrackerState) -> date:
    """The day in UTC, by the sandbox's clock."""
    return state.clock.utc().date()


def bookable_days(state: BoxTrackerState) -> list[date]:
    """Every day between the first and the last that can be booked, closed ones included."""
    first = today(state) + timedelta(days=1)
    return [first + timedelta(days=number) for number in range(_BOOKABLE_DAYS)]


def is_open(day: date) -> bool:
    """Whether jobs are taken on the weekday of a day."""
    return OPEN_WEEKDAYS[day.isoweekday() % 7] > 0


def containers_left(state: BoxTrackerState, day: date, asset: str) -> int:
    """Number of containers of a class that are not ordered yet for a day."""
    days = bookable_days(state)
    if day not in days or day == days[_EMPTY_YARD]:
        return 0
    wanted = asset.casefold()
    ordered = sum(
        number for when, cls, number in _deliveries(state) if (when, cls) == (day, wanted)
    )
    return max(_STOCK[wanted] - ordered, 0)


def check_day(state: BoxTrackerState, day: date) -> None:
    """Raise Refusal unless the day may be booked at all: 514, 518 or 338."""
    days = bookable_days(state)
    if day == today(state):
        raise Refusal(DATE_IS_TODAY)
    if not days[0] <= day <= days[-1]:
        raise Refusal(DATE_BLACKED_OUT)
    if not is_open(day):
        raise Refusal(CLOSED_WEEKDAY)


def check_containers(
    state: BoxTrackerState, day: date, asset: str, *, quantity: int, held: int = 0
) -> None:
    """Raise Refusal with 516 unless enough containers of a class remain on a day.

    Args:
        state: The service's data.
        day: The day.
        asset: The class.
        quantity: What is taken away before the rest is compared with the buffer.
        held: What the order has had of the class before.
    """
    if containers_left(state, day, asset) + held - quantity <= ASSET_BUFFER:
        raise Refusal(TOO_MANY_OUT)


def _deliveries(state: BoxTrackerState) -> Iterator[tuple[date, str, int]]:
    """Day, class and number of containers of every order that takes some out of the yard."""
    for customer in state.customers.values():
        for order in customer.work_orders:
            if order["OrderType"] == "Delivery":
                yield _portal_delivery(order)
    for booked in state.web_orders:
        given = booked.arguments
        is_counted = booked.kind == "request" or booked.customer  # one in a portal: above
        if not is_counted and given["serviceType"] == "Delivery":
            yield date.fromisoformat(given["dateRequested"]), given["assetClass"].casefold(), 1


def _portal_delivery(order: Any) -> tuple[date, str, int]:
    asset = f"{order['ContSize']}-{order['ContType']}".casefold()
    return order_day(order["OrderDateString"]), asset, order["ContQty"]


def order_day(text: str) -> date:
    """The day of a stored order."""
    return datetime.strptime(text, DAY_FORMAT).date()  # noqa: DTZ007 - a day has no zone
