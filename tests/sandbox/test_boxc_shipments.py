"""BoxC shipments: what is checked, stored and returned, with labels or without."""

from typing import Any

import httpx
import pytest

from boxapis.sandbox import BoxCRules, Sandbox
from tests.support.boxc_records import SHIPMENT, code


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
    """Where labels fail, a shipment is created with the error; a label alone is refused."""
    sandbox.boxc.rules = BoxCRules(labels_fail=True)
    shipment = (await create(boxc, create_label=True)).json()["shipment"]
    assert (shipment["errors"]["code"], shipment["errors"]["http_status"]) == (1203, 500)
    assert "create_label" not in shipment
    assert "errors" not in sandbox.boxc.shipments[0]
    label = await boxc.post("/v1/labels", json={"label": {"shipment_id": shipment["id"]}})
    assert (label.status_code, label.json()["code"]) == (500, 1203)


async def test_shipments_need_their_scope(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Creating a shipment without the scope gets 1009; a reset deletes every shipment."""
    await create(boxc)
    token = sandbox.boxc.issue_token(["read_shipments"])
    boxc.headers["Authorization"] = f"Bearer {token}"
    assert (await create(boxc)).json()["code"] == 1009
    assert len(sandbox.boxc.shipments) == 1
    sandbox.reset()
    assert sandbox.boxc.shipments == []


async def test_labelled_shipment(boxc: httpx.AsyncClient) -> None:
    """A shipment with a label can neither change nor go until the label is cancelled."""
    shipment = (await create(boxc, create_label=True)).json()["shipment"]
    path, label = f"/v1/shipments/{shipment['id']}", f"/v1/labels/{shipment['labels'][0]['id']}"
    again = {"label": {"shipment_id": shipment["id"]}}
    assert "label" not in shipment
    assert code(await boxc.put(path, json={"shipment": SHIPMENT})) == (400, 1201)
    assert code(await boxc.post("/v1/labels", json=again)) == (400, 1201)
    assert code(await boxc.delete(path)) == (400, 1212)
    cancelled = (await boxc.patch(label, json={"label": {"cancelled": True}})).json()["label"]
    assert (cancelled["cancelled"], cancelled["status"]) == (True, "Cancelled")
    assert code(await boxc.put(f"{label}/cancel")) == (400, 1204)
    changed = await boxc.put(path, json={"shipment": SHIPMENT | {"service": "BoxC Plus"}})
    assert changed.json()["shipment"]["service"] == "BoxC Plus"
    assert (await boxc.delete(path)).content == b""
    assert code(await boxc.get(path)) == (404, 1210)


async def test_label_needs_the_credential(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A label is refused with 1450 when the shipment's credential was deleted meanwhile."""
    number = sandbox.boxc.add_credential("DHLeC", {"client_id": "a"})
    shipment = (await create(boxc, credentials_id=number)).json()["shipment"]
    await boxc.delete(f"/v1/credentials/{number}")
    body = {"label": {"shipment_id": shipment["id"]}}
    assert code(await boxc.post("/v1/labels", json=body)) == (400, 1450)


async def test_processed_label(boxc: httpx.AsyncClient) -> None:
    """Only a shipment with one label can be processed; the label cannot be cancelled after it."""
    final = {"shipment": {"weight": 0.5}}
    bare = (await create(boxc)).json()["shipment"]
    package = {"height": 1, "length": 2, "weight": 0.3, "width": 4}
    several = (await create(boxc, create_label=True, packages=[package, package])).json()
    plain = (await create(boxc, create_label=True)).json()["shipment"]
    assert [one["is_master"] for one in several["shipment"]["labels"]] == [True, False]
    paths = [f"/v1/shipments/{one['id']}/process" for one in (bare, several["shipment"], plain)]
    responses = [await boxc.put(path, json=final) for path in paths]
    assert [code(response) for response in responses] == [(400, 1202), (400, 1230), (200, None)]
    assert responses[-1].json() == {"shipment": {"status": "Processed"}}
    label = f"/v1/labels/{plain['labels'][0]['id']}"
    assert code(await boxc.put(f"{label}/cancel")) == (400, 1206)
    assert (await boxc.get(label)).json()["label"]["processed_weight"] == 0.5


async def test_bulk_labels(boxc: httpx.AsyncClient) -> None:
    """Labels are printed together by number; an unknown one gets 1205 with HTTP 400."""
    label = (await create(boxc, create_label=True)).json()["shipment"]["labels"][0]
    found = await boxc.post("/v1/labels/bulk", json={"labels": [label["tracking_number"]]})
    assert found.content.startswith(b"%PDF-")
    unknown = await boxc.post("/v1/labels/bulk", json={"labels": ["none"]})
    empty = await boxc.post("/v1/labels/bulk", json={"labels": []})
    assert (code(unknown), code(empty)) == ((400, 1205), (400, 1000))


async def test_filters_of_shipments(boxc: httpx.AsyncClient) -> None:
    """Each filter finds what it should, on every page; an unknown word gets 1031."""
    plain = (await create(boxc, order_number="A")).json()["shipment"]
    other = (await create(boxc, order_number="B", create_label=True)).json()["shipment"]

    async def ids(**query: str) -> list[int]:
        response = await boxc.get("/v1/shipments", params=query)
        return [one["id"] for one in response.json()["shipments"]]

    assert await ids() == [other["id"], plain["id"]]
    assert await ids(order="asc") == [plain["id"], other["id"]]
    assert await ids(order_number="A") == await ids(labeled="no") == [plain["id"]]
    assert await ids(labeled="yes") == [other["id"]]
    assert await ids(tracking_number=other["labels"][0]["tracking_number"]) == [other["id"]]
    assert await ids(processed="yes") == await ids(packed="yes") == []
    assert await ids(created_min="2026-01-02") == await ids(created_max="2025-12-31") == []
    first = (await boxc.get("/v1/shipments?limit=1&labeled=both")).json()
    rest = await boxc.get("/v1/shipments", params={"page_token": first["next_page"]})
    assert [one["id"] for one in rest.json()["shipments"]] == [plain["id"]]
    assert code(await boxc.get("/v1/shipments?packed=maybe")) == (400, 1031)
    assert code(await boxc.get("/v1/shipments?created_min=soon")) == (400, 1031)


async def test_types_of_fields(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A field of another type than the described one gets 1000; unknown fields are ignored."""
    response = await create(boxc, weight=[])
    assert "/shipment/weight: The data (array) must match the type: number" in response.text
    assert "brand_new" not in (await create(boxc, brand_new=1)).json()["shipment"]
    assert len(sandbox.boxc.shipments) == 1
