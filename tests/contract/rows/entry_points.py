"""Calls of `EntryPoints`."""

from tests.contract.calls import Calls, Given, Reasons

CALLS: Calls = (
    lambda boxc: boxc.entry_points.list(),
    lambda boxc: boxc.entry_points.get("TEST01"),
)

NOT_OFFERED: Reasons = {}
DIFFERENT: Reasons = {}
GIVEN: Given = {}
