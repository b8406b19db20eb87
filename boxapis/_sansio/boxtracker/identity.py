"""Detects responses of Box Tracker that belong to another request, by the ids that they repeat.

A response with another customer's id than the session's, or with another record than the requested
one, is detected. ``"12"`` equals 12, because the sources disagree about types. A response without
an id passes: lists and most others have none, and only the transport keeps those apart.

Source: https://www.dumpster.software/api/ and the vendor's own clients.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import orjson

from boxapis._sansio.identity import same_id
from boxapis._sansio.kinds import parse_int

__all__ = ["ECHOES", "mismatched_customer", "mismatched_record"]

_CUSTOMER_ID = "customerID"

ECHOES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cmdBoxTPortalJobsiteData": ("jobsite_id", ("jobSiteObj", "ID")),
        "cmdBoxTPortalWorkOrderData": ("jobsite_id", ("workOrderObj", "jobSiteObj", "ID")),
        "cmdBoxTPortalReportParams": ("report_id", ("reportParamsObj", "ID")),
    }
)
"""Commands whose response repeats an argument: the argument's name, and the path of the copy."""

_WORK_ORDER_ID = "workorder_id"


def mismatched_customer(
    body: Mapping[str, Any], customer_id: int | None, encoded: str
) -> str | None:
    """Returns the JSON path of another customer's id than the session's; None when they agree.

    Args:
        body: The body of the response.
        customer_id: The customer's id in the session; None if unknown.
        encoded: The arguments as they were sent; a ``customer_id`` among them is accepted, too.
    """
    named = parse_int(body.get(_CUSTOMER_ID))
    if None in (named, customer_id) or named == customer_id:
        return None
    return None if same_id(named, _argument(encoded, "customer_id")) else f"$.{_CUSTOMER_ID}"


def mismatched_record(body: Mapping[str, Any], command: str, encoded: str) -> str | None:
    """Returns the JSON path of another record's id than the requested one; None when they agree.

    Args:
        body: The body of the response.
        command: The command, one of `ECHOES`.
        encoded: The arguments as they were sent.
    """
    name, path = ECHOES[command]
    requested, named = _argument(encoded, name), _value_at(body, path)
    # 0 requests a blank record, answered with 0 or no id; a work order determines its own site.
    if (
        not parse_int(requested)
        or not parse_int(named)
        or parse_int(_argument(encoded, _WORK_ORDER_ID))
    ):
        return None
    return None if same_id(requested, named) else ".".join(("$", *path))


def _argument(encoded: str, name: str) -> str:
    """Returns one argument; no others are decoded, because they may be secret."""
    return unquote(encoded.partition(f"&{name}=")[2].partition("&")[0]).strip()


def _value_at(body: Any, path: tuple[str, ...]) -> object:
    for name in path:
        if isinstance(body, str):  # JSON inside of text, as the vendor's own client accepts
            body = _parse_json(body)
        if not isinstance(body, dict):
            return None
        body = body.get(name)
    return body


def _parse_json(text: str) -> object:
    try:
        return orjson.loads(text)
    except ValueError:
        return None
