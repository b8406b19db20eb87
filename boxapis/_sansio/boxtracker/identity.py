"""Whether an answer of Box Tracker belongs to the call that reads it, as far as the answer says.

Promises: an answer that names another customer than the one who asked, or another record than the
one asked for, is found out; numbers and text mean the same (``"12"`` and 12), because the sources
disagree about types. What names neither passes: lists and most answers do not say whose they are,
and between their callers stands the transport alone.

Source: https://www.dumpster.software/api/ and the vendor's own clients.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import orjson

from boxapis._sansio.identity import same
from boxapis._sansio.shapes import parse_int

__all__ = ["ECHOES", "mismatched_customer", "mismatched_record"]

_CUSTOMER = "customerID"

ECHOES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cmdBoxTPortalJobsiteData": ("jobsite_id", ("jobSiteObj", "ID")),
        "cmdBoxTPortalWorkOrderData": ("jobsite_id", ("workOrderObj", "jobSiteObj", "ID")),
        "cmdBoxTPortalReportParams": ("report_id", ("reportParamsObj", "ID")),
    }
)
"""Commands of Box Tracker whose answer repeats an argument: its name, and where it is repeated."""

_OF_AN_ORDER = "workorder_id"


def mismatched_customer(
    body: Mapping[str, Any], customer_id: int | None, encoded: str
) -> str | None:
    """Where an answer of Box Tracker names another customer than the session's.

    Args:
        body: The answer.
        customer_id: Of the session, where one is known.
        encoded: The arguments as they were sent; a ``customer_id`` among them is meant, too.
    """
    named = parse_int(body.get(_CUSTOMER))
    if None in (named, customer_id) or named == customer_id:
        return None
    return None if same(named, _argument(encoded, "customer_id")) else f"$.{_CUSTOMER}"


def mismatched_record(body: Mapping[str, Any], command: str, encoded: str) -> str | None:
    """Where an answer of Box Tracker names another thing than the arguments, as they were sent."""
    name, path = ECHOES[command]
    asked, named = _argument(encoded, name), _at(body, path)
    # 0 asks for a blank, and is answered with 0 or nothing; an order has a site of its own.
    if not parse_int(asked) or not parse_int(named) or parse_int(_argument(encoded, _OF_AN_ORDER)):
        return None
    return None if same(asked, named) else ".".join(("$", *path))


def _argument(encoded: str, name: str) -> str:
    """One argument by itself: what stands beside it may be secret."""
    return unquote(encoded.partition(f"&{name}=")[2].partition("&")[0]).strip()


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
