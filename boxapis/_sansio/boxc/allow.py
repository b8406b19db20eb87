"""The requests to BoxC that the option ``allow`` lets through, judged by what is sent.

A request counts as an operation of the table only if its path is spelled as there and every reading
of it is that operation; all others, such as GET of an unknown path, count as real. No read of the
table is billed. Of what changes something, only new shipments have a test mode: ``test``, which
cannot be changed afterwards (https://docs.boxc.com/#tag/Shipments).
"""

import json
import re
from functools import cache

from boxapis._sansio.boxc.operations import OPERATIONS
from boxapis._sansio.boxc.paths import readings
from boxapis._sansio.boxc.rest import PreparedRequest
from boxapis._sansio.operation import not_allowed
from boxapis.errors import ConfigurationError
from boxapis.options import Allow
from boxapis.secret import skeleton

__all__ = ["permitted"]

_START = b'{"shipment":{'  # JSON as it is sent has no blanks


def permitted(prepared: PreparedRequest, allow: Allow) -> PreparedRequest | ConfigurationError:
    """Returns a request as it may be sent, or its error.

    Args:
        prepared: The request.
        allow: ``"reads"``, or ``"tests"``, which adds ``test: true`` to a new shipment without it.
    """
    if prepared.problem is not None or _reads(prepared.method, prepared.target):
        return prepared
    if allow == "tests" and (prepared.method, prepared.target) == ("POST", "/shipments"):
        return _as_test(prepared)
    return not_allowed(prepared.operation, allow)


@cache
def _known_reads() -> "re.Pattern[str]":
    names = [name for name, operation in OPERATIONS.items() if operation.kind == "read"]
    return re.compile("|".join(re.sub(r"\{\w+\}", "[^/]+", name) for name in names))


def _reads(method: str, target: str) -> bool:
    path, _, query = target.partition("?")
    ways = [path, *("/" + "/".join(parts) for parts in readings(path))]
    is_known = all(_known_reads().fullmatch(f"{method} {way}") for way in ways)
    return is_known and (method == "GET" or not query)  # which may say that it is another method


def _as_test(prepared: PreparedRequest) -> PreparedRequest | ConfigurationError:
    body = prepared.body or b""  # of our own making: valid, and without a name twice
    # As text, numbers may have any length.
    whole = json.loads(body, parse_int=str, parse_float=str) if body.startswith(_START) else {}
    if len(whole) == 1:
        fields = whole["shipment"]
        given = {name: value for name, value in fields.items() if skeleton(name).startswith("test")}
        if not given:
            added = b'"test":true' + (b"," if fields else b"")
            return prepared.with_body(_START + added + body.removeprefix(_START))
        if [*given] == ["test"] and given["test"] is True:
            return prepared
    return not_allowed(prepared.operation, "tests", 'send {"shipment": {"test": true, ...}}')
