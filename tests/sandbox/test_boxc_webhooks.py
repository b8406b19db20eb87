"""BoxC webhooks: addresses and keys, and signed deliveries to this machine."""

import base64
import hashlib
import hmac
from collections.abc import Iterator

import httpx
import pytest

from boxapis.sandbox import BoxCRules, Sandbox
from tests.support.boxc_records import Caller, code
from tests.support.receiver import Receiver, receiving

pytestmark = pytest.mark.servers

KEY = "k" * 20


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    with receiving() as server:
        yield server


@pytest.fixture
def caller(boxc: httpx.AsyncClient) -> Caller:
    """Requests of one user."""
    return Caller(boxc)


async def subscribe(caller: Caller, address: str, topic: str) -> int:
    """Create a webhook; returns its ID."""
    made = await caller.create("/webhooks", "webhook", address=address, key=KEY, topic=topic)
    assert "key" not in made
    assert made["active"] is True
    return int(made["id"])


async def test_queued_delivery(caller: Caller, sandbox: Sandbox, receiver: Receiver) -> None:
    r"""A queued payload is delivered unchanged, as PHP writes it, with a signature of its bytes."""
    number = await subscribe(caller, receiver.address, "orders_status")
    path = f"/v1/webhooks/{number}/queue"
    response = await caller.http.post(path, json={"order": {"url": "a/b", "name": "é"}})
    assert (response.status_code, response.content) == (201, b"")
    (delivery,) = sandbox.boxc.wait_deliveries(1)
    ((target, headers, body),) = receiver.deliveries
    assert target == "/hook?a=1"
    assert body == delivery.body == rb'{"order":{"url":"a\/b","name":"\u00e9"}}'
    digest = hmac.digest(KEY.encode(), body, hashlib.sha256)
    assert headers["X-BoxC-Hmac-SHA256"] == base64.b64encode(digest).decode()
    assert headers["X-BoxC-Topic"] == "orders_status"
    assert headers["X-BoxC-Account"] == str(sandbox.boxc.user_id)
    assert headers["User-Agent"] == "BoxC/1.0 Webhook"
    assert (delivery.succeeded, delivery.status, delivery.attempts) == (True, 200, 1)


async def test_events_are_delivered(caller: Caller, sandbox: Sandbox, receiver: Receiver) -> None:
    """New labels, tracking events and manifests are delivered to the webhooks of their topics."""
    for topic in ("shipments_label", "shipments_status", "manifests_complete"):
        await subscribe(caller, f"{receiver.address}&topic={topic}", topic)
    shipment = await caller.shipment()
    sandbox.boxc.wait_deliveries(1)
    event = {"time": "2026-01-01 10:00:00", "code": 150, "city": "Wylie", "country": "US"}
    number = shipment["labels"][0]["tracking_number"]
    await caller.refusal("POST", "/track", events=[{**event, "tracking_number": number}])
    sandbox.boxc.wait_deliveries(2)
    parcels, sizes = [{"id": shipment["id"]}], {"height": 1, "length": 2, "weight": 3, "width": 4}
    overpack = await caller.create("/overpacks", "overpack", shipments=parcels, **sizes)
    await caller.create("/manifests", "manifest", overpacks=[overpack["id"]])
    done = sandbox.boxc.wait_deliveries(3)
    assert [one.topic for one in done] == [
        "shipments_label",
        "shipments_status",
        "manifests_complete",
    ]
    assert all(one.succeeded for one in done)
    assert b'"content_type":"application\\/pdf"' in done[0].body
    assert number.encode() in done[1].body


async def test_failed_deliveries(caller: Caller, sandbox: Sandbox, receiver: Receiver) -> None:
    """Redirects and errors fail; attempts go on to the first success, as the rules allow."""
    await subscribe(caller, receiver.address, "orders_status")
    receiver.statuses[:] = [302]
    sandbox.boxc.publish("orders_status", {"order": {}})
    assert [one.status for one in sandbox.boxc.wait_deliveries(1)] == [302]
    receiver.statuses[:] = [500, 503]
    sandbox.boxc.rules = BoxCRules(webhook_attempts=4)
    sandbox.boxc.publish("orders_status", {"order": {}})
    last = sandbox.boxc.wait_deliveries(2)[-1]
    assert (last.status, last.attempts, last.succeeded) == (200, 3, True)
    assert [target for target, _, _ in receiver.deliveries] == ["/hook?a=1"] * 4


async def test_webhook_becomes_inactive(caller: Caller, sandbox: Sandbox) -> None:
    """After 1000 failures in a row nothing is delivered until the webhook is updated."""
    number = await subscribe(caller, "http://127.0.0.1:1/closed", "orders_status")
    sandbox.boxc.rules = BoxCRules(webhook_attempts=1000)
    sandbox.boxc.publish("orders_status", {"order": {}})
    (delivery,) = sandbox.boxc.wait_deliveries(1)
    assert (delivery.status, delivery.problem) == (None, "ConnectionRefusedError")
    assert (await caller.get(f"/webhooks/{number}"))["webhook"]["active"] is False
    sandbox.boxc.rules = BoxCRules()
    sandbox.boxc.publish("orders_status", {"order": {}})
    await caller.refusal("PUT", f"/webhooks/{number}", webhook={"key": "l" * 16})
    sandbox.boxc.publish("orders_status", {"order": {}})
    assert len(sandbox.boxc.wait_deliveries(2)) == 2


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1/hook", "http://shop.example/hook", "http://10.0.0.1/hook"]
)
async def test_other_addresses(caller: Caller, sandbox: Sandbox, address: str) -> None:
    """Other addresses are accepted; the sandbox says that it does not deliver to them."""
    number = await subscribe(caller, address, "orders_status")
    response = await caller.http.post(f"/v1/webhooks/{number}/queue", json={"order": {}})
    message = "The sandbox delivers webhooks over http to loopback addresses only."
    assert (response.status_code, response.json()) == (400, {"error": message})
    sandbox.boxc.publish("orders_status", {"order": {}})
    assert [one.problem for one in sandbox.boxc.wait_deliveries(1)] == [message]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]", "my.localhost.example"])
async def test_local_addresses_are_refused(caller: Caller, sandbox: Sandbox, host: str) -> None:
    """Local hosts are refused where a rule says so, as by the service."""
    sandbox.boxc.rules = BoxCRules(refuse_local_webhooks=True)
    sent = {"address": f"http://{host}/hook", "key": KEY, "topic": "orders_status"}
    assert await caller.refusal("POST", "/webhooks", webhook=sent) == (400, 1000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "ftp://a.example/b"},
        {"address": "https://a.example"},
        {"address": "https://a.example/" + "b" * 128},
        {"address": "http://[/b"},
        {"address": 1},
        {"key": "short"},
        {"key": "k" * 41},
        {"key": 1},
        {"topic": "nothing"},
    ],
)
async def test_wrong_webhooks(caller: Caller, wrong: dict[str, object]) -> None:
    """An address without a path or too long, a key of other length, and a new topic get 1000."""
    sent = {"address": "https://a.example/b", "key": KEY, "topic": "orders_status"}
    assert await caller.refusal("POST", "/webhooks", webhook={**sent, **wrong}) == (400, 1000)


async def test_address_is_unique(caller: Caller) -> None:
    """An address has one webhook, whatever the topic; a topic can have several addresses."""
    address, other = "https://a.example/b", "https://a.example/c"
    number = await subscribe(caller, address, "orders_status")
    second = await subscribe(caller, other, "orders_status")
    for topic in ("orders_status", "shipments_label"):
        sent = {"address": address, "key": KEY, "topic": topic}
        assert await caller.refusal("POST", "/webhooks", webhook=sent) == (400, 1401)
    path = f"/webhooks/{second}"
    assert await caller.refusal("PUT", path, webhook={"address": address}) == (400, 1401)
    assert await caller.refusal("PUT", path, webhook={"address": other}) == (200, None)
    assert (await caller.get(path))["webhook"]["address"] == other
    assert await caller.refusal("DELETE", f"/webhooks/{number}") == (200, None)
    assert await caller.refusal("GET", f"/webhooks/{number}") == (404, 1400)


async def test_payload_of_another_topic(caller: Caller, sandbox: Sandbox) -> None:
    """A payload without the key of the topic gets 1405, and nothing is delivered."""
    number = await subscribe(caller, "http://127.0.0.1:1/b", "orders_status")
    bodies: list[object] = [{"shipment": {}}, {"order": 1}, []]
    for body in bodies:
        response = await caller.http.post(f"/v1/webhooks/{number}/queue", json=body)
        assert code(response) == (400, 1405)
    assert sandbox.boxc.deliveries == []


def test_waiting_for_deliveries_ends(sandbox: Sandbox) -> None:
    """Waiting for a delivery that does not come is a TimeoutError."""
    with pytest.raises(TimeoutError, match="0 of 1 deliveries"):
        sandbox.boxc.wait_deliveries(1, seconds=0)
