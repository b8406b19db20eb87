"""BoxC shipments: what is checked, stored and returned."""

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


async def create(boxc: httpx.AsyncClient, **fields: object) -> httpx.Response:
    """Request one shipment."""
    return await boxc.post("/v1/shipments", json={"shipment": SHIPMENT | fields})


async def test_shipment_is_created(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A shipment is stored and returned with ID and times; without a credential its ID is null."""
    responses = [await create(boxc, order_number=number, id=1) for number in ("A", "B")]
    assert [response.status_code for response in responses] == [201, 201]
    shown = [response.json()["shipment"] for response in responses]
    assert shown == sandbox.boxc.shipments
    assert 1 < shown[0]["id"] == shown[1]["id"] - 1
    assert {**shown[0], **SHIPMENT, "order_number": "A"} == shown[0]
    assert shown[0]["credentials_id"] is None
    assert shown[0]["created"] == shown[0]["updated"] == "2026-01-01 00:00:00"


async def test_shipment_with_a_credential(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The user's own credential is accepted; its ID is the only value left in the record."""
    number = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"})
    response = await create(boxc, credentials_id=number)
    assert response.json()["shipment"]["credentials_id"] == number
    body: Any = sandbox.boxc.requests[-1].body
    assert body["shipment"]["credentials_id"] == number
    assert {body["shipment"][name] for name in ("service", "weight")} == {"[secret]"}


async def test_shipment_with_a_foreign_credential(
    boxc: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Unknown, deleted and others' credentials get 1450 with HTTP 400; a non-number gets 1000."""
    other = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"}, user_id=99)
    deleted = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"})
    await boxc.delete(f"/v1/credentials/{deleted}")
    responses = [await create(boxc, credentials_id=one) for one in (7, other, deleted, "7", True)]
    assert [response.status_code for response in responses] == [400] * 5
    assert [response.json()["code"] for response in responses] == [1450, 1450, 1450, 1000, 1000]
    assert sandbox.boxc.shipments == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"shipment": {"weight": 1}}, "(line_items, service, entry_point, consignor, to)"),
        ({}, "/: The required properties (shipment)"),
        ([], "malformed"),
    ],
    ids=["fields", "wrapper", "array"],
)
async def test_required_fields_of_a_shipment(
    boxc: httpx.AsyncClient, body: object, message: str
) -> None:
    """Missing fields get code 1000, and the error names them."""
    response = await boxc.post("/v1/shipments", json=body)
    assert (response.status_code, response.json()["code"]) == (400, 1000)
    assert message in response.json()["message"]


async def test_label_is_not_created(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A shipment with a requested label is created, with the error that the label was not."""
    shipment = (await create(boxc, create_label=True)).json()["shipment"]
    assert (shipment["errors"]["code"], shipment["errors"]["http_status"]) == (1203, 500)
    assert "create_label" not in shipment
    assert "errors" not in sandbox.boxc.shipments[0]


async def test_shipments_need_their_scope(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Creating a shipment without the scope gets 1009; a reset deletes every shipment."""
    await create(boxc)
    token = sandbox.boxc.issue_token(["read_shipments"])
    boxc.headers["Authorization"] = f"Bearer {token}"
    assert (await create(boxc)).json()["code"] == 1009
    assert len(sandbox.boxc.shipments) == 1
    sandbox.reset()
    assert sandbox.boxc.shipments == []
