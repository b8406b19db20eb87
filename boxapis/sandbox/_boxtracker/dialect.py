"""Dialects of Box Tracker responses: the key's name, numbers or text, arrays or objects."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import orjson
from attrs import frozen

_LISTS = ("jobSiteObjList", "workOrderObjList", "transactionsObjList")
_PAGING_FIELDS = ("recordCount", "offset")
_KEY = "sessionKey"
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@frozen(kw_only=True)
class Dialect:
    """One of the forms in which the service may write the same response.

    Attributes:
        key_name: Name of the session key's field.
        numbers_as_text: Whether every number is a string, ``status`` included.
        lists: Whether the three paged lists are arrays, or objects from record ID to record.
        weekdays: Whether ``daysOfTheWeek`` is an array from Sunday on, or an object by the days'
            names; no source shows how the service writes the names.
        paging_fields: Whether lists have ``recordCount`` and ``offset``.
        nested_as_text: Whether arrays and objects of the top level are written as JSON text.
        success_error_string: The ``errorString`` beside status 200; None leaves the field out.
        content_type: The ``Content-Type`` header.
    """

    key_name: Literal["sessionKey", "key", "both"] = "sessionKey"
    numbers_as_text: bool = False
    lists: Literal["array", "object"] = "array"
    weekdays: Literal["array", "object"] = "array"
    paging_fields: bool = True
    nested_as_text: bool = False
    success_error_string: str | None = None
    content_type: str = "application/json"

    def encode(self, status: int, payload: Mapping[str, object], error_string: str | None) -> bytes:
        """Encode status, error text and payload as one JSON object."""
        text = self.success_error_string if error_string is None else error_string
        body: dict[str, object] = {"status": status}
        if text is not None:
            body["errorString"] = text
        body |= self._renamed_key(payload)
        return orjson.dumps({name: self._field(name, value) for name, value in body.items()})

    def _renamed_key(self, payload: Mapping[str, object]) -> dict[str, object]:
        hidden = () if self.paging_fields else _PAGING_FIELDS
        rest = {name: value for name, value in payload.items() if name not in hidden}
        key = rest.pop(_KEY, None)
        if key is None:
            return rest
        names = (_KEY, "key") if self.key_name == "both" else (self.key_name,)
        return dict.fromkeys(names, key) | rest

    def _field(self, name: str, value: object) -> object:
        if self.lists == "object" and name in _LISTS:
            value = _by_id(value)
        if self.weekdays == "object" and name == "daysOfTheWeek":
            value = _by_day(value)
        value = self._value(value)
        if self.nested_as_text and isinstance(value, dict | list):
            return orjson.dumps(value).decode()
        return value

    def _value(self, value: object) -> object:
        match value:
            case bool():
                return value
            case int() | float() if self.numbers_as_text:
                return str(value)
            case list() | tuple():
                return [self._value(item) for item in value]
            case dict():
                return {name: self._value(item) for name, item in value.items()}
            case _:
                return value


DOCUMENTED = Dialect(weekdays="object")
"""As the vendor's documentation describes it: ``sessionKey``, numbers, weekdays by name."""

BOTH = Dialect(key_name="both")
"""What documentation and clients have in common, with ``sessionKey`` and ``key``."""

OBSERVED = Dialect(
    key_name="key",
    numbers_as_text=True,
    success_error_string="",
    content_type="text/html; charset=utf-8",
)
"""As the vendor's own clients read it: ``key``, numbers as text, an HTML content type."""

DialectName = Literal["documented", "observed", "both"]
"""Names of the three dialects."""

DIALECTS: Mapping[DialectName, Dialect] = MappingProxyType(
    {"documented": DOCUMENTED, "observed": OBSERVED, "both": BOTH}
)


def dialect_of(name: str) -> Dialect:
    """The dialect with a name.

    Raises:
        ValueError: there is no such dialect.
    """
    for known, dialect in DIALECTS.items():
        if known == name:
            return dialect
    raise ValueError(f"there is no dialect {name!r}; there are: {', '.join(DIALECTS)}")


def _by_day(flags: object) -> object:
    match flags:
        case list() | tuple():
            return dict(zip(_WEEKDAYS, flags, strict=True))
        case _:
            return flags


def _by_id(records: object) -> object:
    match records:
        case list() | tuple():
            return {str(record["ID"]): record for record in records}
        case _:
            return records
