"""Whether an answer of BoxC belongs to the call that reads it, as far as the answer says.

Promises: an answer that names another record than the one asked for, or another carrier than the
one sent, is found out; numbers and text mean the same (``"12"`` and 12). What names neither passes.

Source: the published description 1.123 of https://docs.boxc.com/.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from boxapis._sansio.identity import same

__all__ = ["mismatched_carrier", "mismatched_record"]

_RECORDS: Mapping[str, str] = MappingProxyType(
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
"""Resources of BoxC with one record for each id, and under which key an answer has it."""

_NAMES_OF_A_RECORD = ("id", "tracking_number")  # a label may be asked for by either


def mismatched_record(body: Mapping[str, Any], target: str) -> str | None:
    """Where an answer of BoxC names another record than the path it answers."""
    resource, asked = _record_of(target)
    key = _RECORDS.get(resource)
    record = body.get(key) if key is not None else None
    if not isinstance(record, dict) or not asked or record.get("id") is None:
        return None
    names = [record.get(name) for name in _NAMES_OF_A_RECORD]
    return None if any(same(asked, name) for name in names) else f"$.{key}.id"


def mismatched_carrier(body: Mapping[str, Any], carrier: str) -> str | None:
    """Where the answer to a written credential names another carrier than the one sent."""
    record = body.get("credential")
    named = record.get("carrier") if isinstance(record, dict) else None
    if not isinstance(named, str) or _letters(named) == _letters(carrier):
        return None
    return "$.credential.carrier"


def _letters(code: str) -> str:
    """A code by what no way of writing it changes."""
    return "".join(character for character in code.casefold() if character.isalnum())


def _record_of(target: str) -> tuple[str, str]:
    """Resource and id of a target; both empty for one that names no record."""
    parts = target.partition("?")[0].strip("/").split("/")
    length = 2 if parts[0] == "customs" else 1
    if len(parts) <= length:
        return "", ""
    return "/".join(parts[:length]), unquote(parts[length])
