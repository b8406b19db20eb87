"""Detects responses of BoxC that belong to another request, by the ids that they repeat.

A response with another record's id than the requested one, or with another carrier than the one
sent, is detected; ``"12"`` equals 12. A response without either passes.

Source: the published description 1.123 of https://docs.boxc.com/.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

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
    resource, requested = _parse_target(target)
    key = _RECORD_KEYS.get(resource)
    record = body.get(key) if key is not None else None
    if not isinstance(record, dict) or not requested or record.get("id") is None:
        return None
    for name in _ID_FIELDS:
        if same_id(requested, record.get(name)):
            return None
    return f"$.{key}.id"


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


def _parse_target(target: str) -> tuple[str, str]:
    """Returns resource and id of a target; both are empty when it names no record."""
    parts = target.partition("?")[0].strip("/").split("/")
    length = 2 if parts[0] == "customs" else 1
    if len(parts) <= length:
        return "", ""
    return "/".join(parts[:length]), unquote(parts[length])
