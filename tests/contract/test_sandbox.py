"""The sandbox's BoxC against the description: operations, scopes, samples and responses."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import jsonschema
import pytest

from boxapis.sandbox import Sandbox, SandboxClock
from boxapis.sandbox._boxc.operations import OPERATIONS
from boxapis.transports import Request, Response
from tests.contract import samples
from tests.contract.calls import DECODED, Row, described_response, run
from tests.contract.comparison import left_over
from tests.contract.description import DESCRIBED
from tests.contract.tour import toured


@pytest.fixture(scope="module")
def responses() -> Mapping[str, httpx.Response]:
    """The response to each operation, without a socket."""
    sandbox = Sandbox(clock=SandboxClock(running=False))
    transport = httpx.ASGITransport(app=sandbox.app)
    return asyncio.run(toured(sandbox, transport, "http://127.0.0.1"))


def test_operations() -> None:
    """The sandbox plays exactly the described operations, each with its scope."""
    played = {operation.name: operation.scope for operation in OPERATIONS}
    assert len(played) == len(OPERATIONS)
    assert played == {described.name: described.scope for described in DESCRIBED.values()}


def test_samples() -> None:
    """The sandbox's samples are those that the description gives."""
    assert json.loads(samples.FILE.read_text(encoding="utf-8")) == samples.samples()


def test_tour_is_complete(responses: Mapping[str, httpx.Response]) -> None:
    """Every operation is requested."""
    assert responses.keys() == DESCRIBED.keys()


@pytest.mark.parametrize("name", DESCRIBED)
def test_response_is_described(name: str, responses: Mapping[str, httpx.Response]) -> None:
    """Status, type of content and every field of a response are as described."""
    response, described = responses[name], DESCRIBED[name]
    assert response.status_code == described.status
    if described.success is None:
        expected = b"%PDF" if described.has_pdf else b""
        assert response.content[:4] == expected
        return
    errors = jsonschema.Draft202012Validator(tolerant(described.success)).iter_errors(
        response.json()
    )
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("row", DECODED, ids=lambda row: row.method)
async def test_response_as_value(row: Row, responses: Mapping[str, httpx.Response]) -> None:
    """A response of the sandbox becomes a value with nothing left over."""

    def respond(request: Request) -> Response:
        sent = responses[request.operation]
        has_json = sent.headers.get("content-type") == "application/json"
        return described_response(request, sent.json() if has_json else None)

    value, _ = await run(row.call, respond)
    assert list(left_over(value)) == []


def tolerant(schema: Any) -> Any:
    """Returns a schema without lengths and words that its own examples miss.

    The last page has no token, ``deleted`` is false before the deletion, as in the manual, and a
    barcode may be null, as in a list of products.
    """
    if not isinstance(schema, dict):
        return schema
    result = {name: tolerant(part) for name, part in schema.items() if name not in _LENGTHS}
    if schema.get("example") not in schema.get("enum", [schema.get("example")]):
        del result["enum"]
    for name, kind in _WIDER.items():
        if name in result.get("properties", {}):
            result["properties"][name]["type"] = kind
    return result


_LENGTHS = ("minLength", "maxLength")
_WIDER = {
    "next_page": ["string", "null"],
    "deleted": ["string", "boolean"],
    "barcode": ["string", "null"],
}
