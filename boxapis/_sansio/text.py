"""Encodes single values of a caller as the text that a request carries."""

import math
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from boxapis.secret import Secret

__all__ = ["LONE_SURROGATE", "MONTHS", "encode_value", "percent_encode"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Month abbreviations of HTTP dates and of Box Tracker's portal, January first."""

LONE_SURROGATE = "holds half a surrogate pair, which has no encoding"
"""The problem of a text that `percent_encode` cannot encode."""

_INT_REPR_LIMIT = 10**18
_ACCEPTED_TYPES = "str, Secret, int, float, Decimal, bool, date or None"


def encode_value(
    value: object, *, named_months: bool = False, booleans: tuple[str, str] = ("0", "1")
) -> tuple[str | None, str | None]:
    """Returns a value as text, or the problem that prevents it; neither for None.

    Args:
        value: ``str``, `Secret`, ``int``, ``float``, ``Decimal``, ``bool``, ``date`` or None.
        named_months: Whether a date is written ``Jan 05, 2024``, as in Box Tracker's portal,
            instead of ``2024-01-05``.
        booleans: The texts for False and True.

    Returns:
        The text and the problem; at most one of them is not None.
    """
    match value:
        case str():
            return value, None
        case bool():
            return booleans[value], None
        case int():
            return _format_int(value), None
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
            return _format_date(value, named_months=named_months), None
        case _:
            return None, f"must be {_ACCEPTED_TYPES}, not {type(value).__name__}"


def percent_encode(text: str) -> str | None:
    """Returns a text with all but the unreserved characters percent-encoded.

    None when it holds a lone surrogate, which has no UTF-8 form.
    """
    if text.isalnum() and text.isascii():
        return text  # plain words and numbers, as nearly always
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        return None


def _format_int(value: int) -> str:
    if -_INT_REPR_LIMIT < value < _INT_REPR_LIMIT:
        return int.__repr__(value)
    return str(Decimal(value))  # str(int) raises beyond Python's limit of digits


def _format_date(day: date, *, named_months: bool) -> str:
    if not named_months:
        return day.isoformat()
    return f"{MONTHS[day.month - 1]} {day.day:02d}, {day.year:04d}"
