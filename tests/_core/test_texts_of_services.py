"""Texts of a service in errors: they can neither begin a line of a log nor move a terminal."""

import json

import pytest

from boxapis import BoxC, BoxTracker, ValidationError
from boxapis.errors import APIError
from boxapis.transports import Response, ScriptedTransport

FORGED = "no\r\n2026-11-27 paid\x1b[2J\u202e"
SHOWN = "no 2026-11-27 paid\ufffd[2J\ufffd"


async def test_boxtracker() -> None:
    """F275: the error for an ``errorString`` is one line."""
    script = ScriptedTransport([{"status": 301, "errorString": FORGED}])
    async with BoxTracker("api-user", "api-password", transport=script) as tracker:
        with pytest.raises(APIError) as caught:
            await tracker.handshakes.portal()
    assert caught.value.message == SHOWN
    assert str(caught.value).isprintable()


async def test_boxc() -> None:
    """F275: the error for a ``message`` with its list of ``errors`` is one line."""
    body = {"status": 422, "code": 1000, "message": FORGED, "errors": [FORGED]}
    json_type = ("Content-Type", "application/json")
    script = ScriptedTransport([Response(422, (json_type,), json.dumps(body).encode())])
    async with BoxC("a-token-of-a-user", transport=script) as boxc:
        with pytest.raises(ValidationError) as caught:
            await boxc.request("GET", "/warehouses")
    assert caught.value.message == SHOWN
    assert caught.value.errors == (SHOWN,)
    assert str(caught.value).isprintable()
