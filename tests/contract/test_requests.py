"""What each method sends: verb, path, query and body as they are described, and all of it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs
import jsonschema
import pytest

from boxapis.transports import Request
from tests.contract.calls import NOT_OFFERED, ROWS, Row, described_response, run
from tests.contract.description import DESCRIBED

UNDESCRIBED = frozenset({"POST /webhooks/{id}/queue"})
"""Operations whose body the description leaves open."""


def query_of(request: Request) -> Mapping[str, list[str]]:
    """Returns the parameters of a request's query; items of arrays under the array's name."""
    pairs = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
    return {name.partition("[")[0]: values for name, values in pairs.items()}


def fields_of(schema: Any) -> dict[str, Any]:
    """Returns the fields inside the wrapper of a body, or of a body without one."""
    fields: dict[str, Any] = schema["properties"]
    inner = next(iter(fields.values())) if len(fields) == 1 else {}
    return inner.get("properties", fields) if isinstance(inner, dict) else fields


def sent_fields(body: dict[str, Any], schema: Any) -> set[str]:
    """Returns the names that a body has inside its wrapper."""
    is_wrapped = fields_of(schema) is not schema["properties"]
    return set(next(iter(body.values())) if is_wrapped else body)


def check(request: Request) -> None:
    """Checks that a request is one of the operation that it names."""
    described = DESCRIBED[request.operation]
    verb, template = described.name.split()
    assert request.method == verb
    sent = urlsplit(request.target).path.removeprefix("/v1").split("/")
    fixed = [
        part if pattern.startswith("{") else pattern
        for pattern, part in zip(template.split("/"), sent, strict=True)
    ]
    assert sent == fixed
    assert described.required <= query_of(request).keys() <= described.query.keys()
    if described.body is None:
        assert request.body is None or described.name in UNDESCRIBED
    else:
        jsonschema.validate(json.loads(request.body or b"null"), described.body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.method)
async def test_request(row: Row) -> None:
    """The request of a method has verb, path, query and body of its operation."""
    _, request = await run(row.call, described_response)
    check(request)


WRONG: dict[str, dict[str, Any]] = {
    "another verb": {"method": "PATCH"},
    "another path": {"target": "/v1/webhook/1"},
    "a longer path": {"target": "/v1/webhooks/1/queue"},
    "an unknown parameter": {"target": "/v1/webhooks/1?page=2"},
    "a deprecated parameter": {"operation": "GET /labels/{id}", "target": "/v1/labels/1?type=PDF"},
    "a misspelt field": {"body": b'{"webhook": {"adress": "https://a.example/b"}}'},
    "a field that is only read": {"body": b'{"webhook": {"active": true}}'},
    "no wrapper": {"body": b'{"address": "https://a.example/b"}'},
    "a value of another type": {"body": b'{"webhook": {"address": 5}}'},
    "a body too many": {"operation": "DELETE /webhooks/{id}", "method": "DELETE"},
    "a missing body": {"body": None},
    "a missing field": {
        "operation": "POST /webhooks",
        "method": "POST",
        "target": "/v1/webhooks",
        "body": b'{"webhook": {"address": "https://a.example/b", "topic": "orders_status"}}',
    },
    "an unknown topic": {
        "operation": "POST /webhooks",
        "method": "POST",
        "target": "/v1/webhooks",
        "body": b'{"webhook": {"address": "https://a.b/c", "topic": "new", "key": "kkkkkkkkkkkk"}}',
    },
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
async def test_wrong_requests_are_found(changes: dict[str, Any]) -> None:
    """A request that is not as described does not pass the check."""
    call = next(row.call for row in ROWS if row.method == "webhooks.update")
    _, request = await run(call, described_response)
    with pytest.raises((AssertionError, ValueError, jsonschema.ValidationError)):
        check(attrs.evolve(request, **changes))


async def test_every_described_argument_is_offered() -> None:
    """The calls of an operation send every described parameter and field, but those left out."""
    missing: dict[str, set[str]] = {}
    sent: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        _, request = await run(row.call, described_response)
        described = DESCRIBED[request.operation]
        names = {f"{described.name}?{name.partition('[')[0]}" for name in described.query}
        sent[described.name] |= {f"{described.name}?{name}" for name in query_of(request)}
        if described.body is not None:
            fields = fields_of(described.body)
            names |= {f"{described.name} body.{name}" for name in fields}
            body = json.loads(request.body or b"null")
            sent[described.name] |= {
                f"{described.name} body.{name}" for name in sent_fields(body, described.body)
            }
        missing[described.name] = names
    unsent = {name for operation in missing for name in missing[operation] - sent[operation]}
    left_out = {key for key in NOT_OFFERED if "?" in key or " body." in key}
    assert unsent == left_out
