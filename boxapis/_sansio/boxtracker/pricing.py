"""Reads the response to a price query of Box Tracker: open weekdays, and the sheet for a distance.

The rules are those of the vendor's manual and client (https://www.dumpster.software/api/), which
disagree about the shape of the weekdays, so both are read. The functions look at the response
alone.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from boxapis._sansio.kinds import parse_decimal

__all__ = ["Ranged", "open_on", "tightest"]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = 7


class Ranged(Protocol):
    """What has a range of distances."""

    @property
    def distance1(self) -> Decimal | None:
        """The lower end."""

    @property
    def distance2(self) -> Decimal | None:
        """The upper end."""


R = TypeVar("R", bound=Ranged)


def open_on(weekdays: object) -> Callable[[date], bool]:
    """Returns whether jobs are taken on a day.

    Args:
        weekdays: An array of seven numbers, Sunday first, or an object of numbers by the name or
            the number of the day, 0 for Sunday; above 0 is open. In any other shape it says
            nothing, and every day is open. A day that it leaves out is closed.
    """
    match weekdays:
        case list() if len(weekdays) == _DAYS:
            open_days = {(place - 1) % _DAYS for place in range(_DAYS) if _is_open(weekdays[place])}
        case dict() if any(_weekday(name) is not None for name in weekdays):
            open_days = {
                day
                for name, value in weekdays.items()
                if (day := _weekday(name)) is not None and _is_open(value)
            }
        case _:
            return lambda _: True
    return lambda day: day.weekday() in open_days


def _weekday(name: str) -> int | None:
    """Returns the number of a day, Monday 0; None for what is no day."""
    short = name.strip().lower()[:3]
    if short in _WEEKDAYS:
        return _WEEKDAYS.index(short)
    return (int(short) - 1) % _DAYS if short in tuple("0123456") else None


def _is_open(value: object) -> bool:
    number = parse_decimal(value)
    return value is True if number is None else number > 0


def tightest(sheets: Iterable[R], distance: Decimal) -> R | None:
    """Returns the sheet with the tightest range that has a distance in it; None if there is none.

    A sheet from 0 to 0 fits any distance, and is the last choice; one whose ends are no numbers
    fits none. Of equal ranges the first counts.

    Args:
        sheets: The sheets of one class of containers.
        distance: The distance by road.
    """
    best: R | None = None
    best_width: Decimal | None = None
    for sheet in sheets:
        lower, upper = sheet.distance1, sheet.distance2
        if lower is None or upper is None:
            continue
        is_any = lower == upper == 0
        if not is_any and not lower <= distance <= upper:
            continue
        width = None if is_any else upper - lower
        if best is None or (width is not None and (best_width is None or width < best_width)):
            best, best_width = sheet, width
    return best
