"""Single values of a caller as the text that a request carries."""

import math
from datetime import date, datetime
from decimal import Decimal

from boxapis.secret import Secret

__all__ = ["plain"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT = 10**18
_ACCEPTED = "str, Secret, int, float, Decimal, bool, date or None"


def plain(
    value: object, *, named_months: bool = False, booleans: tuple[str, str] = ("0", "1")
) -> tuple[str | None, str | None]:
    """A value as text, or what is wrong with it. None is left out and gives neither.

    Args:
        value: ``str``, `Secret`, ``int``, ``float``, ``Decimal``, ``bool``, ``date``, None.
        named_months: ``Jan 05, 2024`` as Box Tracker's portal writes days; else ``2024-01-05``.
        booleans: What False and True are written as.

    Returns:
        The text and the complaint; at most one of them is not None.
    """
    match value:
        case str():
            return value, None
        case bool():
            return booleans[value], None
        case int():
            return _whole(value), None
        case None:
            return None, None
        case Secret():
            return value.reveal(), None
        case float() if math.isfinite(value):
            return format(Decimal(float.__repr__(value)), "f"), None  # numpy's have their own
        case Decimal() if value.is_finite():
            return format(value, "f"), None
        case float() | Decimal():
            return None, "is not a finite number"
        case date() if not isinstance(value, datetime):
            return _day(value, named_months=named_months), None
        case _:
            return None, f"must be {_ACCEPTED}, not {type(value).__name__}"


def _whole(value: int) -> str:
    if -_SHORT < value < _SHORT:
        return int.__repr__(value)
    return str(Decimal(value))  # unlike str(int) without a limit of digits


def _day(day: date, *, named_months: bool) -> str:
    if not named_months:
        return day.isoformat()
    return f"{_MONTHS[day.month - 1]} {day.day:02d}, {day.year:04d}"
