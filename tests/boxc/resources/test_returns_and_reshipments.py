"""Returns and reshipments: verbs of one PUT, counts in lists, fees that are accepted once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from boxapis import (
    APIError,
    BoxC,
    ConflictError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentError,
    Retries,
    ServerError,
    TransportError,
    ValidationError,
)
from boxapis.boxc.parties import Party, Warehouse
from boxapis.boxc.reshipments import GivenReshipment, ListedReshipment, Reshipment
from boxapis.boxc.returns import ListedReturn, Message, Return
from boxapis.transports import Response, ScriptedTransport
from tests.support.doubles import closed_later
from tests.support.scripted_boxc import refusal, scripted_boxc, sent

pytestmark = pytest.mark.usefixtures("closing")

RETURN = {"return": {"id": 7, "status": "Verifying"}}
RESHIPMENT = {"reshipment": {"id": 7, "returns": [12001, 12002]}}
NEW: GivenReshipment = {
    "returns": [12001, 12002],
    "to": {"name": "John", "street1": "1 Way", "city": "Wylie", "country": "US"},
    "contents": "Leggings",
    "value": Decimal("29.95"),
}


async def test_wire() -> None:
    """Verb, path and body: each verb of the two PUTs is a method of its own."""
    deleted = Response(200)
    boxc, transport = scripted_boxc(
        RETURN, RETURN, deleted, RESHIPMENT, RESHIPMENT, RESHIPMENT, deleted
    )
    assert (await boxc.returns.verify(7)).status == "Verifying"
    await boxc.returns.add_message(7, "Forward it")
    await boxc.returns.discard(7)
    await boxc.reshipments.create(NEW)
    await boxc.reshipments.approve(7)
    await boxc.reshipments.decline(7)
    await boxc.reshipments.delete(7)
    assert sent(transport) == [
        ("PUT", "/returns/7", {"return": {"status": "Verify"}}),
        ("POST", "/returns/7/messages", {"message": {"body": "Forward it"}}),
        ("DELETE", "/returns/7", None),
        ("POST", "/reshipments", {"reshipment": {**NEW, "value": 29.95}}),
        ("PUT", "/reshipments/7", {"reshipment": {"status": "Approved"}}),
        ("PUT", "/reshipments/7", {"reshipment": {"status": "Declined"}}),
        ("DELETE", "/reshipments/7", None),
    ]


async def test_one_and_listed() -> None:
    """A list has numbers where a single record has messages, or returns."""
    message = {"id": 1, "author": "operator", "body": "Torn"}
    one = {"id": 7, "messages": [message], "images": ["https://a.example/b.jpg"]}
    listed = {"id": 7, "messages": 2, "warehouse": {"id": "WH0CVG01"}, "rma_number": 102}
    boxc, transport = scripted_boxc(
        {"return": one},
        {"returns": [listed], "next_page": None},
        RESHIPMENT,
        {"reshipments": [{"id": 7, "returns": 2, "to": {"name": "John"}}], "next_page": None},
    )
    assert await boxc.returns.get(7) == Return(
        id=7,
        messages=(Message(id=1, author="operator", body="Torn"),),
        images=("https://a.example/b.jpg",),
    )
    found = [item async for item in boxc.returns.list(status="Verified", tracking_number="92")]
    expected = ListedReturn(id=7, messages=2, warehouse=Warehouse(id="WH0CVG01"), rma_number="102")
    assert found == [expected]
    assert await boxc.reshipments.get(7) == Reshipment(id=7, returns=(12001, 12002))
    reshipments = [item async for item in boxc.reshipments.list()]
    assert reshipments == [ListedReshipment(id=7, returns=2, to=Party(name="John"))]
    assert transport.requests[1].target == "/v1/returns?tracking_number=92&status=Verified"


Call = Callable[[BoxC], Any]

CHARGED: dict[str, Call] = {
    "verify": lambda boxc: boxc.returns.verify(7),
    "approve": lambda boxc: boxc.reshipments.approve(7),
}


@pytest.mark.parametrize("call", CHARGED.values(), ids=CHARGED)
async def test_fees_are_accepted_once(call: Call) -> None:
    """A PUT that costs a fee is not repeated when its response is lost, although it is a PUT."""
    lost = TransportError("lost", phase="read", sent=True)
    transport = ScriptedTransport([lost, RETURN])
    boxc = closed_later(BoxC("token", retries=Retries(), transport=transport))
    with pytest.raises(OutcomeUnknownError):
        await call(boxc)
    assert len(transport.requests) == 1


async def test_another_record() -> None:
    """A record with another id than the one asked for reaches no caller."""
    boxc, _ = scripted_boxc(RETURN, RESHIPMENT)
    with pytest.raises(InvalidResponseError):
        await boxc.returns.get(8)
    with pytest.raises(InvalidResponseError):
        await boxc.reshipments.get(8)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (1120, 404, NotFoundError),
        (1121, 400, ConflictError),
        (1122, 400, ConflictError),
        (1140, 404, NotFoundError),
        (1141, 400, ConflictError),
        (1142, 400, ConflictError),
        (1142, 500, ServerError),
        (1143, 400, ConflictError),
        (1144, 400, ConflictError),
        (1145, 400, ValidationError),
        (1080, 402, PaymentError),
        (1081, 500, PaymentError),
        (1082, 500, PaymentError),
    ],
)
async def test_refusals(code: int, status: int, kind: type[APIError]) -> None:
    """A documented refusal is of the class that the docstrings name."""
    boxc, _ = scripted_boxc(refusal(code, status))
    with pytest.raises(kind) as caught:
        await boxc.reshipments.approve(7)
    assert caught.value.code == code
