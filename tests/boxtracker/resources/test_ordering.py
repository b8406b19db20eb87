"""Requests for service and bookings: what is sent, tests, refusals, and lost responses."""

from datetime import date
from typing import Any

import pytest

from boxapis import (
    ConfigurationError,
    ConflictError,
    OutcomeUnknownError,
    PaymentError,
    ServerError,
    ValidationError,
)
from boxapis.boxtracker.ordering import GivenOrder, Order, Ordering
from boxapis.errors import ConnectionLostError
from tests.boxtracker.resources.test_cards import card
from tests.support.scripted_customer import refused, scripted_tracker, sent_by_tracker

pytestmark = pytest.mark.usefixtures("closing")

REQUEST, BOOK = "cmdBoxTWebAPIRequestService", "cmdBoxTWebAPIDirectBooking"
ORDER: GivenOrder = {
    "name": "Jane Doe",
    "billing_address1": "1 Main Street",
    "billing_city": "Manchester",
    "billing_state": "NH",
    "billing_zip": "03101",
    "billing_country": "USA",
    "billing_phone": "603-555-0100",
    "billing_email": "jane@example.com",
    "job_address": "2 Elm Street",
    "job_city": "Bedford",
    "job_state": "NH",
    "job_zip": "03110",
    "job_latitude": 42.972452,
    "job_longitude": -71.4813866,
    "distance_by_road": "9.2 mi",
    "date_requested": date(2024, 1, 8),
    "service_type": "Delivery",
    "asset_class": "20-open",
    "price_sheet_id": 9,
}
SENT = {
    "name": "Jane Doe",
    "billingAddress1": "1 Main Street",
    "billingCity": "Manchester",
    "billingStateProv": "NH",
    "billingZipPostal": "03101",
    "billingContry": "USA",
    "billingPhone": "603-555-0100",
    "billingEmail": "jane@example.com",
    "jobAddress": "2 Elm Street",
    "jobCity": "Bedford",
    "jobStateProv": "NH",
    "jobZipPostal": "03110",
    "jobLatitude": "42.972452",
    "jobLongitude": "-71.4813866",
    "distanceByRoad": "9.2 mi",
    "dateRequested": "2024-01-08",
    "serviceType": "Delivery",
    "assetClass": "20-open",
    "priceSheetID": "9",
}
CARD = {
    "ccardFName": "Jane",
    "ccardLName": "Doe",
    "ccardBillingAddress1": "1 Main Street",
    "ccardBillingAddress2": "",
    "ccardBillingCity": "Manchester",
    "ccardBillingStateProv": "NH",
    "ccardBillingZipPostal": "03101",
    "ccardNumber": "4111 1111-1111 1111",
    "ccardExp": "0331",
    "ccardCVV": "0987",
}
BOOKED = {
    "OrderID": 77,
    "OrderDate": "2024-01-08",
    "OrderAddress": "2 Elm Street",
    "OrderCity": "Bedford",
    "OrderState": "NH",
    "OrderZip": "03110",
}


async def test_booking() -> None:
    """The card is sent as the web API takes it; the result names the order."""
    tracker, transport = scripted_tracker(BOOKED)
    accepted: GivenOrder = {**ORDER, "terms_accepted": True}
    order = await tracker.ordering.book(mode="LIVE", card=card(), **accepted)
    assert order == Order(
        id="77",
        date_text="2024-01-08",
        address="2 Elm Street",
        city="Bedford",
        state="NH",
        zip="03110",
    )
    assert order.date == date(2024, 1, 8)
    terms = {"Mode": "LIVE", "customer_terms": "1"}
    assert sent_by_tracker(transport) == [(BOOK, {**SENT, **terms, **CARD})]


async def test_a_test_leaves_an_address() -> None:
    """A booking with the mode TEST returns the address at which the inputs can be checked."""
    tracker, transport = scripted_tracker({"TestURL": "https://a.example/test/7"})
    order = await tracker.ordering.book(mode="TEST", **ORDER)
    assert (order.test_url, order.id, order.date) == ("https://a.example/test/7", None, None)
    assert sent_by_tracker(transport) == [(BOOK, {**SENT, "Mode": "TEST"})]


async def test_request_for_service() -> None:
    """A request is another command with the same arguments; what is None is left out."""
    tracker, transport = scripted_tracker({"new": 1})
    noted: GivenOrder = {**ORDER, "note": "Behind the house", "hazards": None}
    order = await tracker.ordering.request_service(mode="LIVE", **noted)
    assert (order, order.extra) == (Order(extra={"new": 1}), {"new": 1})
    note = {"Mode": "LIVE", "note": "Behind the house"}
    assert sent_by_tracker(transport) == [(REQUEST, {**SENT, **note})]


async def test_raw() -> None:
    """A raw booking has the order with the response that it was read from."""
    tracker, _ = scripted_tracker(BOOKED)
    raw: Any = await tracker.raw.ordering.book(mode="LIVE", **ORDER)
    assert (raw.status, raw.decoded.id) == (200, "77")


REFUSALS: dict[int, type[Exception]] = {
    303: ValidationError,
    324: PaymentError,
    326: ValidationError,
    335: ConflictError,
    337: ValidationError,
    338: ConflictError,
    340: PaymentError,
    515: ConflictError,
    518: ConflictError,
}


@pytest.mark.parametrize(("status", "error"), REFUSALS.items())
async def test_refusals(status: int, error: type[Exception]) -> None:
    """A booking that is refused was not made; the address of a test is kept."""
    tracker, transport = scripted_tracker(refused(status, TestURL="https://a.example/test/7"))
    with pytest.raises(error) as caught:
        await tracker.ordering.book(mode="LIVE", card=card(), **ORDER)
    found: Any = caught.value
    assert (found.code, found.may_have_been_applied) == (status, False)
    assert found.details["TestURL"] == "https://a.example/test/7"
    assert len(sent_by_tracker(transport)) == 1


async def test_a_failure_of_the_service() -> None:
    """What could not be saved may have been carried out, and is not sent again."""
    tracker, transport = scripted_tracker(refused(336))
    with pytest.raises(ServerError) as caught:
        await tracker.ordering.book(mode="LIVE", card=card(), **ORDER)
    assert caught.value.may_have_been_applied
    assert len(sent_by_tracker(transport)) == 1


async def test_a_lost_response() -> None:
    """F96: a booking whose response was lost is sent once, and the docstring says where to look."""
    lost = ConnectionLostError("lost", phase="read", sent=True)
    tracker, transport = scripted_tracker(lost)
    with pytest.raises(OutcomeUnknownError):
        await tracker.ordering.book(mode="LIVE", card=card(), **ORDER)
    assert len(sent_by_tracker(transport)) == 1
    for method in (Ordering.book, Ordering.request_service):
        assert "look" in str(method.__doc__).split("Args:")[0]


WRONG: dict[str, dict[str, Any]] = {
    "no mode": {"mode": None},
    "mode in small letters": {"mode": "test"},
    "card number": {"card": "4111111111111111"},
    "card as a mapping": {"card": {"number": "4111111111111111"}},
    "number among the arguments": {"ccardNumber": "4111111111111111"},
    "the service's name": {"jobZipPostal": "03110"},
    "no expiry": {"card": card(expires_month=0)},
    "session key": {"key": "k"},
}


@pytest.mark.parametrize("method", ["book", "request_service"])
@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
async def test_wrong_arguments(method: str, changes: dict[str, Any]) -> None:
    """What is no order is refused without being shown, and nothing is sent."""
    tracker, transport = scripted_tracker()
    arguments: dict[str, Any] = {"mode": "LIVE", **ORDER, **changes}
    with pytest.raises(ConfigurationError) as caught:
        await getattr(tracker.ordering, method)(**arguments)
    assert "4111" not in str(caught.value)
    assert transport.requests == []
