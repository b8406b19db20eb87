"""Shipments: filters, the nested body, success without a label, refusals, and processing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from boxapis import (
    APIError,
    BoxAPIError,
    BoxC,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PaymentError,
    RawResponse,
    Retries,
    ServerError,
    ValidationError,
)
from boxapis.boxc.goods import LineItem
from boxapis.boxc.labels import Label
from boxapis.boxc.parties import Images, Party
from boxapis.boxc.shipments import Amount, GivenShipment, LabelFailure, Processed, Shipment
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later
from tests.support.scripted_boxc import PDF, refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

ONE = {"shipment": {"id": 7}}
GIVEN: GivenShipment = {
    "service": "BoxC Parcel",
    "entry_point": "TEST01",
    "consignor": {
        "name": "Sandbox Ltd",
        "phone": "555-0100",
        "street1": "1 Example Road",
        "city": "Hong Kong",
        "country": "HK",
    },
    "to": {"name": "Jo", "street1": "5 Example Avenue", "city": "Wylie", "country": "US"},
    "from": {"name": "Sandbox Ltd", "street1": "2 Example Way", "city": "Wylie", "country": "US"},
    "line_items": [
        {
            "description": "Phone case",
            "origin_description": "手机外壳",
            "coo": "CN",
            "quantity": 2,
            "value": Decimal("9.90"),
            "currency": "USD",
            "weight": 0.276,
        }
    ],
    "weight": Decimal("0.40"),
    "overpack_id": None,  # type: ignore[typeddict-unknown-key]  # deprecated, and yet sent
}


async def test_wire() -> None:
    """A shipment is sent as it was given, fields without a type included; decimals are exact."""
    boxc, transport = scripted_boxc(ONE, ONE, PDF, Response(200))
    assert await boxc.shipments.create(GIVEN) == Shipment(id=7)
    assert await boxc.shipments.update(7, GIVEN) == Shipment(id=7)
    assert await boxc.shipments.pdf(7) == b"%PDF-1.4"
    await boxc.shipments.delete(7)
    item = {**GIVEN["line_items"][0], "value": 9.9}
    body = {"shipment": {**GIVEN, "weight": 0.4, "line_items": [item]}}
    assert sent(transport) == [
        ("POST", "/shipments", body),
        ("PUT", "/shipments/7", body),
        ("GET", "/shipments/7", None),
        ("DELETE", "/shipments/7", None),
    ]
    assert b'"value":9.90' in (transport.requests[0].body or b"")
    assert b'"weight":0.40' in (transport.requests[0].body or b"")


async def test_filters() -> None:
    """Days are sent as dates; a second page needs nothing but its token."""
    page = {"shipments": [{"id": 7, "label": {"id": 1}}], "next_page": "b"}
    boxc, transport = scripted_boxc(page, {"shipments": [], "next_page": None})
    listing = boxc.shipments.list(
        created_min=date(2024, 5, 1), labeled="yes", packed="no", order_number="A 1"
    )
    assert [shipment async for shipment in listing] == [Shipment(id=7, label=Label(id=1))]
    assert [target for _, target, _ in sent(transport)] == [
        "/shipments?created_min=2024-05-01&labeled=yes&packed=no&order_number=A%201",
        "/shipments?page_token=b",
    ]


async def test_a_time_is_no_day() -> None:
    """A filter by day with a time of day would be cut off, so it is refused before sending."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError, match="created_min"):
        await boxc.shipments.list(created_min=datetime(2024, 5, 1, 12, tzinfo=UTC)).page()
    assert transport.requests == []


async def test_stored_without_its_label() -> None:
    """A label that failed is no error: the shipment is there, and says why in ``errors``."""
    errors = {"code": 1080, "http_status": 402, "message": "Insufficient funds", "status": "error"}
    boxc, _ = scripted_boxc({"shipment": {"id": 7, "labels": None, "errors": errors}})
    shipment = await boxc.shipments.create({**GIVEN, "create_label": True})
    assert shipment.labels == ()
    assert shipment.errors == LabelFailure(
        code=1080, http_status=402, message="Insufficient funds", status="error"
    )


BROKEN = [Response(502, (), b"x"), refusal(1203, 500), refusal(503, 503), refusal(1010, 500)]


@pytest.mark.parametrize("answer", BROKEN, ids=["502", "1203", "503", "1010"])
@pytest.mark.parametrize("buys", [True, False, None])
async def test_a_label_is_bought_once(answer: Response, buys: Any) -> None:
    """F126: an update that buys a label is sent once, typed or not; any other is repeated."""
    transport = ScriptedTransport(lambda _: answer)
    retries = Retries(wait_initial=0.001, wait_max=0.001, wait_min=0)
    boxc = closed_later(BoxC("token", retries=retries, transport=transport))
    given: Any = {**GIVEN, "create_label": buys}
    for call in (
        boxc.shipments.update(7, given),
        boxc.request("PUT", "/v1/shipments/7", json={"shipment": given}),
        boxc.raw.request("PUT", "/shipments/7%20", json={"shipment": given}),
    ):
        transport.requests.clear()
        with pytest.raises(BoxAPIError) as caught:
            await call
        assert caught.value.may_have_been_applied
        assert len(transport.requests) == (1 if buys else 3)


async def test_values() -> None:
    """Money is exact, ``from`` is ``from_``, texts may come as numbers, new words pass."""
    fields: dict[str, Any] = {
        "id": 7,
        "order_number": 1001,
        "service": "BoxC Moon",
        "to": {"name": "Jo", "postal_code": 75098},
        "from": {"city": "Wylie"},
        "line_items": [{"value": 9.95, "hts_code": 61091000, "compliance": {"cpsc": {}}}],
        "labels": [{"id": 1}, {"id": 2}],
        "cod": {"amount": "13.37", "currency": "AUD"},
        "images": {"pod": ["https://a.example/1"], "scans": None},
        "total_cost": 3.15,
        "created": "2024-11-17 15:43:03",
        "zone": 4,
    }
    boxc, _ = scripted_boxc({"shipment": fields})
    assert await boxc.shipments.get(7) == Shipment(
        id=7,
        order_number="1001",
        service="BoxC Moon",
        to=Party(name="Jo", postal_code="75098"),
        from_=Party(city="Wylie"),
        line_items=(LineItem(value=Decimal("9.95"), hts_code="61091000", compliance={"cpsc": {}}),),
        labels=(Label(id=1), Label(id=2)),
        cod=Amount(amount=Decimal("13.37"), currency="AUD"),
        images=Images(pod=("https://a.example/1",)),
        total_cost=Decimal("3.15"),
        created=datetime(2024, 11, 17, 15, 43, 3, tzinfo=UTC),
        extra={"zone": 4},
    )


async def test_process() -> None:
    """The time of processing is sent in UTC; the raw view has the HTTP status beside the value."""
    done = {"shipment": {"status": "Processed"}}
    boxc, transport = scripted_boxc(done, done)
    moment = datetime(2024, 6, 2, 13, 12, 13, tzinfo=timezone(timedelta(hours=2)))
    processed = await boxc.shipments.process(7, weight=Decimal("0.088"), datetime=moment)
    assert processed == Processed(status="Processed")
    raw: RawResponse = await boxc.raw.shipments.process(7, weight=1)
    assert (raw.status, raw.decoded) == (200, processed)
    body = {"shipment": {"weight": 0.088, "datetime": "2024-06-02 11:12:13"}}
    assert sent(transport)[0] == ("PUT", "/shipments/7/process", body)


async def test_process_is_sent_once() -> None:
    """A failure of the service is no reason to process twice, although the verb is PUT."""
    transport = ScriptedTransport([refusal(1001, 500)])
    boxc = closed_later(BoxC("token", retries=Retries(), transport=transport))
    with pytest.raises(ServerError) as caught:
        await boxc.shipments.process(7, weight=1)
    assert caught.value.may_have_been_applied
    assert len(transport.requests) == 1


Act = Callable[[BoxC], Awaitable[object]]


def creating(boxc: BoxC) -> Awaitable[object]:
    """Creates a shipment."""
    return boxc.shipments.create(GIVEN)


REFUSALS: list[tuple[Act, int, int, type[APIError]]] = [
    (creating, 1000, 400, ValidationError),
    (creating, 1012, 400, ValidationError),
    (creating, 1050, 400, NotFoundError),
    (creating, 1080, 402, PaymentError),
    (creating, 1203, 500, ServerError),
    (creating, 1243, 400, ServerError),
    (creating, 1450, 400, NotFoundError),
    (creating, 503, 503, ServerError),
    (lambda boxc: boxc.shipments.update(7, GIVEN), 1201, 400, ConflictError),
    (lambda boxc: boxc.shipments.delete(7), 1210, 404, NotFoundError),
    (lambda boxc: boxc.shipments.delete(7), 1212, 400, ConflictError),
    (lambda boxc: boxc.shipments.delete(7), 1218, 400, ConflictError),
    (lambda boxc: boxc.shipments.process(7, weight=1), 1082, 500, PaymentError),
    (lambda boxc: boxc.shipments.process(7, weight=1), 1202, 400, ConflictError),
]


@pytest.mark.parametrize(("act", "code", "status", "kind"), REFUSALS)
async def test_refusals(act: Act, code: int, status: int, kind: type[APIError]) -> None:
    """A documented refusal is of the class that the method's docstring names."""
    boxc, _ = scripted_boxc(refusal(code, status))
    with pytest.raises(kind) as caught:
        await act(boxc)
    assert caught.value.code == code


@pytest.mark.parametrize("wrong", [float("nan"), b"1", {1: 2}], ids=repr)
async def test_a_field_that_cannot_be_sent(wrong: Any) -> None:
    """A field that JSON cannot hold is refused before anything is sent."""
    boxc, transport = scripted_boxc()
    with pytest.raises(ConfigurationError):
        await boxc.shipments.create({**GIVEN, "weight": wrong})
    with pytest.raises(ConfigurationError):
        await boxc.shipments.process(7, weight=1, datetime=wrong)
    assert transport.requests == []
