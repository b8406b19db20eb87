"""Whose answer it is, as far as an answer says so.

Promises: an answer that names another customer than the one who asked, or another record than the
one asked for, is found out; numbers and text mean the same (``"12"`` and 12), because the sources
disagree about types. What names nobody passes. Lists and most answers of Box Tracker do not say
whose they are; between their callers stands the transport alone.

Sources: https://www.dumpster.software/api/ and the vendor's own clients for the fields of Box
Tracker, the published description 1.123 of https://docs.boxc.com/ for those of BoxC.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import orjson

from boxapis._sansio.shapes import integer
from boxapis.errors import InvalidResponseError

__all__ = [
    "ECHOES",
    "other_carrier",
    "other_customer",
    "other_record",
    "other_thing",
    "same",
    "somebody_elses",
]

_CUSTOMER = "customerID"

ECHOES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cmdBoxTPortalJobsiteData": ("jobsite_id", ("jobSiteObj", "ID")),
        "cmdBoxTPortalWorkOrderData": ("jobsite_id", ("workOrderObj", "jobSiteObj", "ID")),
        "cmdBoxTPortalReportParams": ("report_id", ("reportParamsObj", "ID")),
    }
)
"""Commands of Box Tracker whose answer repeats an argument: its name, and where it is repeated."""

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
_OF_AN_ORDER = "workorder_id"


def other_customer(body: Mapping[str, Any], customer_id: int | None, encoded: str) -> str | None:
    """Where an answer of Box Tracker names another customer than the session's.

    Args:
        body: The answer.
        customer_id: Of the session, where one is known.
        encoded: The arguments as they were sent; a ``customer_id`` among them is meant, too.
    """
    named = integer(body.get(_CUSTOMER))
    if None in (named, customer_id) or named == customer_id:
        return None
    return None if same(named, _argument(encoded, "customer_id")) else f"$.{_CUSTOMER}"


def other_thing(body: Mapping[str, Any], command: str, encoded: str) -> str | None:
    """Where an answer of Box Tracker names another thing than the arguments, as they were sent."""
    name, path = ECHOES[command]
    asked, named = _argument(encoded, name), _at(body, path)
    # 0 asks for a blank, and is answered with 0 or nothing; an order has a site of its own.
    if not integer(asked) or not integer(named) or integer(_argument(encoded, _OF_AN_ORDER)):
        return None
    return None if same(asked, named) else ".".join(("$", *path))


def _argument(encoded: str, name: str) -> str:
    """One argument by itself: what stands beside it may be secret."""
    return unquote(encoded.partition(f"&{name}=")[2].partition("&")[0]).strip()


def other_record(body: Mapping[str, Any], target: str) -> str | None:
    """Where an answer of BoxC names another record than the path it answers."""
    resource, asked = _record_of(target)
    key = _RECORDS.get(resource)
    record = body.get(key) if key is not None else None
    if not isinstance(record, dict) or not asked or record.get("id") is None:
        return None
    names = [record.get(name) for name in _NAMES_OF_A_RECORD]
    return None if any(same(asked, name) for name in names) else f"$.{key}.id"


def other_carrier(body: Mapping[str, Any], carrier: str) -> str | None:
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


def _at(body: Any, path: tuple[str, ...]) -> object:
    for name in path:
        if isinstance(body, str):  # the vendor's own client expects JSON inside of text, too
            body = _loaded(body)
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _loaded(text: str) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def same(one: object, other: object) -> bool:
    """Whether two ids are the same, whichever of them came as text."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    number = integer(one.strip() if isinstance(one, str) else one)
    return number is not None and number == integer(
        other.strip() if isinstance(other, str) else other
    )


def somebody_elses(operation: str, path: str, *, changing: bool) -> InvalidResponseError:
    """The error of an answer that is not its caller's."""
    return InvalidResponseError(
        f"{operation}: the answer is somebody else's by what it says at {path}; it was dropped,"
        " and the connections to that host with it.",
        path=path,
        operation=operation,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
        next_step="report it to the service",
    )
