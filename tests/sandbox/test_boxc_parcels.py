"""BoxC overpacks and manifests: which parcels they take, and when they are locked."""

from typing import Any

import httpx
import pytest

from tests.support.boxc_records import SHIPMENT, Caller, code

SIZES = {"height": 1, "length": 2, "weight": 0.3, "width": 4}


@pytest.fixture
def caller(boxc: httpx.AsyncClient) -> Caller:
    """Requests of one user."""
    return Caller(boxc)


async def overpack_of(caller: Caller, *shipments: Any, **fields: object) -> Any:
    """Create an overpack of shipments."""
    parcels = [{"id": one["id"]} for one in shipments]
    return await caller.create("/overpacks", "overpack", shipments=parcels, **fields)


async def test_parcels_that_fit(caller: Caller) -> None:
    """A parcel is found by shipment, label or number; its label shows the overpack."""
    shipments = [await caller.shipment() for _ in range(3)]
    labels = [one["labels"][0] for one in shipments]
    parcels = [
        {"id": shipments[0]["id"]},
        {"label_id": labels[1]["id"]},
        {"tracking_number": labels[2]["tracking_number"]},
    ]
    overpack = await caller.create("/overpacks", "overpack", shipments=parcels)
    assert [one["label_id"] for one in overpack["shipments"]] == [one["id"] for one in labels]
    assert (overpack["total_shipments"], overpack["entry_point"]) == (3, "SBX001")
    found = await caller.get(f"/labels/{labels[1]['id']}")
    assert found["label"]["overpack_id"] == overpack["id"]
    packed = await caller.get("/shipments?packed=yes")
    assert len(packed["shipments"]) == 3


async def test_parcels_that_do_not_fit(caller: Caller) -> None:
    """Parcels of another route, without a label, or unknown are shown with an error each."""
    first, plus = await caller.shipment(), await caller.shipment(terms="DDP")
    bare = await caller.create("/shipments", "shipment", **SHIPMENT)
    overpack = await overpack_of(caller, first)
    parcels = [{"id": plus["id"]}, {"id": bare["id"]}, {"id": 1}, {"id": first["id"]}]
    changed = await caller.http.put(f"/v1/overpacks/{overpack['id']}", json={"shipments": parcels})
    shown = changed.json()["overpack"]["shipments"]
    assert [one.get("error") for one in shown] == [
        None,
        "Can't mix shipments with different terms",
        "Shipment has no labels",
        "Shipment not found",
        f"Shipment is already in overpack {overpack['id']}",
    ]
    again = await caller.get(f"/overpacks/{overpack['id']}")
    assert len(again["overpack"]["shipments"]) == again["overpack"]["total_shipments"] == 1


async def test_parcel_is_taken_out(caller: Caller) -> None:
    """A label without its overpack, or a deleted overpack, leaves the shipment free to go."""
    one, other = await caller.shipment(), await caller.shipment()
    overpack = await overpack_of(caller, one, other)
    assert await caller.refusal("DELETE", f"/shipments/{one['id']}") == (400, 1218)
    label = f"/labels/{one['labels'][0]['id']}"
    assert await caller.refusal("PATCH", label, label={"overpack_id": None}) == (200, None)
    found = (await caller.get(f"/overpacks/{overpack['id']}"))["overpack"]
    assert [parcel["id"] for parcel in found["shipments"]] == [other["id"]]
    assert await caller.refusal("DELETE", f"/overpacks/{overpack['id']}") == (200, None)
    assert (await caller.get(f"/labels/{other['labels'][0]['id']}"))["label"]["overpack_id"] is None


async def test_manifest_locks_overpacks(caller: Caller) -> None:
    """An overpack on a manifest neither changes nor goes, and goes on no other manifest."""
    shipment = await caller.shipment()
    overpack = await overpack_of(caller, shipment, **SIZES)
    number = overpack["id"]
    manifest = await caller.create("/manifests", "manifest", overpacks=[number])
    assert manifest["overpacks"][0]["locked"] is True
    assert "total_overpacks" not in manifest
    listed = (await caller.get("/manifests?entry_point=SBX001"))["manifests"]
    assert [(one["id"], one["total_overpacks"]) for one in listed] == [(manifest["id"], 1)]
    parcels = [{"id": shipment["id"]}]
    change = await caller.http.put(f"/v1/overpacks/{number}", json={"shipments": parcels})
    label = f"/labels/{shipment['labels'][0]['id']}"
    refusals = [
        code(change),
        await caller.refusal("DELETE", f"/overpacks/{number}"),
        await caller.refusal("PATCH", label, label={"overpack_id": None}),
        await caller.refusal("POST", "/manifests", manifest={"overpacks": [number]}),
    ]
    assert refusals == [(400, 1251), (400, 1251), (400, 1251), (400, 1272)]


async def test_overpacks_that_cannot_be_manifested(caller: Caller) -> None:
    """Unknown and empty overpacks, ones without measures and of two entry points are refused."""
    await caller.shipment()
    bare = await overpack_of(caller, await caller.shipment())
    empty = await overpack_of(caller, {"id": 1}, **SIZES)
    one = await overpack_of(caller, await caller.shipment(), **SIZES)
    shipment = await caller.create(
        "/shipments", "shipment", **{**SHIPMENT, "entry_point": "SBX002", "create_label": True}
    )
    other = await overpack_of(caller, shipment, **SIZES)
    groups = [[1], [empty["id"]], [bare["id"]], [one["id"], other["id"]], []]
    refusals = [
        await caller.refusal("POST", "/manifests", manifest={"overpacks": group})
        for group in groups
    ]
    assert refusals == [(400, 1250), (400, 1270), (400, 1273), (400, 1271), (400, 1000)]


async def test_cancelled_parcel(caller: Caller) -> None:
    """A cancelled label leaves its overpack, and goes into no other."""
    shipment = await caller.shipment()
    overpack, label = await overpack_of(caller, shipment), shipment["labels"][0]["id"]
    assert await caller.refusal("PATCH", f"/labels/{label}", label={"cancelled": True}) == (
        200,
        None,
    )
    found = (await caller.get(f"/overpacks/{overpack['id']}"))["overpack"]
    assert (found["shipments"], found["total_shipments"]) == ([], 0)
    again = await caller.create("/overpacks", "overpack", shipments=[{"label_id": label}])
    assert [one["error"] for one in again["shipments"]] == ["Label was previously cancelled"]
    sample = await caller.create("/overpacks", "overpack", shipments=[{"label_id": 7000001}])
    assert [one["error"] for one in sample["shipments"]] == ["Shipment not found"]
