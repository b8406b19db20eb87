"""The web API's price query: one territory with price sheets, and the days that can be booked."""

from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import Arguments, required
from boxapis.sandbox._boxtracker.availability import (
    ASSET_BUFFER,
    ASSETS,
    OPEN_WEEKDAYS,
    bookable_days,
    containers_left,
)
from boxapis.sandbox._boxtracker.data import JsonObject
from boxapis.sandbox._boxtracker.refusals import INVALID_PAYLOAD, Refusal
from boxapis.sandbox._boxtracker.state import BoxTrackerState

TXN_CLASSES: Final = ("Example Parish", "Sample Parish")
SERVICE_TYPES: Final = ("Delivery", "SOS", "Switch", "Out", "Move", "Live")
MAX_DISTANCE: Final = 30

_CLASSES: Final = tuple(asset.lower() for asset in ASSETS)
_TAX_RATES: Final = MappingProxyType({"Example Parish": 0.05, "Sample Parish": 0.04})


def web_pricing(state: BoxTrackerState, arguments: Arguments) -> JsonObject:
    """Price sheets and bookable days."""
    use_web_session(state, arguments)
    required(arguments, "zipPostalCode")
    earliest = bookable_days(state)[0]
    return {
        "priceSheets": price_sheets(arguments),
        "mapItCenterLat": 42.9895733,
        "mapItCenterLng": -71.4626347,
        "maxDistance": MAX_DISTANCE,
        "earliestBookingDate": earliest.isoformat(),
        "daysOfTheWeek": list(OPEN_WEEKDAYS),
        "availabilityTable": _availability(state),
        "assetBuffer": ASSET_BUFFER,
        "serviceTypes": list(SERVICE_TYPES),
        "termsUrl": "https://example.com/terms",
        "apiUseTerms": int(state.rules.terms_required),
    }


def use_web_session(state: BoxTrackerState, arguments: Arguments) -> None:
    """Check the session of a web API command; raises Refusal."""
    username, key = required(arguments, "username", "key")
    state.use_api_session("web", username, key)


def price_sheets(arguments: Arguments) -> list[dict[str, Any]]:
    """Every price sheet, with the taxes of ``txnClass``; raises Refusal with 300."""
    name = arguments.get("txnClass", TXN_CLASSES[0])
    if name not in _TAX_RATES:
        raise Refusal(INVALID_PAYLOAD)
    rate = _TAX_RATES[name]
    return [
        _price_sheet(901, "20-open", 410.0, rate),
        _price_sheet(902, "30-open", 520.0, rate),
        _price_sheet(903, "20-open", 380.0, rate, distance=10),
    ]


def _price_sheet(
    number: int, asset: str, price: float, rate: float, distance: int = 0
) -> dict[str, Any]:
    taxes = round(price * rate, 2)
    return {
        "ID": number,
        "AssetClass": asset,
        "Assets": [{"AssetClass": asset}],
        "Description": f"Example sheet {number}",
        "Distance1": 0,
        "Distance2": distance,
        "Days": 14,
        "DaysPrice": 10.0,
        "EstimatedCharges": price,
        "ExcessUnits": 95.0,
        "Unit": "tons",
        "UnitsIncluded": 3.0,
        "SubTotal": price,
        "Taxes": taxes,
        "Total": round(price + taxes, 2),
    }


def _availability(state: BoxTrackerState) -> JsonObject:
    rows = [
        [day.isoformat(), *(containers_left(state, day, name) for name in _CLASSES)]
        for day in bookable_days(state)
    ]
    return {"colHeaders": ["Date", *_CLASSES], "rows": rows}
