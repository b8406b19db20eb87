"""Webhooks: the request of each method, sealed keys, and signatures of deliveries."""

import base64
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from boxapis import (
    AuthenticationError,
    BoxC,
    ConfigurationError,
    ConflictError,
    InvalidResponseError,
    PermissionDeniedError,
    Retries,
    Secret,
)
from boxapis._sansio.boxc.signatures import sign
from boxapis.boxc.webhooks import Webhook, verify
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later

pytestmark = pytest.mark.usefixtures("closing")

KEY = "Zq9X-Zq9X-Zq9X-Zq9X"
ONE = {
    "id": 201921,
    "address": "https://www.example.com/path",
    "topic": "shipments_status",
    "active": True,
    "created": "2024-07-18 14:10:01",
    "updated": "2024-07-19 12:16:41",
}


def client(*answers: Any) -> tuple[BoxC, ScriptedTransport]:
    """A client and its script."""
    transport = ScriptedTransport(answers)
    return closed_later(BoxC("token", retries=Retries.none(), transport=transport)), transport


async def test_value() -> None:
    """Times are in UTC, unknown fields are kept, a new topic passes."""
    boxc, _ = client({"webhook": {**ONE, "topic": "returns_new", "note": 1}})
    webhook = await boxc.webhooks.get(201921)
    assert webhook == Webhook(
        id=201921,
        address="https://www.example.com/path",
        topic="returns_new",
        active=True,
        created=datetime(2024, 7, 18, 14, 10, 1, tzinfo=UTC),
        updated=datetime(2024, 7, 19, 12, 16, 41, tzinfo=UTC),
        extra={"note": 1},
    )


async def test_wire_of_each_method() -> None:
    """Verb, path and body of all six operations."""
    one = {"webhook": ONE}
    boxc, transport = client({"webhooks": [ONE]}, one, one, one, one, Response(200), Response(201))
    webhooks = boxc.webhooks
    assert len([webhook async for webhook in webhooks.list(limit=50, order="asc")]) == 1
    await webhooks.get(201921)
    await webhooks.create("https://a.example/b", "shipments_status", KEY)
    await webhooks.update(201921, address="https://a.example/c")
    await webhooks.update(201921, key=Secret(KEY))
    await webhooks.delete(201921)
    await webhooks.queue(201921, {"shipment": {"id": 1}})
    assert [(request.method, request.target) for request in transport.requests] == [
        ("GET", "/v1/webhooks?limit=50&order=asc"),
        ("GET", "/v1/webhooks/201921"),
        ("POST", "/v1/webhooks"),
        ("PUT", "/v1/webhooks/201921"),
        ("PUT", "/v1/webhooks/201921"),
        ("DELETE", "/v1/webhooks/201921"),
        ("POST", "/v1/webhooks/201921/queue"),
    ]
    bodies = [orjson.loads(request.body or b"null") for request in transport.requests]
    new = {"address": "https://a.example/b", "topic": "shipments_status", "key": KEY}
    assert bodies[2:5] == [
        {"webhook": new},
        {"webhook": {"address": "https://a.example/c"}},
        {"webhook": {"key": KEY}},
    ]
    assert bodies[6] == {"shipment": {"id": 1}}


@pytest.mark.parametrize("key", ["", 5, b"k" * 16, "\ud800"], ids=repr)
async def test_bad_keys(key: Any) -> None:
    """A key that cannot be sent is refused before anything is, and is not shown."""
    boxc, transport = client()
    with pytest.raises(ConfigurationError, match="key"):
        await boxc.webhooks.create("https://a.example/b", "shipments_status", key)
    with pytest.raises(ConfigurationError, match="key"):
        await boxc.webhooks.update(1, key=key)
    assert transport.requests == []


async def test_a_key_is_not_repeated_by_an_error() -> None:
    """A refusal that quotes the key is shown without it."""
    body = {"code": 1401, "message": f"{KEY} exists", "errors": [KEY]}
    boxc, _ = client(Response(400, (), orjson.dumps(body)))
    with pytest.raises(ConflictError) as caught:
        await boxc.webhooks.create("https://a.example/b", "shipments_status", KEY)
    assert KEY not in str(caught.value) + str(caught.value.errors)


async def test_a_missing_scope_is_named() -> None:
    """The scope comes from the table where the service does not name it."""
    body = {"code": 1009, "message": "Forbidden: Missing required scope", "errors": []}
    boxc, _ = client(Response(403, (), orjson.dumps(body)))
    with pytest.raises(PermissionDeniedError, match="add the scope write_webhooks to the client"):
        await boxc.webhooks.delete(1)


async def test_a_response_of_another_webhook() -> None:
    """A response with another id reaches no caller."""
    boxc, _ = client({"webhook": ONE})
    with pytest.raises(InvalidResponseError):
        await boxc.webhooks.get(1)


BODY = b'{"shipment":{"id":1,"url":"https:\\/\\/a.example"}}'


def signed(body: bytes = BODY, key: str = KEY) -> dict[str, str]:
    """The headers of a delivery, in the names of an ASGI server."""
    digest = base64.b64encode(hmac.digest(key.encode(), body, "sha256")).decode()
    headers = {"x-boxc-topic": "shipments_status", "x-boxc-account": "9512"}
    return {**headers, "x-boxc-hmac-sha256": digest}


@pytest.mark.parametrize("key", [KEY, Secret(KEY)], ids=["text", "secret"])
@pytest.mark.parametrize("name", [str.lower, str.upper, str.title], ids=lambda f: f.__name__)
def test_signed(key: Any, name: Any) -> None:
    """A delivery is read where its signature fits, in any case of the header names."""
    delivery = verify(BODY, {name(header): value for header, value in signed().items()}, key)
    assert (delivery.topic, delivery.account) == ("shipments_status", "9512")
    assert delivery.payload == {"shipment": {"id": 1, "url": "https://a.example"}}
    assert "a.example" not in repr(delivery)


UNSIGNED: dict[str, tuple[bytes, dict[str, str], str]] = {
    "another key": (BODY, signed(), "another-key-another"),
    "another body": (BODY.replace(b"1", b"2"), signed(), KEY),
    "the same JSON": (orjson.dumps(orjson.loads(BODY)), signed(), KEY),
    "no header": (BODY, {}, KEY),
    "empty header": (BODY, {"X-BoxC-Hmac-SHA256": ""}, KEY),
    "no ASCII": (BODY, {"X-BoxC-Hmac-SHA256": "é\ud800"}, KEY),
    "unpadded": (BODY, {"X-BoxC-Hmac-SHA256": signed()["x-boxc-hmac-sha256"][:-1]}, KEY),
}


@pytest.mark.parametrize(("body", "headers", "key"), UNSIGNED.values(), ids=UNSIGNED)
def test_unsigned(body: bytes, headers: dict[str, str], key: str) -> None:
    """A delivery without the signature of its bytes is refused, and the key is not shown."""
    with pytest.raises(AuthenticationError, match="not signed with this key") as caught:
        verify(body, headers, key)
    assert key not in str(caught.value)


def test_headers_without_a_value() -> None:
    """A header whose value is no text counts as absent, the signature as well."""
    headers: dict[str, Any] = {"X-BoxC-Topic": None, "X-BoxC-Account": b"1"}
    headers["X-BoxC-Hmac-SHA256"] = sign(b"{}", Secret(KEY))
    delivery = verify(b"{}", headers, KEY)
    assert (delivery.topic, delivery.account) == ("", "")
    headers["X-BoxC-Hmac-SHA256"] = None
    with pytest.raises(AuthenticationError):
        verify(b"{}", headers, KEY)


@pytest.mark.parametrize("body", [b"[1]", b"null", b"{", b"<html>"], ids=repr)
def test_signed_but_no_object(body: bytes) -> None:
    """A delivery must be a JSON object."""
    with pytest.raises(InvalidResponseError) as caught:
        verify(body, signed(body), KEY)
    assert (caught.value.operation, caught.value.path) == ("webhook", "$")


@pytest.mark.parametrize(
    ("body", "key"), [("{}", KEY), (BODY, ""), (BODY, None)], ids=["text", "empty", "none"]
)
def test_bad_arguments(body: Any, key: Any) -> None:
    """The body must be bytes, and the key text that is not empty."""
    with pytest.raises(ConfigurationError):
        verify(body, signed(), key)


def test_signature_of_the_manual() -> None:
    """A signature has 44 characters, as in the manual."""
    assert len(sign(BODY, Secret(KEY))) == 44
