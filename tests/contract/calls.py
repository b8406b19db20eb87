"""The calls that the contract is checked with: a file in ``rows`` for each resource.

* ``CALLS``: one call or more of each method, together with every argument.
* ``GIVEN``: the TypedDict of each part of a body, by ``"POST /overpacks overpack.shipments"``.
* ``NOT_OFFERED``: operations, ``OPERATION?parameter`` and ``OPERATION body.field`` that the
  resource leaves out, with the reason.
* ``DIFFERENT``, with the reason: ``Class.field`` whose type or words differ from a schema on
  purpose, ``Class.field?`` that some schemas do not have or do not require, ``Class`` with several
  such fields.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from importlib import import_module
from typing import Any
from unittest.mock import MagicMock

from attrs import frozen

from boxapis import BoxC, Retries
from boxapis._core.clock import Clock, clocked
from boxapis._core.lazy_resource import Lazy
from boxapis.boxc._resource import Listing
from boxapis.boxc._resources import Resources
from boxapis.transports import Request, Response, ScriptedTransport
from tests.contract.description import DESCRIBED, Described, example

__all__ = [
    "DECODED",
    "DIFFERENT",
    "GIVEN",
    "NOT_OFFERED",
    "ROWS",
    "Call",
    "Calls",
    "Given",
    "Reasons",
    "Row",
    "body_of",
    "described_response",
    "run",
]

Call = Callable[[BoxC], Any]
Calls = tuple[Call, ...]
Given = Mapping[str, type[Any]]
Reasons = Mapping[str, str]


@frozen
class Row:
    """One call of a method.

    Attributes:
        method: Resource and method, for instance ``"labels.get"``.
        call: The call.
    """

    method: str
    call: Call


def body_of(operation: str) -> Any:
    """Returns a body with every field that the operation takes, made of the examples."""
    return example(DESCRIBED[operation].body)


# The description says nothing in its schemas about OAuth, which is at another host.
RESOURCES = tuple(
    name for name, value in vars(Resources).items() if isinstance(value, Lazy) and name != "oauth"
)
_MODULES = {name: import_module(f"tests.contract.rows.{name}") for name in RESOURCES}


def _rows() -> Iterator[Row]:
    for module in _MODULES.values():
        for call in module.CALLS:
            recorder = MagicMock()
            call(recorder)
            yield Row(recorder.mock_calls[0][0], call)


ROWS = tuple(_rows())
DECODED = tuple(row for row in ROWS if not row.method.endswith((".find", ".pdfs", ".wait")))
"""The rows without those that choose among records of other methods, by what is in them."""

NOT_OFFERED = {key: why for module in _MODULES.values() for key, why in module.NOT_OFFERED.items()}
GIVEN = {place: cls for module in _MODULES.values() for place, cls in module.GIVEN.items()}
DIFFERENT = {
    "Party": "one class for four schemas: recipients have a company name, senders no phone",
    **{key: why for module in _MODULES.values() for key, why in module.DIFFERENT.items()},
}


def described_response(request: Request, body: Any = None) -> Response:
    """Returns the described response to a request, every field filled, or with another body."""
    described = DESCRIBED[request.operation]
    if ("Accept", "application/pdf") in request.headers:
        assert described.has_pdf, request.operation
        return Response(described.status, (("Content-Type", "application/pdf"),), b"%PDF-1.4")
    if described.success is None:
        return Response(described.status, (), b"")
    content = example(described.success) if body is None else body
    if "next_page" in content:
        content["next_page"] = None
    _repeat_id(content, described, request.target)
    headers = (("Content-Type", "application/json"),)
    return Response(described.status, headers, json.dumps(content).encode())


def _repeat_id(content: dict[str, Any], described: Described, target: str) -> None:
    """Gives the record the id that was asked for, as the service does."""
    record = next(iter(content.values()))
    parts = zip(described.name.split("/"), target.partition("?")[0].split("/")[1:], strict=False)
    ids = [sent for part, sent in parts if part == "{id}"]
    if ids and isinstance(record, dict) and "id" in record:
        record["id"] = int(ids[0]) if ids[0].isdigit() else ids[0]


_AT_ONCE = Clock(sleep=lambda _: asyncio.sleep(0))


async def run(call: Call, respond: Callable[[Request], Response]) -> tuple[Any, Request]:
    """Runs a call; returns its value, or its first one if they are many, and the request."""
    transport = ScriptedTransport(respond)
    client = clocked(BoxC, _AT_ONCE)
    async with client("token", retries=Retries.none(), transport=transport) as boxc:
        outcome = call(boxc)
        if isinstance(outcome, Listing):
            outcome = outcome.page()
        if isinstance(outcome, AsyncGenerator):
            value, *_ = [item async for item in outcome]
        else:
            value = await outcome
    value = value.items if hasattr(value, "next_page") else value
    return value[0] if isinstance(value, tuple) else value, transport.requests[0]
