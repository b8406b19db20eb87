"""Encodes single values of a caller as the text that a request carries.

A value is brought to an exact ``str`` or ``int`` once, by the type's own method, before anything
else is done with it: a subclass may have its own ``__format__``, ``__eq__`` or ``__class__``, and
none of that runs here.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from urllib.parse import quote

from boxapis.errors import type_name
from boxapis.secret import Secret

__all__ = [
    "LONE_SURROGATE",
    "MAX_ARGUMENTS",
    "MAX_BODY",
    "MONTHS",
    "TOO_LARGE",
    "UNREADABLE",
    "encode_value",
    "exact_int",
    "exact_mapping",
    "exact_text",
    "percent_encode",
]

MAX_ARGUMENTS = 1_048_576
"""Most characters that all arguments or parameters of one request may have when encoded (1 MiB)."""

MAX_BODY = 16_777_216
"""Most bytes of a JSON body (16 MiB)."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Month abbreviations of HTTP dates and of Box Tracker's portal, January first."""

LONE_SURROGATE = "holds half a surrogate pair, which has no encoding"
"""The problem of a text that `percent_encode` cannot encode."""

TOO_LARGE = "is too large: all arguments together may have 1 MiB when encoded"
"""The problem of an argument that exceeds `MAX_ARGUMENTS`, alone or with those before it."""

UNREADABLE = "cannot be read: an error was raised in the caller's own value"
"""The problem of a value whose own code raises."""

_TOO_MANY_DIGITS = "has more than 10,000 digits"
_MAX_DIGITS = 10_000
_MAX_BITS = 33_219  # of a number with that many digits

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
    kind = type(value)
    if value is None:
        return None, None
    if type(value) is int and -_INT_REPR_LIMIT < value < _INT_REPR_LIMIT:
        return repr(value), None  # as nearly always
    if issubclass(kind, (str, Secret)):
        text = Secret(cast("str | Secret", value)).reveal()
        return (None, TOO_LARGE) if len(text) > MAX_ARGUMENTS else (text, None)
    if kind is bool:
        return booleans[value is True], None
    if issubclass(kind, (int, float, Decimal)):
        return _encode_number(value)
    if issubclass(kind, date) and not issubclass(kind, datetime):
        return _format_date(cast("date", value), named_months=named_months), None
    return None, f"must be {_ACCEPTED_TYPES}, not {type_name(value)}"


def exact_text(value: object) -> str | None:
    """Returns a ``str`` as an exact one; None for any other type."""
    if type(value) is str:  # as nearly always
        return value
    return str.__str__(cast("str", value)) if issubclass(type(value), str) else None


def exact_int(value: object) -> int | None:
    """Returns an ``int`` as an exact one; None for any other type, and for a ``bool``."""
    kind = type(value)
    if type(value) is int:  # as nearly always
        return value
    return int.__index__(cast("int", value)) if issubclass(kind, int) and kind is not bool else None


def exact_mapping(value: object) -> dict[str, object] | None:
    """Returns a mapping with names of text as an exact one; None for anything else.

    It may raise what the mapping raises.
    """
    kind = type(value)
    if not issubclass(kind, Mapping):
        return None
    items = dict.items if issubclass(kind, dict) else kind.items
    pairs = [(exact_text(name), item) for name, item in items(cast("dict[object, object]", value))]
    exact = {name: item for name, item in pairs if name is not None}
    return exact if len(exact) == len(pairs) else None


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


def _encode_number(value: object) -> tuple[str | None, str | None]:
    number = exact_int(value)
    if number is not None:
        too_long = int.bit_length(number) > _MAX_BITS
        return (None, _TOO_MANY_DIGITS) if too_long else (_format_int(number), None)
    if issubclass(type(value), float):
        real = float.__float__(cast("float", value))
        value = Decimal(float.__repr__(real))  # numpy's have a repr of their own
    exact = cast("Decimal", value)
    if not Decimal.is_finite(exact):
        return None, "is not a finite number"
    if Decimal.adjusted(exact) >= _MAX_DIGITS or _exponent(exact) <= -_MAX_DIGITS:
        return None, _TOO_MANY_DIGITS
    return Decimal.__format__(exact, "f"), None


def _exponent(value: Decimal) -> int:
    return cast("int", Decimal.as_tuple(value).exponent)


def _format_int(value: int) -> str:
    if -_INT_REPR_LIMIT < value < _INT_REPR_LIMIT:
        return int.__repr__(value)
    return str(Decimal(value))  # str(int) raises beyond Python's limit of digits


def _format_date(day: date, *, named_months: bool) -> str:
    day = date.fromordinal(date.toordinal(day))  # of no subclass
    if not named_months:
        return day.isoformat()
    return f"{MONTHS[day.month - 1]} {day.day:02d}, {day.year:04d}"
