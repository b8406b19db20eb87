"""The response to Box Tracker's price query: one territory with two price sheets."""

from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from boxapis.sandbox._boxtracker.data import JsonObject

TXN_CLASSES: Final = ("Example Parish", "Sample Parish")

_CLASSES: Final = ("20-open", "30-open")
_PRICES: Final = MappingProxyType({"20-open": 410.0, "30-open": 520.0})
_TAX_RATE: Final = 0.05
_BOOKABLE_DAYS: Final = 5


def pricing(today: date) -> JsonObject:
    """The payload of a price query on the date `today`."""
    earliest = today + timedelta(days=1)
    return {
        "priceSheets": [
            _price_sheet(number, name) for number, name in enumerate(_CLASSES, start=1)
        ],
        "mapItCenterLat": 42.9895733,
        "mapItCenterLng": -71.4626347,
        "maxDistance": 30,
        "earliestBookingDate": earliest.isoformat(),
        "daysOfTheWeek": [0, 1, 1, 1, 1, 1, 0],
        "availabilityTable": _availability(earliest),
        "assetBuffer": 1,
        "serviceTypes": ["Delivery", "SOS", "Switch", "Out", "Move", "Live"],
        "termsUrl": "https://example.com/terms",
        "apiUseTerms": 0,
    }


def _price_sheet(number: int, asset_class: str) -> JsonObject:
    price = _PRICES[asset_class]
    return {
        "ID": 900 + number,
        "AssetClass": asset_class,
        "Assets": [{"AssetClass": asset_class}],
        "Description": f"Example sheet {number}",
        "Distance1": 0,
        "Distance2": 0,
        **_charges(price),
    }


def _charges(price: float) -> JsonObject:
    taxes = round(price * _TAX_RATE, 2)
    return {
        "Days": 14,
        "DaysPrice": 10.0,
        "EstimatedCharges": price,
        "ExcessUnits": 95.0,
        "Unit": "tons",
        "UnitsIncluded": 3.0,
        "SubTotal": price,
        "Taxes": taxes,
        "Total": price + taxes,
    }


def _availability(earliest: date) -> JsonObject:
    days = (earliest + timedelta(days=number) for number in range(_BOOKABLE_DAYS))
    return {
        "colHeaders": ["Date", *_CLASSES],
        "rows": [[day.isoformat(), 4, 2] for day in days],
    }
