"""Detects responses of BoxC that belong to another request, by the ids that they repeat.

A response with another record's id than the requested one, or with another carrier than the one
sent, is detected; ``"12"`` equals 12. A response without either passes.

Source: the published description 1.123 of https://docs.boxc.com/.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from boxapis._sansio.boxc.paths import Reading, below_version, is_plain, readings
from boxapis._sansio.identity import same_id

__all__ = ["mismatched_carrier", "mismatched_record"]

_RECORD_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "credentials": "credential",
        "customs/products": "product",
        "entry-points": "entry_point",
        "inbound": "inbound",
        "invoices": "invoice",
        "labels": "label",
        "manifests": "manifest",
        "orders": "order",
        "overpacks": "overpack",
        "products": "product",
        "reshipments": "reshipment",
        "returns": "return",
        "shipments": "shipment",
        "shops": "shop",
        "warehouses": "warehouse",
        "webhooks": "webhook",
    }
)
"""The resources with one record for each id, and the key of the record in a response."""

_ID_FIELDS = ("id", "tracking_number")  # a label may be requested for by either


def mismatched_record(body: Mapping[str, Any], target: str) -> str | None:
    """Returns the JSON path of another record's id than the target's; None when they agree."""
    path = target.partition("?")[0]
    if _is_plainly_named(body, path):  # as nearly always
        return None
    ways = readings(path)
    if not is_plain(path):  # of a plain one the only reading differs in its case, as ids may
        ways = [_exact_parts(path), *ways]
    found = list(map(below_version, ways))
    for parts in found:
        length = 2 if parts[:1] == ("customs",) else 1
        key = _RECORD_KEYS.get("/".join(parts[:length])) if len(parts) > length else None
        record = body.get(key) if key is not None else None
        if isinstance(record, dict) and not _is_named(record, found, length):
            return f"$.{key}.id"
    return None


def _is_plainly_named(body: Mapping[str, Any], path: str) -> bool:
    """Whether a path, which has one reading only, ends with the number of the record's id."""
    start, _, identifier = path.rpartition("/")
    key = _RECORD_KEYS.get(start[1:])
    if key is None or not (identifier.isalnum() and identifier.isascii()):
        return False
    record = body.get(key)
    number = record.get("id") if isinstance(record, dict) else None
    return type(number) is int and str(number) == identifier


def _is_named(record: Mapping[str, Any], found: list[Reading], position: int) -> bool:
    """Whether a record has no id, or one that stands at a position of a reading."""
    if record.get("id") is None:
        return True
    for parts in found:
        if len(parts) > position:
            for name in _ID_FIELDS:
                if same_id(parts[position], record.get(name)):
                    return True
    return False


def _exact_parts(path: str) -> tuple[str, ...]:
    """Returns the parts as they were meant: an id may have blanks, which readings leave out."""
    return tuple(unquote(part) for part in path.split("/") if part)


def mismatched_carrier(body: Mapping[str, Any], carrier: str) -> str | None:
    """Returns the JSON path of another carrier than the one sent; None when they agree."""
    record = body.get("credential")
    named = record.get("carrier") if isinstance(record, dict) else None
    if not isinstance(named, str) or _normalise_code(named) == _normalise_code(carrier):
        return None
    return "$.credential.carrier"


def _normalise_code(code: str) -> str:
    """Returns a carrier code without the differences in spelling: case, blanks and signs."""
    return "".join(character for character in code.casefold() if character.isalnum())
