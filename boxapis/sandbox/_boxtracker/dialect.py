"""How Box Tracker answers are written: key name, text or numbers, arrays or objects."""

from collections.abc import Mapping
from typing import Literal

import orjson
from attrs import frozen

_LISTS = ("jobSiteObjList", "workOrderObjList", "transactionsObjList")
_PAGING = ("recordCount", "offset")
_KEY = "sessionKey"


@frozen(kw_only=True)
class Dialect:
    """One of the ways in which the service may write the same answer.

    `key_name` names the session key's field. With `numbers_as_text` every number is a string,
    `status` included. `lists` makes the three paged lists arrays, or objects from record ID to
    record. `paging_fields` tells whether lists carry ``recordCount`` and ``offset``. With
    `nested_as_text` arrays and objects of the top level arrive as JSON text.
    `success_error_string` is the ``errorString`` beside status 200; None leaves the field out.
    """

    key_name: Literal["sessionKey", "key", "both"] = "sessionKey"
    numbers_as_text: bool = False
    lists: Literal["array", "object"] = "array"
    paging_fields: bool = True
    nested_as_text: bool = False
    success_error_string: str | None = None
    content_type: str = "application/json"

    def write(self, status: int, payload: Mapping[str, object], error_string: str | None) -> bytes:
        """Put status, error text and payload side by side into one JSON object."""
        text = self.success_error_string if error_string is None else error_string
        head: dict[str, object] = {"status": status}
        if text is not None:
            head["errorString"] = text
        return orjson.dumps(self._worded(head | self._shaped(payload)))

    def _shaped(self, payload: Mapping[str, object]) -> dict[str, object]:
        shaped = dict(payload)
        if not self.paging_fields:
            shaped = {name: value for name, value in shaped.items() if name not in _PAGING}
        return self._keyed(self._listed(shaped))

    def _keyed(self, payload: dict[str, object]) -> dict[str, object]:
        key = payload.pop(_KEY, None)
        if key is None:
            return payload
        names = (_KEY, "key") if self.key_name == "both" else (self.key_name,)
        return dict.fromkeys(names, key) | payload

    def _listed(self, payload: dict[str, object]) -> dict[str, object]:
        if self.lists == "array":
            return payload
        return {name: _by_id(value) if name in _LISTS else value for name, value in payload.items()}

    def _worded(self, body: dict[str, object]) -> dict[str, object]:
        worded = {name: self._value(value) for name, value in body.items()}
        if not self.nested_as_text:
            return worded
        return {name: _flat(value) for name, value in worded.items()}

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


DOCUMENTED = Dialect()
"""As the vendor's pages describe it: ``sessionKey`` and numbers."""

OBSERVED = Dialect(
    key_name="key",
    numbers_as_text=True,
    success_error_string="",
    content_type="text/html; charset=utf-8",
)
"""As the vendor's own clients read it: ``key``, numbers as text, an HTML content type."""


def _by_id(records: object) -> object:
    match records:
        case list() | tuple():
            return {str(record["ID"]): record for record in records}
        case _:
            return records


def _flat(value: object) -> object:
    match value:
        case dict() | list():
            return orjson.dumps(value).decode()
        case _:
            return value
