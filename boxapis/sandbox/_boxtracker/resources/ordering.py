"""Orders of the web API: requests for service, and direct bookings that charge a card."""

import re
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Literal

from boxapis.sandbox._boxtracker.arguments import Arguments, parse_integer, required
from boxapis.sandbox._boxtracker.availability import ASSETS, check_containers, check_day
from boxapis.sandbox._boxtracker.data import DAY_FORMAT, JsonObject
from boxapis.sandbox._boxtracker.ledger import CardCharge, WebOrder
from boxapis.sandbox._boxtracker.refusals import (
    BAD_COORDINATES,
    BAD_DISTANCE,
    CARD_NOT_VALID,
    INVALID_PAYLOAD,
    MISSING_INPUTS,
    NO_MODE,
    NO_PRICE_SHEET,
    TOO_FAR,
    Refusal,
)
from boxapis.sandbox._boxtracker.resources.cards import check_card
from boxapis.sandbox._boxtracker.resources.payments import payment_record
from boxapis.sandbox._boxtracker.resources.pricing import (
    MAX_DISTANCE,
    SERVICE_TYPES,
    price_sheets,
    use_web_session,
)
from boxapis.sandbox._boxtracker.state import BoxTrackerState
from boxapis.sandbox._records import mask_arguments

_BOOKING: Final = "cmdBoxTWebAPIDirectBooking"
_LENGTHS: Final = MappingProxyType(
    {
        "name": 150,
        "billingAddress1": 100,
        "billingCity": 100,
        "billingStateProv": 2,
        "billingZipPostal": 10,
        "billingContry": 13,  # the vendor's client sends words; the manual has varchar(5)
        "billingPhone": 50,
        "billingEmail": 255,
        "jobAddress": 100,
        "jobCity": 50,
        "jobStateProv": 2,
        "jobZipPostal": 10,
        "dateRequested": 20,
        "assetClass": 30,
        "serviceType": 30,
    }
)
_CARD: Final = (
    *("ccardFName", "ccardLName", "ccardBillingAddress1", "ccardBillingCity"),
    *("ccardBillingStateProv", "ccardBillingZipPostal", "ccardNumber", "ccardExp", "ccardCVV"),
)
_COUNTRIES: Final = ("USA", "CAN", "United States", "Canada")
_EXPIRY: Final = re.compile("[0-9]{4}", re.ASCII)
_COORDINATE: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,14})?", re.ASCII)
_DISTANCE: Final = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,9})?) ?(mi|km)", re.ASCII)
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _order(
    state: BoxTrackerState, arguments: Arguments, kind: Literal["request", "booking"]
) -> JsonObject:
    """Take an order; with the mode TEST, nothing but an address to look at it remains."""
    use_web_session(state, arguments)
    mode = arguments.get("mode", arguments.get("Mode"))
    if mode not in ("TEST", "LIVE"):
        raise Refusal(NO_MODE)
    sheet = _checked_sheet(state, arguments)
    mask = _card_mask(state, arguments)
    shown: JsonObject = {
        "OrderDate": arguments["dateRequested"],
        "OrderAddress": arguments["jobAddress"],
        "OrderCity": arguments["jobCity"],
        "OrderState": arguments["jobStateProv"],
        "OrderZip": arguments["jobZipPostal"],
    }
    if mode == "TEST":
        return shown | {"TestURL": f"https://example.com/test/{kind}/{sheet['ID']}"}
    number, customer = state.new_id(), ""
    if kind == "booking":
        paid = None if mask is None else sheet["Total"]
        customer = _book_in_portal(state, number, arguments, paid)
        if mask is not None:
            state.charges.append(CardCharge(_BOOKING, sheet["Total"], customer, mask))
    state.web_orders.append(WebOrder(number, kind, mask_arguments(arguments), customer))
    return {"OrderID": number} | shown


request_service = partial(_order, kind="request")
direct_booking = partial(_order, kind="booking")


def _book_in_portal(
    state: BoxTrackerState, number: int, arguments: Arguments, paid: float | None
) -> str:
    """Put a booking, and what was paid, into the portal of the customer with the buyer's address.

    How the real service recognizes a customer is not known; here it is the e-mail address.

    Returns:
        The customer's user name; empty if the buyer is no customer of the portal.
    """
    email = arguments["billingEmail"].casefold()
    for customer in state.customers.values():
        if str(customer.record["Email"]).casefold() == email:
            payment = () if paid is None else (payment_record(state, paid),)
            state.change(
                customer,
                work_orders=(*customer.work_orders, _work_order(state, number, arguments)),
                transactions=(*customer.transactions, *payment),
            )
            return customer.username
    return ""


def _work_order(state: BoxTrackerState, number: int, arguments: Arguments) -> JsonObject:
    asset = next(one for one in ASSETS if one.casefold() == arguments["assetClass"].casefold())
    size, _, cls = asset.partition("-")
    return {
        "ID": number,
        "OrderType": arguments["serviceType"],
        "OrderDateString": _day(arguments["dateRequested"]).strftime(DAY_FORMAT),
        "jobSiteObj": {
            "ID": state.new_id(),
            "JobName": arguments.get("jobName", ""),
            "Address": arguments["jobAddress"],
            "City": arguments["jobCity"],
            "State": arguments["jobStateProv"],
            "Zip": arguments["jobZipPostal"],
        },
        "ContQty": 1,
        "ContSize": size,
        "ContType": cls,
        "TargetCont": "",
        "Material": "",
        "Remarks": arguments.get("note", ""),
    }


def _checked_sheet(state: BoxTrackerState, arguments: Arguments) -> dict[str, Any]:
    """The price sheet of an order whose arguments are all in order; raises Refusal."""
    if "priceSheetID" not in arguments:
        raise Refusal(NO_PRICE_SHEET)
    for name in ("jobLatitude", "jobLongitude"):
        if not _COORDINATE.fullmatch(arguments.get(name, "")):
            raise Refusal(BAD_COORDINATES)
    distance = _distance(arguments)
    _check_texts(arguments)
    if state.rules.terms_required and arguments.get("customer_terms") != "1":
        raise Refusal(MISSING_INPUTS, "ERROR: Terms Not Accepted")
    asset = arguments["assetClass"].casefold()
    number = parse_integer(arguments["priceSheetID"])
    fitting = [
        one for one in price_sheets(arguments) if (one["ID"], one["AssetClass"]) == (number, asset)
    ]
    if not fitting or not _is_within(fitting[0], distance):
        raise Refusal(INVALID_PAYLOAD, "ERROR: Price Sheet Does Not Fit")
    day = _day(arguments["dateRequested"])
    check_day(state, day)
    # A class can be had while its number is greater than the buffer; nothing is taken away first.
    check_containers(state, day, asset, quantity=0)
    return fitting[0]


def _check_texts(arguments: Arguments) -> None:
    required(arguments, *_LENGTHS)
    if any(len(arguments[name]) > length for name, length in _LENGTHS.items()):
        raise Refusal(INVALID_PAYLOAD)
    if arguments["billingContry"] not in _COUNTRIES:
        raise Refusal(INVALID_PAYLOAD)
    if arguments["serviceType"] not in SERVICE_TYPES:
        raise Refusal(INVALID_PAYLOAD)


def _distance(arguments: Arguments) -> float:
    """The distance in the unit of `MAX_DISTANCE`, which no source names; raises Refusal."""
    found = _DISTANCE.fullmatch(arguments.get("distanceByRoad", ""))
    if found is None:
        raise Refusal(BAD_DISTANCE)
    if float(found[1]) > MAX_DISTANCE:
        raise Refusal(TOO_FAR)
    return float(found[1])


def _is_within(sheet: dict[str, Any], distance: float) -> bool:
    lowest, highest = sheet["Distance1"], sheet["Distance2"]
    return (lowest, highest) == (0, 0) or lowest <= distance <= highest


def _day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise Refusal(INVALID_PAYLOAD)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(INVALID_PAYLOAD) from None


def _card_mask(state: BoxTrackerState, arguments: Arguments) -> str | None:
    """The masked number of the card that was given, None without one; raises Refusal."""
    if not arguments.keys() & set(_CARD):
        return None
    required(arguments, *_CARD)
    expiry = arguments["ccardExp"]
    if not _EXPIRY.fullmatch(expiry):
        raise Refusal(CARD_NOT_VALID)
    number, cvv = arguments["ccardNumber"], arguments["ccardCVV"]
    return check_card(state, number, expiry[:2], expiry[2:], cvv)
