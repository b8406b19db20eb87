"""Encodes a JSON body after bringing every value in it to an exact type.

orjson alone would write NaN as null, name no value that it refuses, and run methods of the
caller's classes in the middle of its work; it crashes when one of them raises there.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, cast

import orjson

from boxapis._sansio.text import MAX_BODY, UNREADABLE, encode_value, exact_int, exact_mapping
from boxapis.secret import Secret

__all__ = ["encode_json"]

_NOT_JSON = "json holds a value that JSON cannot hold"
_TOO_DEEP = f"{_NOT_JSON}: more than 100 levels"
_TOO_LARGE = "json is too large: it may have 16 MiB and a million values"
_MAX_DEPTH = 100
_FIRST_LONG = 2**63  # orjson takes no more, and twice as much without a sign
_COST = MAX_BODY // 1_000_000  # of one value, beside its text


class _LimitError(Exception):
    """The value has too many parts or levels; the text is the problem."""


def encode_json(value: object, secrets: list[Secret]) -> tuple[bytes | None, str | None]:
    """Returns a value as JSON, or the problem that prevents it; it never raises.

    Args:
        value: Text, numbers, bools, None, dates, times and UUIDs, alone or in lists, tuples,
            mappings and dataclasses. An ``int`` and a ``Decimal`` are written digit for digit, up
            to 10,000 digits, and a `Secret` in plain text.
        secrets: Takes every `Secret`, to be masked in texts of the service.
    """
    found: list[Secret] = []
    try:
        body = orjson.dumps(_Exact(found).value(value, 0))
    except _LimitError as limit:
        return None, str(limit)
    except (TypeError, ValueError):  # orjson's own errors are TypeErrors, too
        return None, _NOT_JSON
    except Exception:  # noqa: BLE001 - whatever a value does, its error would show this frame
        return None, f"json {UNREADABLE}"
    if len(body) > MAX_BODY:
        return None, _TOO_LARGE
    secrets += found
    return body, None


class _Exact:
    """Copies a value into exact types; the copy is at most as large as a body may be."""

    def __init__(self, secrets: list[Secret]) -> None:
        self._secrets = secrets
        self._left = MAX_BODY * 2

    def value(self, value: object, depth: int) -> object:
        """Returns one value as exact types.

        Raises:
            TypeError: JSON cannot hold a value of this type.
        """
        kind = type(value)
        self._take(_COST)
        if depth > _MAX_DEPTH:
            raise _LimitError(_TOO_DEEP)
        if issubclass(kind, Enum):
            return self.value(cast("Enum", value).value, depth + 1)
        if issubclass(kind, (str, Secret)):
            return self._text(value)
        if issubclass(kind, float):
            return _finite(float.__float__(cast("float", value)))
        if issubclass(kind, Decimal):
            return self._digits(value)
        number = exact_int(value)
        if number is not None:
            return number if -_FIRST_LONG < number < _FIRST_LONG else self._digits(number)
        if issubclass(kind, list) or kind is tuple:
            items = cast("list[object]", value)
            iterator = iter(items) if kind is tuple else list.__iter__(items)
            return [self.value(item, depth + 1) for item in iterator]
        if issubclass(kind, Mapping) or is_dataclass(kind):
            return self._object(value, depth)
        return _plain(value)

    def _object(self, value: object, depth: int) -> dict[str, object]:
        exact: dict[str, object] = {}
        for name, item in _items(value):
            self._take(len(name))
            exact[name] = self.value(item, depth + 1)
        return exact

    def _text(self, value: object) -> str:
        text = Secret(cast("str", value)).reveal()
        self._take(len(text))
        if issubclass(type(value), Secret):
            self._secrets.append(Secret(text))
        return text

    def _digits(self, value: object) -> orjson.Fragment:
        """Returns a ``Decimal`` or a long ``int`` digit for digit; as a float it would change."""
        digits, problem = encode_value(value)
        if digits is None or problem is not None:
            raise ValueError
        self._take(len(digits))
        return orjson.Fragment(digits)

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _LimitError(_TOO_LARGE)


def _items(value: object) -> Iterator[tuple[str, object]]:
    if issubclass(type(value), Mapping):
        exact = exact_mapping(value)
        if exact is None:
            raise TypeError
        yield from exact.items()
        return
    for each in fields(cast("Any", value)):
        if not each.name.startswith("_"):  # as orjson does it
            yield each.name, getattr(value, each.name)


def _plain(value: object) -> object:
    """Returns None, a bool, a UUID, a date or a time as an exact value.

    Raises:
        TypeError: it is none of these, be it that it is of a subclass.
    """
    kind = type(value)
    if value is None or kind is bool or (kind is time and cast("time", value).tzinfo is None):
        return value
    if kind is datetime:
        return _moment(cast("datetime", value))
    if issubclass(kind, date) and not issubclass(kind, datetime):
        return date.fromordinal(date.toordinal(cast("date", value)))
    if kind is getattr(sys.modules.get("uuid"), "UUID", None):  # imported, if there is one
        return cast("Any", kind).__str__(value)
    raise TypeError


def _moment(value: datetime) -> datetime:
    """Returns a date and time whose zone is its offset alone, which the caller's zone is asked."""
    offset = datetime.utcoffset(value)  # checks the type and range of what the zone returns
    zone = None if offset is None else timezone(timedelta.__pos__(offset))  # of no subclass
    return datetime.combine(datetime.date(value), datetime.timetz(value), zone)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError
    return value
