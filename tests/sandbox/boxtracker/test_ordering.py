"""Box Tracker's web API: prices, requests for service and direct bookings."""

from typing import Any

import httpx
import pytest

from boxapis.sandbox import BoxTrackerRules, CardCharge, Sandbox
from tests.sandbox.boxtracker.forms import BOOKING, WEB_CARD, work_order
from tests.support.tracker_calls import Portal

BOOK, REQUEST = "cmdBoxTWebAPIDirectBooking", "cmdBoxTWebAPIRequestService"


class Web(Portal):
    """A session of the web API."""

    async def open(self) -> "Web":
        """Open the session."""
        user, password = next(iter(self.sandbox.boxtracker.users.items()))
        opened = await self.send("cmdBoxTWebAPIHandShake", username=user, password=password)
        self.session = {"username": user, "key": opened["key"]}
        return self


@pytest.fixture
async def web(sandbox: Sandbox, http: httpx.AsyncClient) -> Web:
    """An open session of the web API."""
    return await Web(sandbox, http).open()


async def prices(web: Web, **arguments: Any) -> dict[str, Any]:
    """The response to a price query."""
    return await web.ask("cmdBoxTWebAPIPricing", zipPostalCode="03431", **arguments)


async def test_booking_charges_and_takes_a_container(web: Web) -> None:
    """A LIVE booking with a card charges the sheet's total and takes a container of its day."""
    before = (await prices(web))["availabilityTable"]["rows"][0]
    booked = await web.ask(BOOK, **BOOKING, **WEB_CARD)
    after = (await prices(web))["availabilityTable"]["rows"][0]
    service = web.sandbox.boxtracker
    (order,) = service.web_orders
    assert (booked["OrderID"], booked["OrderDate"]) == (order.order_id, "2026-01-02")
    assert (booked["OrderAddress"], booked["OrderZip"]) == ("9 Birch Street", "03431")
    assert (booked["OrderCity"], booked["OrderState"]) == ("Keene", "NH")
    assert after == [before[0], before[1] - 1, before[2]]
    assert service.charges == [CardCharge(BOOK, 430.5, "", "************1111")]
    assert (order.kind, order.arguments["ccardNumber"]) == ("booking", "[secret]")


async def test_request_charges_nothing(web: Web) -> None:
    """A LIVE request for service is noted; no card is charged and no container taken."""
    before = await prices(web)
    requested = await web.ask(REQUEST, **BOOKING, **WEB_CARD)
    assert requested["OrderID"] == web.sandbox.boxtracker.web_orders[0].order_id
    assert web.sandbox.boxtracker.charges == []
    assert await prices(web) == before


@pytest.mark.parametrize("command", [BOOK, REQUEST, "cmdBoxTWebAPIrequestService"])
@pytest.mark.parametrize("name", ["mode", "Mode"])
async def test_test_leaves_an_address_alone(web: Web, command: str, name: str) -> None:
    """An order of the mode TEST, in both spellings, leaves nothing but an address to look at."""
    before = await prices(web)
    order = {key: value for key, value in BOOKING.items() if key != "mode"}
    tested = await web.ask(command, **order, **WEB_CARD, **{name: "TEST"})
    assert tested["TestURL"].startswith("https://example.com/test/")
    assert "OrderID" not in tested
    service = web.sandbox.boxtracker
    assert (service.charges, service.web_orders) == ([], [])
    assert await prices(web) == before


@pytest.mark.parametrize("command", [BOOK, REQUEST])
@pytest.mark.parametrize("mode", ["TEST", "LIVE"])
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"mode": ""}, 337),
        ({"mode": "live"}, 337),
        ({"priceSheetID": ""}, 326),
        ({"priceSheetID": "902"}, 300),
        ({"priceSheetID": "903", "distanceByRoad": "10.5 mi"}, 300),
        ({"jobLatitude": ""}, 333),
        ({"jobLongitude": "west"}, 333),
        ({"distanceByRoad": ""}, 334),
        ({"distanceByRoad": "9.2"}, 334),
        ({"distanceByRoad": "30.1 mi"}, 335),
        ({"billingCity": ""}, 303),
        ({"billingStateProv": "New Hampshire"}, 300),
        ({"billingContry": "US"}, 300),
        ({"serviceType": "Service"}, 300),
        ({"txnClass": "Nowhere"}, 300),
        ({"dateRequested": "Jan 02, 2026"}, 300),
        ({"dateRequested": "2026-02-30"}, 300),
        ({"dateRequested": "2026-01-01"}, 514),
        ({"dateRequested": "2025-12-31"}, 518),
        ({"dateRequested": "2026-01-16"}, 518),
        ({"dateRequested": "2026-01-03"}, 338),
        ({"dateRequested": "2026-01-06"}, 516),
        ({"ccardNumber": "4111111111111112", "ccardCVV": "123"}, 303),
        ({**WEB_CARD, "ccardNumber": "4111111111111112"}, 324),
        ({**WEB_CARD, "ccardExp": "731"}, 324),
        ({**WEB_CARD, "ccardExp": "1225"}, 324),
    ],
)
async def test_refusals(
    web: Web, command: str, mode: str, changes: dict[str, str], refusal: int
) -> None:
    """What is wrong with an order is told in both modes, and nothing is charged or noted."""
    answered = await web.ask(command, **{**BOOKING, "mode": mode, **changes})
    assert answered["status"] == refusal
    service = web.sandbox.boxtracker
    assert (service.charges, service.web_orders) == ([], [])


async def test_terms_must_be_accepted(web: Web) -> None:
    """Where the price query says so, an order without accepted terms is refused."""
    assert (await prices(web))["apiUseTerms"] == 0
    declined = BOOKING | {"customer_terms": "0"}
    assert (await web.ask(BOOK, **declined))["status"] == 200
    web.sandbox.boxtracker.rules = BoxTrackerRules(terms_required=True)
    assert (await prices(web))["apiUseTerms"] == 1
    assert (await web.ask(BOOK, **declined))["status"] == 303
    assert (await web.ask(BOOK, **BOOKING))["status"] == 200


async def test_documented_words_are_taken(web: Web) -> None:
    """The country and the class as the manual writes them are taken as well as the client's."""
    order = BOOKING | {"billingContry": "USA", "assetClass": "20-Open", "priceSheetID": "903"}
    assert (await web.ask(BOOK, **order))["status"] == 200
    assert web.sandbox.boxtracker.charges == []


async def test_containers_run_out(web: Web) -> None:
    """Bookings of a day end when no more than the buffer is left, in the portal as well."""
    statuses = [(await web.ask(BOOK, **BOOKING))["status"] for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 200, 516]
    portal = Portal(web.sandbox, web.http)
    await portal.log_in(web.sandbox.boxtracker.customers[0])
    refused = await portal.ask("cmdBoxTPortalSaveWorkOrder", **work_order(13913001))
    assert refused["status"] == 516


async def test_taxes_follow_the_class(web: Web) -> None:
    """The class of transactions decides on the taxes of a sheet."""
    taxes = [
        (await prices(web, txnClass=name))["priceSheets"][0]["Taxes"]
        for name in ("Example Parish", "Sample Parish")
    ]
    assert taxes == [20.5, 16.4]


async def test_declined_booking(web: Web) -> None:
    """The fault `card_declined` can strike a booking: nothing is charged or booked."""
    web.sandbox.boxtracker.fault("card_declined", operation=BOOK)
    assert (await web.ask(BOOK, **BOOKING, **WEB_CARD))["status"] == 340
    service = web.sandbox.boxtracker
    assert (service.charges, service.web_orders) == ([], [])
