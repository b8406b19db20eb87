"""Calls of `Duties`."""

from decimal import Decimal

from boxapis.boxc.duties import GivenCalculation
from tests.contract.calls import Calls, Given, Reasons

GOODS: GivenCalculation = {
    "currency": "USD",
    "origin": {"country": "GB"},
    "destination": {"country": "US", "city": "New York", "province": "NY", "postal_code": None},
    "products": [
        {
            "description": "Cotton T-Shirt",
            "hs_code": "6109100040",
            "coo": "GB",
            "quantity": 20,
            "value": Decimal("10.10"),
            "currency": "GBP",
        }
    ],
    "insurance": 0,
    "shipping": 5.5,
}

CALLS: Calls = (lambda boxc: boxc.duties.calculate(GOODS),)

GIVEN: Given = {"POST /calculate-duty calculate": GivenCalculation}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
