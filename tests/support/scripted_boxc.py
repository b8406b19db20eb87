"""A BoxC client with a script of responses, and what it sent."""

from collections.abc import Sequence
from typing import Any

import orjson

from boxapis import BoxC, Retries
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later

__all__ = ["PDF", "refusal", "scripted_boxc", "sent"]

PDF = Response(200, (("Content-Type", "application/pdf"),), b"%PDF-1.4")


def scripted_boxc(*answers: Any) -> tuple[BoxC, ScriptedTransport]:
    """A client without retries, and its script; for tests with the fixture ``closing``."""
    transport = ScriptedTransport(answers)
    return closed_later(BoxC("token", retries=Retries.none(), transport=transport)), transport


def sent(transport: ScriptedTransport) -> Sequence[tuple[str, str, Any]]:
    """Verb, target and JSON of each request."""
    return [
        (request.method, request.target.removeprefix("/v1"), orjson.loads(request.body or b"null"))
        for request in transport.requests
    ]


def refusal(code: int, status: int = 400) -> Response:
    """A refusal of the service with a code."""
    body = {"code": code, "message": "No", "errors": ["No"]}
    return Response(status, (), orjson.dumps(body))
