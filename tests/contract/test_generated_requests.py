"""Requests that Schemathesis generates from the description, sent to the sandbox."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from boxapis.sandbox import RateLimit, Sandbox, SandboxClock
from boxapis.sandbox._boxc.operations import KINDS
from tests.contract.description import DESCRIBED, Described, document
from tests.contract.seeds import narrowed, seeded
from tests.contract.test_sandbox import tolerant

REQUESTS = 10
"""Requests generated for each operation."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
QUERY = ("type", "enum", "minimum", "maximum", "minLength", "maxLength")
ERROR = {
    "type": "object",
    "required": ["code", "message", "errors"],
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "status": {"const": "error"},
        "errors": {"type": "array", "items": {"type": "string"}},
    },
    "additionalProperties": False,
}


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox without a rate limit."""
    sandbox = Sandbox(clock=SandboxClock(running=False))
    sandbox.boxc.rate_limit = RateLimit(enabled=False)
    return sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[TestClient]:
    """A client of the sandbox without a socket."""
    headers = {"Authorization": f"Bearer {sandbox.boxc.ready_token}"}
    with TestClient(sandbox.app, "http://127.0.0.1", headers=headers) as client:
        yield client


@pytest.mark.parametrize("described", DESCRIBED.values(), ids=lambda one: one.name)
def test_generated_requests(described: Described, sandbox: Sandbox, client: TestClient) -> None:
    """Any request that fits the description gets a described response, and one at least succeeds.

    Operations that only succeed with references to records are requested with such ones as well.
    """
    kind = next((kind for kind in KINDS if described.name.split()[1].startswith(kind)), None)
    known = {} if kind is None else {"{id}": {"enum": [str(sandbox.boxc.add_record(kind, {}))]}}
    statuses = requested(described, known, client)
    schemas = seeded(sandbox).get(described.name)
    if schemas is not None:
        narrow = evolve(described, body=narrowed(described.body, schemas))
        statuses |= requested(narrow, schemas, client)
    assert described.status in statuses


def requested(described: Described, known: Mapping[str, Any], client: TestClient) -> set[int]:
    """Sends generated requests, and checks the responses; returns their statuses."""
    method, path = described.name.split()
    schema = schemathesis.openapi.from_dict(openapi(described, known))
    statuses = set()

    @settings(
        max_examples=REQUESTS,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def request(case: Any) -> None:
        has_body = isinstance(case.body, dict | list)
        response = client.request(
            case.method,
            f"/v1{case.formatted_path}",
            params=case.query,
            json=case.body if has_body else None,
        )
        case.validate_response(response, checks=CHECKS)
        statuses.add(response.status_code)

    request()
    if method == "GET" and "{" not in path:  # few generated queries of a list succeed
        statuses.add(client.get(f"/v1{path}").status_code)
    return statuses


def openapi(described: Described, known: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the description of one operation as OpenAPI, with schemas of the path's segments."""
    method, path = described.name.split()
    errors = document()["paths"][path][method.lower()]["responses"]
    responses = {str(status): _response(ERROR) for status in errors if int(status) >= 400}
    success = described.success
    found = _response(None if success is None else tolerant(success))
    if described.has_pdf:
        found["content"] = {**found.get("content", {}), "application/pdf": {}}
    responses[str(described.status)] = found
    operation: dict[str, Any] = {
        "parameters": [*_segments(path, known), *_query(described)],
        "responses": responses,
    }
    if described.body is not None:
        content = {"application/json": {"schema": described.body}}
        operation["requestBody"] = {"required": True, "content": content}
    return {
        "openapi": "3.1.0",
        "info": {"title": "BoxC", "version": "1"},
        "paths": {path: {method.lower(): operation}},
    }


def _response(schema: Any) -> dict[str, Any]:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {"description": "", **content}


def _segments(path: str, known: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        schema = known.get(f"{{{name}}}", {"type": "string", "pattern": "^[a-z]{3,9}$"})
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query(described: Described) -> Iterator[Mapping[str, Any]]:
    for name, schema in described.query.items():
        if name in ("page_token", "packages"):  # any text is no token, and brackets are no object
            continue
        kept = {word: schema[word] for word in QUERY if word in schema}
        required = name in described.required
        yield {"name": name, "in": "query", "required": required, "schema": kept}
