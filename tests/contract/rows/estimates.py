"""Calls of `Estimates`."""

from decimal import Decimal

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.estimates.get(
        entry_point="LAXI01",
        country="US",
        weight=Decimal("0.345"),
        province="NY",
        postal_code="10128",
        height=10.5,
        length=25,
        width=2,
        packages=[{"height": 5, "length": 10, "width": 15, "weight": 5.5}],
        irregular=True,
        value=100,
        currency="USD",
        carrier="DHLeC",
        exit_point="JFK",
        terms="DDU",
        dg_codes=["0965", "SDEC1"],
        insurance=True,
        signature_confirmation=True,
        is_return=True,
    ),
)

GIVEN: Given = {}
NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
