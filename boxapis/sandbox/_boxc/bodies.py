"""JSON bodies of BoxC requests: reading and checking."""

from typing import Any, Final

from boxapis.sandbox._boxc.refusals import (
    invalid,
    invalid_carrier,
    invalid_params,
    malformed,
    missing,
)
from boxapis.sandbox._response import json_or_none

_WRAPPER: Final = "credential"


def new_credential(body: bytes) -> tuple[str, dict[str, str]]:
    """Carrier and params of a credential to be created; raises Refusal with 1000."""
    credential = unwrap(body, _WRAPPER, "carrier", "params")
    return _carrier(credential["carrier"]), _params(credential["params"])


def changed_credential(body: bytes, *, with_carrier: bool) -> tuple[str | None, dict[str, str]]:
    """Carrier, if it was sent, and params of an update; raises Refusal with 1000."""
    credential = unwrap(body, _WRAPPER, *(("carrier", "params") if with_carrier else ("params",)))
    carrier = credential.get("carrier")
    return (None if carrier is None else _carrier(carrier)), _params(credential["params"])


def unwrap(body: bytes, wrapper: str, *required: str) -> dict[str, Any]:
    """The object under the key `wrapper`; raises Refusal with 1000 if a required key is missing."""
    document = json_or_none(body)
    if not isinstance(document, dict):
        raise malformed()
    content = document.get(wrapper)
    if not isinstance(content, dict):
        raise missing(wrapper, path="/")
    if absent := [name for name in required if name not in content]:
        raise missing(*absent, path=f"/{wrapper}")
    return content


def unwrap_list(body: bytes, wrapper: str, *required: str, most: int = 100) -> list[Any]:
    """The array under the key `wrapper`, of objects that have the required keys.

    Raises:
        Refusal: code 1000 for anything else, and for an array that is empty or has more than
            `most` items.
    """
    document = json_or_none(body)
    if not isinstance(document, dict):
        raise malformed()
    if wrapper not in document:
        raise missing(wrapper, path="/")
    items = document[wrapper]
    check_list(items, f"/{wrapper}", most)
    for item in items if required else ():
        if not isinstance(item, dict):
            raise malformed()
        if absent := [name for name in required if name not in item]:
            raise missing(*absent, path=f"/{wrapper}")
    return list(items)


def check_list(items: object, path: str, most: int = 100) -> None:
    """Raise Refusal with 1000 unless `items` is an array of 1 to `most` items."""
    if not isinstance(items, list):
        raise invalid(f"{path}: The data must match the type: array")
    if not items:
        raise invalid(f"{path}: Array should have at least 1 items, 0 found")
    if len(items) > most:
        raise invalid(f"{path}: Array should have at most {most} items, {len(items)} found")


def _carrier(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise invalid_carrier()
    return value


def _params(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise invalid_params()
    return value
