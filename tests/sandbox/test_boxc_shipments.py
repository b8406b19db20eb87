"""The BoxC stand-in makes shipments: what it looks at, and what it answers."""

from typing import Any

import httpx
import pytest

from boxapis.sandbox import Sandbox

SHIPMENT: dict[str, Any] = {
    "line_items": [],
    "service": "BoxC Parcel",
    "entry_point": "SBX001",
    "consignor": {"name": "Sender"},
    "to": {"name": "Receiver"},
    "weight": 0.4,
}


async def made(boxc: httpx.AsyncClient, **fields: object) -> httpx.Response:
    """Ask for one shipment."""
    return await boxc.post("/v1/shipments", json={"shipment": SHIPMENT | fields})


async def test_shipment_is_made(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """What was sent comes back with an id and times, and is remembered; no credential is null."""
    answers = [await made(boxc, order_number=number, id=1) for number in ("A", "B")]
    assert [answer.status_code for answer in answers] == [201, 201]
    shown = [answer.json()["shipment"] for answer in answers]
    assert shown == sandbox.boxc.shipments
    assert 1 < shown[0]["id"] == shown[1]["id"] - 1
    assert {**shown[0], **SHIPMENT, "order_number": "A"} == shown[0]
    assert shown[0]["credentials_id"] is None
    assert shown[0]["created"] == shown[0]["updated"] == "2026-01-01 00:00:00"


async def test_credential_of_a_shipment(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A credential of the user's is taken; its number is all that is remembered of the request."""
    number = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"})
    answer = await made(boxc, credentials_id=number)
    assert answer.json()["shipment"]["credentials_id"] == number
    body: Any = sandbox.boxc.requests[-1].body
    assert body["shipment"]["credentials_id"] == number
    assert {body["shipment"][name] for name in ("service", "weight")} == {"[secret]"}


async def test_credentials_that_are_not_the_users(
    boxc: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Unknown, deleted and somebody else's are 1450 with HTTP 400; what is no number is 1000."""
    other = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"}, user_id=99)
    deleted = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"})
    await boxc.delete(f"/v1/credentials/{deleted}")
    answers = [await made(boxc, credentials_id=one) for one in (7, other, deleted, "7", True)]
    assert [answer.status_code for answer in answers] == [400] * 5
    assert [answer.json()["code"] for answer in answers] == [1450, 1450, 1450, 1000, 1000]
    assert sandbox.boxc.shipments == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"shipment": {"weight": 1}}, "(line_items, service, entry_point, consignor, to)"),
        ({}, "/: The required properties (shipment)"),
        ([], "malformed"),
    ],
    ids=["fields", "wrapper", "array"],
)
async def test_what_a_shipment_needs(boxc: httpx.AsyncClient, body: object, says: str) -> None:
    """Missing fields are named, with code 1000."""
    answer = await boxc.post("/v1/shipments", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 1000)
    assert says in answer.json()["message"]


async def test_label_is_not_made(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """With a label asked for the shipment is made, and says that its label was not."""
    shipment = (await made(boxc, create_label=True)).json()["shipment"]
    assert (shipment["errors"]["code"], shipment["errors"]["http_status"]) == (1203, 500)
    assert "create_label" not in shipment
    assert "errors" not in sandbox.boxc.shipments[0]


async def test_shipments_need_their_scope(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Without the scope it is 1009; and a reset forgets every shipment."""
    await made(boxc)
    token = sandbox.boxc.issue_token(["read_shipments"])
    boxc.headers["Authorization"] = f"Bearer {token}"
    assert (await made(boxc)).json()["code"] == 1009
    assert len(sandbox.boxc.shipments) == 1
    sandbox.reset()
    assert sandbox.boxc.shipments == []
