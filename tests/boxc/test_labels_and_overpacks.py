"""Labels and overpacks: requests, PDFs, exact decimals, partial success, and values."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
import pytest

from boxapis import BoxC, ConfigurationError, ConflictError, InvalidResponseError, Retries
from boxapis.boxc.labels import Contents, Label
from boxapis.boxc.overpacks import Overpack, Packed
from boxapis.boxc.parties import Event
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later

pytestmark = pytest.mark.usefixtures("closing")

PDF = Response(200, (("Content-Type", "application/pdf"),), b"%PDF-1.4")
LABEL = {"label": {"id": 7, "tracking_number": "92"}}
OVERPACK = {"overpack": {"id": 7, "shipments": [{"id": 1}, {"id": 2, "error": "Other service"}]}}


def client(*answers: Any) -> tuple[BoxC, ScriptedTransport]:
    """A client and its script."""
    transport = ScriptedTransport(answers)
    return closed_later(BoxC("token", retries=Retries.none(), transport=transport)), transport


def sent(transport: ScriptedTransport) -> Sequence[tuple[str, str, Any]]:
    """Verb, target and JSON of each request."""
    return [
        (request.method, request.target.removeprefix("/v1"), orjson.loads(request.body or b"null"))
        for request in transport.requests
    ]


@pytest.mark.parametrize("path", ["/labels/7/cancel", "/v1/labels/7/Cancel", "/labels/7/%63ancel"])
async def test_deprecated_cancel(path: str) -> None:
    """The deprecated operation is sent with a warning that points to the caller; others are not."""
    boxc, transport = client(LABEL, LABEL, LABEL)
    with pytest.warns(DeprecationWarning, match=r"call labels.cancel\(\)") as noted:
        await boxc.request("PUT", path)
    with pytest.warns(DeprecationWarning, match="deprecated"):
        await boxc.raw.request("PUT", path)
    await boxc.request("PUT", "/orders/7/cancel")
    assert noted[0].filename == __file__
    assert len(transport.requests) == 3


async def test_wire_of_labels() -> None:
    """Verb, path and body of each method; decimals are sent digit for digit."""
    boxc, transport = client(LABEL, PDF, PDF, LABEL, LABEL, LABEL)
    await boxc.labels.get("92")
    assert await boxc.labels.pdf(7) == b"%PDF-1.4"
    assert await boxc.labels.pdf_of_many([7, "92"]) == b"%PDF-1.4"
    await boxc.labels.create(5, weight=Decimal("0.2840"), height=1.5)
    await boxc.labels.cancel(7)
    await boxc.labels.take_out("92")
    assert sent(transport) == [
        ("GET", "/labels/92", None),
        ("GET", "/labels/7", None),
        ("POST", "/labels/bulk", {"labels": ["7", "92"]}),
        ("POST", "/labels", {"label": {"shipment_id": 5, "weight": 0.284, "height": 1.5}}),
        ("PATCH", "/labels/7", {"label": {"cancelled": True}}),
        ("PATCH", "/labels/92", {"label": {"overpack_id": None}}),
    ]
    assert b'"weight":0.2840' in (transport.requests[3].body or b"")
    accepted = [dict(request.headers)["Accept"] for request in transport.requests]
    assert accepted[:3] == ["application/json", "application/pdf", "application/pdf"]


async def test_values_of_a_label() -> None:
    """Money is exact, event times are local, a tracking number may come as a number."""
    event = {"code": 105, "time": "2024-05-27 19:14:55", "postal_code": 75150, "latitude": 32.7}
    contents = [{"description": "T-shirt", "value": 9.95, "quantity": 2}]
    fields = {"id": 7, "tracking_number": 92, "cost": 3.15, "events": [event], "weight": "0.4"}
    boxc, _ = client({"label": {**fields, "contents": contents, "status": "Lost"}})
    assert await boxc.labels.get(7) == Label(
        id=7,
        tracking_number="92",
        cost=Decimal("3.15"),
        weight=Decimal("0.4"),
        status="Lost",
        contents=(Contents(description="T-shirt", value=Decimal("9.95"), quantity=2),),
        events=(
            Event(
                code=105,
                time=datetime(2024, 5, 27, 19, 14, 55),  # noqa: DTZ001 - local
                postal_code="75150",
                latitude=Decimal("32.7"),
            ),
        ),
    )


async def test_a_label_that_is_not_ready() -> None:
    """Code 1207 in place of a PDF is a ConflictError."""
    body = {"code": 1207, "message": "Label isn't ready for download yet", "errors": []}
    boxc, _ = client(Response(400, (), orjson.dumps(body)))
    with pytest.raises(ConflictError) as caught:
        await boxc.labels.pdf(7)
    assert caught.value.code == 1207


async def test_data_in_place_of_a_pdf() -> None:
    """JSON in place of a PDF is an error, and no bytes."""
    boxc, _ = client(LABEL)
    with pytest.raises(InvalidResponseError, match="expected a PDF"):
        await boxc.labels.pdf(7)


@pytest.mark.parametrize(
    "labels",
    ["123", b"123", bytearray(b"1"), 7, None, [True], [None], [1.5], [b"1"], [0], [2**63], [""]],
    ids=repr,
)
async def test_many_labels_that_are_none(labels: Any) -> None:
    """One text in place of a list, and an item that is no id, are refused before sending."""
    boxc, transport = client()
    with pytest.raises(ConfigurationError, match="labels must be a list"):
        await boxc.labels.pdf_of_many(labels)
    assert transport.requests == []


@pytest.mark.parametrize("media", ["text/html", "application/pdf", "application/octet-stream"])
@pytest.mark.parametrize("body", [b"<html>", b" %PDF-1.4", b"%PD", b"x"], ids=repr)
async def test_a_page_in_place_of_a_pdf(media: str, body: bytes) -> None:
    """F106: bytes that do not begin as a PDF are an error, whatever their media type says."""
    page = Response(200, (("Content-Type", media),), body)
    boxc, _ = client(page, page)
    for pdf in (boxc.labels.pdf(7), boxc.labels.pdf_of_many([7])):
        with pytest.raises(InvalidResponseError) as caught:
            await pdf
        assert not caught.value.may_have_been_applied


@pytest.mark.parametrize("headers", [(), (("Content-Type", "application/octet-stream"),)])
async def test_a_pdf_of_another_media_type(headers: Any) -> None:
    """Bytes that begin as a PDF are one, also where the media type does not say so."""
    pdf = Response(200, headers, PDF.body)
    boxc, _ = client(pdf, pdf)
    assert await boxc.labels.pdf(7) == PDF.body
    assert await boxc.request("GET", "/labels/7", accept="Application/PDF") == PDF.body


async def test_another_label() -> None:
    """A label with neither the id nor the tracking number asked for reaches no caller."""
    boxc, _ = client(LABEL)
    with pytest.raises(InvalidResponseError):
        await boxc.labels.get(8)


@pytest.mark.parametrize("weight", [Decimal("NaN"), float("inf"), b"1"], ids=repr)
async def test_weights_that_are_none(weight: Any) -> None:
    """A weight that is no finite number is refused, and nothing is sent."""
    boxc, transport = client()
    with pytest.raises(ConfigurationError):
        await boxc.labels.create(5, weight=weight)
    assert transport.requests == []


async def test_wire_of_overpacks() -> None:
    """Verb, path and body of each method; an update has no wrapper."""
    page = {"overpacks": [{"id": 1, "total_shipments": 432}], "next_page": None}
    boxc, transport = client(page, OVERPACK, PDF, OVERPACK, OVERPACK, Response(200))
    listed = [overpack async for overpack in boxc.overpacks.list(limit=50, order="asc")]
    assert listed == [Overpack(id=1, total_shipments=432)]
    await boxc.overpacks.get(7)
    assert await boxc.overpacks.pdf(7) == b"%PDF-1.4"
    await boxc.overpacks.create([{"id": 1}], weight=Decimal("87.5"), height=50)
    await boxc.overpacks.update(7, [{"label_id": 1}, {"tracking_number": "92"}], width=1)
    await boxc.overpacks.delete(7)
    assert sent(transport) == [
        ("GET", "/overpacks?limit=50&order=asc", None),
        ("GET", "/overpacks/7", None),
        ("GET", "/overpacks/7", None),
        (
            "POST",
            "/overpacks",
            {"overpack": {"shipments": [{"id": 1}], "weight": 87.5, "height": 50}},
        ),
        (
            "PUT",
            "/overpacks/7",
            {"shipments": [{"label_id": 1}, {"tracking_number": "92"}], "width": 1},
        ),
        ("DELETE", "/overpacks/7", None),
    ]


async def test_partial_success() -> None:
    """Parcels that were not put in are seen in the value, although the service says 200."""
    boxc, _ = client(OVERPACK)
    overpack = await boxc.overpacks.update(7, [{"id": 1}, {"id": 2}])
    assert overpack.refused == (Packed(id=2, error="Other service"),)
    assert len(overpack.shipments) == 2
    assert Overpack(id=1).refused == ()
