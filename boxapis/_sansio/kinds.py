"""Single values of decoded JSON: numbers, money, texts, flags, dates and times, secrets.

A number may arrive as text. Text may arrive as a number only where a field is declared a `Scalar`.
Nothing is rounded, trimmed or guessed: a value that does not fit is None here, and an error in
`shapes`.
"""

import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from boxapis._sansio.frozen_mapping import FrozenMapping
from boxapis.secret import Secret

__all__ = [
    "Cell",
    "FieldError",
    "Flag",
    "LocalMoment",
    "Money",
    "Number",
    "Scalar",
    "format_datetime",
    "is_code",
    "parse_base64",
    "parse_datetime",
    "parse_decimal",
    "parse_flag",
    "parse_int",
    "parse_local_datetime",
    "parse_scalar",
    "read_bool",
    "read_cell",
    "read_decimals",
    "read_int",
    "read_optional_datetime",
    "read_optional_flag",
    "read_optional_money",
    "read_optional_number",
    "read_optional_text",
    "read_secrets",
    "read_text",
    "strict",
]

LocalMoment = Annotated[datetime, "local"]
"""A date and time in the zone of the place it is about, which the service does not name.

It has no tzinfo: read as UTC it would be wrong by up to 14 hours. One with an offset keeps it.
"""

Scalar = Annotated[str, "scalar"]
"""Text that a service may write as a number, for instance the postal code ``75150``."""

Flag = Annotated[bool, "flag"]
"""A yes or no that a service may write as 0 or 1, as number or text."""

Number = Annotated[int, "number"]
"""A whole number that Box Tracker may leave empty; only for fields that may be None.

As for the vendor's own client, text that is no number counts as none: a blank record has ``""``.
"""

Money = Annotated[Decimal, "money"]
"""An amount that Box Tracker may leave empty, as ``""``; only for fields that may be None.

Text in any form that the vendor's own client takes for a number is one: ``".5"``, ``"1.8e-15"``.
"""

Cell = Annotated[str, "cell"]
"""A `Scalar` in a table or a list of Box Tracker; null is empty text, as in the vendor's client."""

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", re.ASCII)
_NUMERIC = re.compile(
    r"\s*[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})([eE][+-]?[0-9]{1,2})?\s*", re.ASCII
)
_OFFSET_DATETIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d:\d\d|Z)", re.ASCII
)
_LARGEST_CODE = 999_999
_EXACT_FLOAT_LIMIT = 2**53
_PLAIN_LENGTH = len("YYYY-MM-DD HH:MM:SS")
_MARKS = "-- ::"
_FLAGS = {0: False, 1: True, "0": False, "1": True}
_EMPTY_SECRET = Secret("")  # shared: what the services show of nearly every secret


class FieldError(ValueError):
    """The reason why one field does not fit; carried from a hook of cattrs to `shapes`."""


def parse_int(value: object) -> int | None:
    """Returns a whole number from a number or text; None for ``true``, 1.7 or ``" 13"``."""
    match value:
        case bool():
            return None
        case int():
            return value
        case float() if value.is_integer() and abs(value) < _EXACT_FLOAT_LIMIT:
            return int(value)
        case str() if _INTEGER.fullmatch(value):
            return int(value)
        case _:
            return None


def is_code(number: int) -> bool:
    """Whether a number can be a code: it has six digits at most, unlike a card's, and is shown."""
    return abs(number) <= _LARGEST_CODE


def parse_decimal(value: object) -> Decimal | None:
    """Returns money, a weight or a length digit for digit; None for ``true``, NaN or ``"1e3"``."""
    match value:
        case bool():
            return None
        case float():
            exact = Decimal(repr(value))  # the shortest text of this float: what the JSON had
            return exact if exact.is_finite() else None
        case int():
            return Decimal(value)
        case str() if _DECIMAL.fullmatch(value):
            return Decimal(value)
        case _:
            return None


def parse_scalar(value: object) -> str | None:
    """Returns text that may have been written as a number; None for ``true`` and for objects."""
    match value:
        case str():
            return value
        case bool():
            return None
        case int() | float():
            return str(parse_decimal(value))
        case _:
            return None


def parse_flag(value: object) -> bool | None:
    """Returns a yes or no from ``true``, ``false``, 0, 1, ``"0"`` or ``"1"``; else None."""
    return _FLAGS.get(value) if isinstance(value, int | str) else None


def parse_base64(value: object) -> bytes | None:
    """Returns the bytes that text in Base64 stands for, or None when it is malformed."""
    try:
        return binascii.a2b_base64(value, strict_mode=True) if isinstance(value, str) else None
    except ValueError:
        return None


def parse_datetime(value: object) -> datetime | None:
    """Returns a date and time of BoxC in UTC, or None when it is malformed.

    ``YYYY-MM-DD HH:MM:SS`` is in UTC; ISO 8601 with an offset is accepted, too.
    """
    if not isinstance(value, str):
        return None
    try:
        # `_is_plain`, without a call: a response has many of these.
        if value[4::3] == _MARKS and len(value) == _PLAIN_LENGTH and "\0" not in value:
            return datetime.fromisoformat(value + "Z")
        if _OFFSET_DATETIME.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def parse_local_datetime(value: object) -> datetime | None:
    """Returns a date and time without a zone as it is written, or None when it is malformed."""
    if not isinstance(value, str):
        return None
    try:
        if _is_plain(value) or _OFFSET_DATETIME.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        return None
    return None


def _is_plain(text: str) -> bool:
    """Whether a text has the marks of ``YYYY-MM-DD HH:MM:SS``; fromisoformat checks the rest.

    It would take ``Z`` and NUL for minutes or seconds.
    """
    return text[4::3] == _MARKS and len(text) == _PLAIN_LENGTH and "\0" not in text


def format_datetime(moment: datetime) -> str:
    """Returns ``YYYY-MM-DD HH:MM:SS``, as BoxC takes it: in UTC if the moment has a zone."""
    exact = moment if moment.tzinfo is None else moment.astimezone(UTC)
    return exact.replace(tzinfo=None, microsecond=0).isoformat(" ")


def strict(parse: Callable[[object], Any], expected: str) -> Callable[[object, Any], Any]:
    """Returns a hook of cattrs that raises a `FieldError` where a parser returns None."""

    def hook(value: object, _: Any) -> Any:
        result = parse(value)
        if result is None:
            raise FieldError(expected)
        return result

    return hook


def read_int(value: object, _: Any) -> int:
    """Returns a whole number; the hook of ``int``."""
    if type(value) is int:  # as nearly always
        return value
    result = parse_int(value)
    if result is None:
        raise FieldError("expected a whole number")
    return result


def read_text(value: object, _: Any) -> str:
    """Returns text; the hook of ``str``, and of words, known or not."""
    if isinstance(value, str):
        return value
    raise FieldError("expected text")


def read_optional_text(value: object, _: Any) -> str | None:
    """Returns text or None; the hook of ``str | None``, the most frequent one."""
    if value is None or isinstance(value, str):
        return value
    raise FieldError("expected text")


def read_bool(value: object, _: Any) -> bool:
    """Returns ``true`` or ``false``; the hook of ``bool``."""
    if isinstance(value, bool):
        return value
    raise FieldError("expected true or false")


def read_optional_datetime(value: object, _: Any) -> datetime | None:
    """Returns a date and time or None, which BoxC writes as false, too."""
    if value is None or value is False:
        return None
    result = parse_datetime(value)
    if result is None:
        raise FieldError("expected a date and time, false or null")
    return result


def read_decimals(value: object, _: Any) -> Mapping[str, Decimal]:
    """Returns an object whose values are numbers; the hook of ``Mapping[str, Decimal]``."""
    fields = {} if value == [] else value  # as for `read_secrets`
    if not isinstance(fields, dict):
        raise FieldError("expected an object")
    numbers = {name: parse_decimal(number) for name, number in fields.items()}
    exact = {name: number for name, number in numbers.items() if number is not None}
    if len(exact) < len(numbers):
        raise FieldError("expected numbers only")
    return FrozenMapping(exact)


def read_optional_number(value: object, _: Any) -> int | None:
    """Returns a whole number, or None for null and for text that is none."""
    if value is None:
        return None
    result = parse_int(value)
    if result is None and not isinstance(value, str):
        raise FieldError("expected a whole number")
    return result


def read_optional_money(value: object, _: Any) -> Decimal | None:
    """Returns an amount, or None for null and for empty text."""
    if value is None or value == "":
        return None
    result = parse_decimal(value)
    if result is None and isinstance(value, str) and _NUMERIC.fullmatch(value):
        return Decimal(value.strip())
    if result is None:
        raise FieldError("expected a number")
    return result


def read_cell(value: object, _: Any) -> str:
    """Returns text that may have been written as a number, or empty text for null."""
    result = "" if value is None else parse_scalar(value)
    if result is None:
        raise FieldError("expected text")
    return result


def read_optional_flag(value: object, _: Any) -> bool | None:
    """Returns a yes or no, or None for null and for empty text."""
    if value is None or value == "":
        return None
    result = parse_flag(value)
    if result is None:
        raise FieldError("expected 0 or 1")
    return result


def read_secrets(value: object, _: Any) -> Mapping[str, Secret]:
    """Returns an object whose values are secrets; the hook of ``Mapping[str, Secret]``."""
    if not isinstance(value, dict):
        if value != []:  # some languages write an object without fields as an empty list
            raise FieldError("expected an object")
        value = {}
    secrets: dict[str, Secret] = {}
    for name, text in value.items():
        secrets[name] = _EMPTY_SECRET if text == "" else _sealed(text)
    return FrozenMapping(secrets)


def _sealed(value: object) -> Secret:
    if value is None:
        return _EMPTY_SECRET
    return Secret(value if isinstance(value, str) else str(value))
