"""Calls of `Warehouses`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.warehouses.list(),
    lambda boxc: boxc.warehouses.get("WH0SZ001"),
)

NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
GIVEN: Given = {}
